import type { Holder } from "../../db/api-tokens.ts";
import type { Holders } from "./holders.ts";

const BEARER = /^Bearer ([\w-]{20,200})$/i;

/** Who asks, by the header `Authorization: Bearer …`; null without a token that we know. */
export async function authenticate(holders: Holders, request: Request): Promise<Holder | null> {
  const token = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
  return token === undefined ? null : holders(token);
}
