import { randomUUID } from "node:crypto";

import type { Pool } from "pg";
import { z } from "zod";

import { endSessionOfConnector, lockConnection } from "./desktop-endings.ts";
import { hashPassword, isPassword, makePassword, randomText } from "./passwords.ts";
import { many, maybeOne, one, run, sql, type Queryable } from "./sql.ts";
import { asSystem, inCompany, readAsSystem, readInCompany } from "./transactions.ts";

const USERNAME_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const USERNAME_LENGTH = 10;
const ADDRESS_LENGTH_MAX = 100;
/** More PCs than this for one company file are a mistake. */
const CONNECTORS_SHOWN_MAX = 100;

export const Connector = z.object({
  id: z.string(),
  companyId: z.string(),
  /** What people call this PC. */
  name: z.string(),
  username: z.string(),
  /** Its own OwnerID and FileID; null for the PC that has the company's, the first one mostly. */
  ownerId: z.string().nullable(),
  fileId: z.string().nullable(),
  /** The path of the company file as this PC knows it; null before it was accepted. */
  file: z.string().nullable(),
  /** The PC's own name; null before it was seen. */
  host: z.string().nullable(),
  createdAt: z.date(),
  revokedAt: z.date().nullable(),
  /** The last call of its Web Connector. */
  seenAt: z.date().nullable(),
  /** The last login with a wrong password, and the address it came from. */
  refusedAt: z.date().nullable(),
  refusedFrom: z.string().nullable(),
  /** It is logged in right now. */
  isInSession: z.boolean(),
});
export type Connector = z.infer<typeof Connector>;

export const connectorColumns = sql`
  c.id, c.company_id as "companyId", c.name, c.username, c.file, c.host,
  c.owner_id as "ownerId", c.file_id as "fileId",
  c.created_at as "createdAt", c.revoked_at as "revokedAt", c.seen_at as "seenAt",
  c.refused_at as "refusedAt", c.refused_from as "refusedFrom",
  exists (select from desktop_sessions s where s.company_id = c.company_id
    and s.connector_id = c.id and s.state <> 'ended' and s.expires_at > now()) as "isInSession"`;

/** A connector with its password, which is shown once, and the FileID that its .qwc must carry. */
export interface NewConnector {
  connector: Connector;
  password: string;
  /** The company's: by it the file is told. A further PC stamps the file with a pair of its own. */
  fileId: string;
}

/**
 * A login for one more PC of a Desktop company. The first one connects the company: `fileId` (a UUID
 * in capitals and braces) becomes the company's, and its .qwc stamps the file with it. Each later one has
 * a pair of its own, because the Web Connector refuses one that is stamped in the company file already
 * (QBWC1039); unless no stamp was seen and the login that was to make it was revoked. `name` is 1 to
 * 200 characters. Throws when the company is connected to QuickBooks Online.
 */
export async function addConnector(
  pool: Pool,
  input: { companyId: string; name: string; fileId: string },
): Promise<NewConnector> {
  const { companyId, name } = input;
  const password = makePassword();
  const { salt, hash } = await hashPassword(password);
  return inCompany(pool, companyId, async (tx) => {
    const fileId = await connectFile(tx, companyId, input.fileId);
    // Of two at once one alone is given the company's pair.
    await lockConnection(tx, companyId);
    const [ownOwnerId, ownFileId] = [newGuid(), newGuid()];
    const connector = await one(
      tx,
      Connector,
      sql`/* addConnector */ with c as (
          insert into connectors
            (company_id, name, username, password_salt, password_hash, owner_id, file_id)
          select ${companyId}, ${name}, ${makeUsername()}, ${salt}, ${hash},
            case when further.is then ${ownOwnerId} end, case when further.is then ${ownFileId} end
          from (select exists (select from connectors where company_id = ${companyId}
                and owner_id is null and revoked_at is null)
              or n.fingerprint ->> 'fileId' is not null as is
            from connections n where n.company_id = ${companyId}) further
          returning *)
        select ${connectorColumns} from c`,
    );
    return { connector, password, fileId };
  });
}

async function connectFile(tx: Queryable, companyId: string, fileId: string): Promise<string> {
  await run(
    tx,
    sql`/* connectFile */ insert into connections (company_id, file_id)
      values (${companyId}, ${fileId}) on conflict (company_id) do nothing`,
  );
  const bound = await one(
    tx,
    z.object({ fileId: z.string().nullable() }),
    sql`/* fileIdOf */ select file_id as "fileId" from connections where company_id = ${companyId}`,
  );
  if (bound.fileId === null) throw new Error("a company of QuickBooks Online has no connectors");
  return bound.fileId;
}

const newGuid = (): string => `{${randomUUID().toUpperCase()}}`;

const makeUsername = (): string => `evenbooks-${randomText(USERNAME_LETTERS, USERNAME_LENGTH)}`;

/** A new password for a PC; the old one ends with it. Null when there is no such connector, or it is revoked. */
export async function rotateConnectorPassword(
  pool: Pool,
  companyId: string,
  connectorId: string,
): Promise<{ connector: Connector; password: string } | null> {
  const password = makePassword();
  const { salt, hash } = await hashPassword(password);
  const connector = await inCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      Connector,
      sql`/* rotateConnectorPassword */ update connectors c
        set password_salt = ${salt}, password_hash = ${hash}, refused_at = null, refused_from = null
        where company_id = ${companyId} and id = ${connectorId} and revoked_at is null
        returning ${connectorColumns}`,
    ),
  );
  return connector === null ? null : { connector, password };
}

/** This PC may not log in any more, and its session ends. Revoking twice is once; null when there is none. */
export const revokeConnector = (
  pool: Pool,
  companyId: string,
  connectorId: string,
): Promise<Connector | null> =>
  inCompany(pool, companyId, async (tx) => {
    await lockConnection(tx, companyId);
    // The session before the connector, as its own calls take the two.
    await endSessionOfConnector(tx, companyId, connectorId, {
      kind: "connector-away",
      message: "This PC's login was revoked.",
    });
    await run(
      tx,
      sql`/* revokeConnector */ update connectors set revoked_at = coalesce(revoked_at, now())
        where company_id = ${companyId} and id = ${connectorId}`,
    );
    return maybeOne(
      tx,
      Connector,
      sql`/* findConnector */ select ${connectorColumns} from connectors c
        where company_id = ${companyId} and id = ${connectorId}`,
    );
  });

/** The connectors of a company, oldest first, revoked ones too. */
export const listConnectors = (pool: Pool, companyId: string): Promise<Connector[]> =>
  readInCompany(pool, companyId, (tx) =>
    many(
      tx,
      Connector,
      sql`/* listConnectors */ select ${connectorColumns} from connectors c
        where company_id = ${companyId} order by c.created_at, c.id limit ${CONNECTORS_SHOWN_MAX}`,
    ),
  );

/** A connector by its id alone, before its company is known; whoever asks looks whose it is. */
export const findConnectorOfAnyone = (pool: Pool, connectorId: string): Promise<Connector | null> =>
  readAsSystem(pool, (tx) =>
    maybeOne(
      tx,
      Connector,
      sql`/* findConnectorOfAnyone */ select ${connectorColumns} from connectors c
        where id = ${connectorId}`,
    ),
  );

const Login = z.object({
  companyId: z.string(),
  connectorId: z.string(),
  salt: z.instanceof(Buffer),
  hash: z.instanceof(Buffer),
});

/**
 * Whose login this is, or null. An unknown name takes as long as a wrong password; a wrong password
 * of a known name is kept with the address it came from, for people to see.
 */
export async function checkLogin(
  pool: Pool,
  login: { username: string; password: string; remoteAddress: string },
): Promise<{ companyId: string; connectorId: string } | null> {
  const username = login.username.replaceAll("\0", "");
  const found = await readAsSystem(pool, (tx) =>
    maybeOne(
      tx,
      Login,
      sql`/* findLogin */ select company_id as "companyId", id as "connectorId",
          password_salt as salt, password_hash as hash
        from connectors where username = ${username} and revoked_at is null`,
    ),
  );
  if (await isPassword(login.password, found)) {
    return found && { companyId: found.companyId, connectorId: found.connectorId };
  }
  // Also for a name that nobody has: what is written takes time that can be measured.
  await asSystem(pool, (tx) =>
    run(
      tx,
      sql`/* keepRefusedLogin */ update connectors set refused_at = now(),
          refused_from = ${login.remoteAddress.slice(0, ADDRESS_LENGTH_MAX)}
        where id = ${found?.connectorId ?? null}`,
    ),
  );
  return null;
}
