import { createHash, randomBytes } from "node:crypto";

import type { Pool } from "pg";
import { z } from "zod";

import { maybeOne, run, sql } from "./sql.ts";
import { asSystem, readAsSystem } from "./transactions.ts";

export const ROLES = ["admin", "implementer", "accountant", "ops", "viewer", "app"] as const;
export type Role = (typeof ROLES)[number];

const TOKEN_BYTES = 32;

const Holder = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  companyIds: z.array(z.string()).nullable(),
});
/** Who holds a token: the role, and the companies it may see (null: all). */
export type Holder = z.infer<typeof Holder>;

/** Mints a bearer token. It is answered once; only its hash is kept. */
export async function mintToken(
  pool: Pool,
  input: { name: string; role: Role; companyIds: string[] | null },
): Promise<string> {
  const token = `evb_${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  await asSystem(pool, (tx) =>
    run(
      tx,
      sql`/* mintToken */ insert into api_tokens (token_hash, name, role, company_ids)
        values (${hashOf(token)}, ${input.name}, ${input.role}, ${input.companyIds})`,
    ),
  );
  return token;
}

/** Who holds this token, or null when it is unknown or revoked. */
export const findHolder = (pool: Pool, token: string): Promise<Holder | null> =>
  readAsSystem(pool, (tx) =>
    maybeOne(
      tx,
      Holder,
      sql`/* findHolder */ select id, name, role, company_ids as "companyIds" from api_tokens
        where token_hash = ${hashOf(token)} and revoked_at is null`,
    ),
  );

const hashOf = (token: string): Buffer => createHash("sha256").update(token).digest();
