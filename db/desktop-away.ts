import type { Pool } from "pg";
import { z } from "zod";

import { FAULT_KINDS, FaultError, POLICY } from "../core/faults.ts";
import { Reason } from "./companies.ts";
import { clock } from "./desktop-sessions.ts";
import { maybeOne, sql } from "./sql.ts";
import { readInCompany } from "./transactions.ts";

/** What was in the way is told for so long after the PC's last call; later it is simply away. */
const TOLD_MINUTES = 60;

const LastSeen = z.object({
  state: z.enum(["opening", "open", "ended"]).nullable(),
  endedBy: Reason.nullable(),
  isFresh: z.boolean(),
  isOpening: z.boolean(),
  name: z.string().nullable(),
  seenAt: z.date().nullable(),
});
type LastSeen = z.infer<typeof LastSeen>;

/** No session is open: what was in the way the last time, or since when the PC was not heard of. */
export async function noSession(pool: Pool, companyId: string): Promise<FaultError> {
  const last = await readInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      LastSeen,
      sql`/* lastSeen */ select s.state, s.ended_by as "endedBy", p.name, p.seen_at as "seenAt",
          coalesce(p.seen_at > now() - make_interval(mins => ${TOLD_MINUTES}), false) as "isFresh",
          coalesce(s.state = 'opening' and s.expires_at > now(), false) as "isOpening"
        from companies c
          left join lateral (select * from desktop_sessions where company_id = ${companyId}
            order by opened_at desc limit 1) s on true
          left join lateral (select name, seen_at from connectors where company_id = ${companyId}
            and revoked_at is null order by seen_at desc nulls last limit 1) p on true
        where c.id = ${companyId}`,
    ),
  );
  return away(last, lastHeardOf);
}

/** A session that was open is over: why. */
export async function sessionOver(
  pool: Pool,
  companyId: string,
  sessionId: string,
): Promise<FaultError> {
  const last = await readInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      LastSeen,
      sql`/* sessionOver */ select s.state, s.ended_by as "endedBy", p.name,
          s.contact_at as "seenAt", true as "isFresh", false as "isOpening"
        from desktop_sessions s join connectors p on p.id = s.connector_id
        where s.company_id = ${companyId} and s.id = ${sessionId}`,
    ),
  );
  return away(last, sessionEnded);
}

function away(last: LastSeen | null, say: (name: string, at: string) => string): FaultError {
  const kind = FAULT_KINDS.find((one) => one === last?.endedBy?.kind);
  // Only what the next contact may settle: a fault that is final belongs to that session alone.
  if (last?.endedBy && last.isFresh && kind !== undefined && POLICY[kind].retry === "contact") {
    const { message, rawCode } = last.endedBy;
    return new FaultError({ kind, message, ...(rawCode === null ? {} : { rawCode }) });
  }
  return new FaultError({ kind: "connector-away", message: sentence(last, say) });
}

function sentence(last: LastSeen | null, say: (name: string, at: string) => string): string {
  if (last?.name == null) return "No PC is paired with this company.";
  if (last.seenAt === null) return `The Web Connector of ${last.name} was never heard of.`;
  const at = clock(last.seenAt);
  return last.isOpening
    ? `The Web Connector of ${last.name} logged in at ${at} and is opening QuickBooks.`
    : say(last.name, at);
}

const lastHeardOf = (name: string, at: string): string =>
  `The Web Connector of ${name} was last heard of at ${at}.`;

const sessionEnded = (name: string, at: string): string =>
  `The session of ${name} is over; its Web Connector was last heard of at ${at}.`;
