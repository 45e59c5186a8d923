import type { Pool } from "pg";

import { findHolder, type Holder } from "../../db/api-tokens.ts";

const BEARER = /^Bearer ([\w-]{20,200})$/i;

/** Who asks, by the header `Authorization: Bearer …`; null without a token that we know. */
export async function authenticate(pool: Pool, request: Request): Promise<Holder | null> {
  const token = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
  return token === undefined ? null : findHolder(pool, token);
}
