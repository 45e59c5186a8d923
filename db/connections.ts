import { createHash } from "node:crypto";

import type { Pool } from "pg";
import { z } from "zod";

import { FaultError } from "../core/faults.ts";
import type { Books } from "../quickbooks/source.ts";
import type { TokenPair, TokenStore } from "../quickbooks/online/tokens.ts";
import { disconnectCompany, reconnectCompany } from "./companies.ts";
import { KindColumn } from "./kind-column.ts";
import type { SecretBox } from "./secret-box.ts";
import { maybeOne, one, run, sql, type Queryable } from "./sql.ts";
import { asSystem, inCompany, readAsSystem, readInCompany } from "./transactions.ts";

const BooksRow = z.object({
  name: z.string(),
  quickbooksId: z.string().nullable(),
  file: z.string().nullable(),
  edition: z.string().nullable(),
  country: z.string().nullable(),
  currency: z.string().nullable(),
});

/** What a person is shown of a Desktop company file before saying yes to it. */
export const FirstLook = z.object({
  /** How many records of a kind the file holds. */
  counts: z.array(z.object({ kind: KindColumn, count: z.number() })),
  /** The newest document of a kind: its number, and its day (YYYY-MM-DD). */
  lastNumbers: z.array(
    z.object({ kind: KindColumn, number: z.string().nullable(), date: z.string().nullable() }),
  ),
  mode: z.enum(["single_user", "multi_user"]).nullable(),
  /** May we come while QuickBooks is closed? */
  unattendedAccess: z.boolean().nullable(),
  /** May we see what QuickBooks counts as personal, such as social security numbers? */
  personalDataAccess: z.boolean().nullable(),
  seenAt: z.coerce.date(),
});
export type FirstLook = z.infer<typeof FirstLook>;

export const Connection = z.object({
  /** Null for QuickBooks Desktop. */
  realmId: z.string().nullable(),
  state: z.enum(["authorized", "ended"]),
  books: BooksRow.nullable(),
  changesFrom: z.date().nullable(),
  cursorAt: z.date().nullable(),
  /** Desktop: the FileID of our .qwc, the same for all connectors. */
  fileId: z.string().nullable(),
  /** Desktop: what the first contact showed. */
  firstLook: FirstLook.nullable(),
  /** Desktop: since when the company goes on in another file than it began with. */
  fileSince: z.date().nullable(),
  /** Desktop: when the file was restored from a backup, until what it holds is verified. */
  restoredAt: z.date().nullable(),
});
export type Connection = z.infer<typeof Connection>;

export const connectionColumns = sql`
  realm_id as "realmId", state, books, changes_from as "changesFrom", cursor_at as "cursorAt",
  file_id as "fileId", first_look as "firstLook", file_since as "fileSince", restored_at as "restoredAt"`;

const SealedTokens = z.object({
  state: z.enum(["authorized", "ended"]),
  credentials: z.instanceof(Buffer),
  keyId: z.string(),
  accessExpiresAt: z.date(),
});

const Secrets = z.object({ accessToken: z.string(), refreshToken: z.string() });

const STATE_LIFETIME_MINUTES = 30;

/** The connection of a company, without its secrets, or null. */
export const findConnection = (pool: Pool, companyId: string): Promise<Connection | null> =>
  readInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      Connection,
      sql`/* findConnection */ select ${connectionColumns} from connections
        where company_id = ${companyId}`,
    ),
  );

/** Remembers the state of an authorisation under way; only its hash is kept. Answers when it lapses. */
export const rememberState = (pool: Pool, companyId: string, state: string): Promise<Date> =>
  asSystem(pool, async (tx) => {
    const row = await one(
      tx,
      z.object({ expiresAt: z.date() }),
      sql`/* rememberState */ insert into oauth_states (state_hash, company_id, expires_at)
        values (${hashOf(state)}, ${companyId}, now() + make_interval(mins => ${STATE_LIFETIME_MINUTES}))
        returning expires_at as "expiresAt"`,
    );
    return row.expiresAt;
  });

/** Uses a state up: the company it was made for, or null when it is unknown, lapsed or already used. */
export const takeState = (pool: Pool, state: string): Promise<string | null> =>
  asSystem(pool, async (tx) => {
    const row = await maybeOne(
      tx,
      z.object({ companyId: z.string() }),
      sql`/* takeState */ update oauth_states set used_at = now()
        where state_hash = ${hashOf(state)} and used_at is null and expires_at > now()
        returning company_id as "companyId"`,
    );
    return row?.companyId ?? null;
  });

/** The company of ours that a realm is bound to, or null. */
export const companyOfRealm = (
  pool: Pool,
  realmId: string,
): Promise<{ companyId: string; name: string } | null> =>
  readAsSystem(pool, (tx) =>
    maybeOne(
      tx,
      z.object({ companyId: z.string(), name: z.string() }),
      sql`/* companyOfRealm */ select companies.id as "companyId", companies.name
        from connections join companies on companies.id = connections.company_id
        where connections.realm_id = ${realmId}`,
    ),
  );

/**
 * Binds a company to a realm with its first or its new pair of tokens. The unique realm refuses a
 * second company; a confirmed company never changes its realm (answers false, nothing is stored).
 */
export const connectRealm = (
  pool: Pool,
  box: SecretBox,
  input: { companyId: string; realmId: string; tokens: TokenPair },
): Promise<boolean> =>
  inCompany(pool, input.companyId, async (tx) => {
    const sealed = seal(box, input.companyId, input.tokens);
    const stored = await run(
      tx,
      sql`/* connectRealm */ insert into connections as c
          (company_id, realm_id, credentials, key_id, access_expires_at, refresh_expires_at,
          authorized_at)
        values (${input.companyId}, ${input.realmId}, ${sealed.bytes}, ${sealed.keyId},
          ${input.tokens.accessExpiresAt}, ${input.tokens.refreshExpiresAt}, now())
        on conflict (company_id) do update set
          realm_id = excluded.realm_id, state = 'authorized', credentials = excluded.credentials,
          key_id = excluded.key_id, access_expires_at = excluded.access_expires_at,
          refresh_expires_at = excluded.refresh_expires_at, refreshed_at = now(),
          authorized_at = now(),
          books = case when c.realm_id = excluded.realm_id then c.books end
        where c.realm_id = excluded.realm_id
          or exists (select from companies where id = ${input.companyId} and confirmed_at is null)`,
    );
    if (stored === 0) return false;
    await reconnectCompany(tx, input.companyId);
    return true;
  });

/** Whose books these are, as QuickBooks just said. */
export const storeBooks = (pool: Pool, companyId: string, books: Books): Promise<number> =>
  inCompany(pool, companyId, (tx) =>
    run(
      tx,
      sql`/* storeBooks */ update connections set books = ${JSON.stringify(books)}
        where company_id = ${companyId}`,
    ),
  );

/** What the first contact with a company file showed, for a person to look at. What was refused before is forgotten. */
export const storeFirstLook = (
  pool: Pool,
  companyId: string,
  { books, look }: { books: Books; look: FirstLook },
): Promise<void> =>
  inCompany(pool, companyId, async (tx) => {
    await run(
      tx,
      sql`/* storeFirstLook */ update connections
        set books = ${JSON.stringify(books)}, first_look = ${JSON.stringify(look)}
        where company_id = ${companyId}`,
    );
    await run(
      tx,
      sql`/* forgetRefusedFile */ update companies set state_reason = null
        where id = ${companyId} and state = 'setting_up'`,
    );
  });

/**
 * The tokens of one company. A refresh holds the connection's row, so that of all processes one
 * refreshes; the new pair is committed before anybody uses it, and the others find it there.
 */
export function createTokenStore(pool: Pool, box: SecretBox, companyId: string): TokenStore {
  return {
    read: () =>
      inCompany(pool, companyId, async (tx) =>
        open(box, companyId, await readSealed(tx, companyId, false)),
      ),
    refresh: async (stale, exchange) => {
      const outcome = await inCompany(pool, companyId, async (tx) => {
        const held = open(box, companyId, await readSealed(tx, companyId, true));
        if (held.accessToken !== stale) return { tokens: held };
        const answer = await exchange(held.refreshToken);
        if ("fault" in answer) {
          await run(
            tx,
            sql`/* endConnection */ update connections set state = 'ended' where company_id = ${companyId}`,
          );
          await disconnectCompany(tx, companyId, answer.fault);
          return { fault: answer.fault };
        }
        const sealed = seal(box, companyId, answer.tokens);
        await run(
          tx,
          sql`/* storeTokens */ update connections set credentials = ${sealed.bytes},
              key_id = ${sealed.keyId}, access_expires_at = ${answer.tokens.accessExpiresAt},
              refresh_expires_at = ${answer.tokens.refreshExpiresAt}, refreshed_at = now()
            where company_id = ${companyId}`,
        );
        return { tokens: answer.tokens };
      });
      if (outcome.fault !== undefined) throw new FaultError(outcome.fault);
      return outcome.tokens;
    },
  };
}

async function readSealed(tx: Queryable, companyId: string, lock: boolean) {
  const row = await maybeOne(
    tx,
    SealedTokens,
    sql`/* readTokens */ select state, credentials, key_id as "keyId",
        access_expires_at as "accessExpiresAt"
      from connections where company_id = ${companyId} ${lock ? sql`for update` : sql``}`,
  );
  if (row === null) {
    throw new FaultError({
      kind: "not-connected",
      message: "This company is not connected to QuickBooks.",
    });
  }
  if (row.state === "ended") {
    throw new FaultError({
      kind: "authorization-ended",
      message: "The authorisation of this company has ended.",
    });
  }
  return row;
}

function open(box: SecretBox, companyId: string, row: z.infer<typeof SealedTokens>): TokenPair {
  const text = box.open({ bytes: row.credentials, keyId: row.keyId }, companyId);
  return {
    ...Secrets.parse(JSON.parse(text)),
    accessExpiresAt: row.accessExpiresAt,
    refreshExpiresAt: null,
  };
}

const seal = (box: SecretBox, companyId: string, tokens: TokenPair) =>
  box.seal(
    JSON.stringify({ accessToken: tokens.accessToken, refreshToken: tokens.refreshToken }),
    companyId,
  );

const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest();
