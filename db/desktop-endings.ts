import { z } from "zod";

import { POLICY, type Fault } from "../core/faults.ts";
import { reasonOf } from "./companies.ts";
import { notifyExchange } from "./notify.ts";
import { maybeOne, run, sql, type Queryable, type Sql } from "./sql.ts";

/** What the person at the PC reads of a fault. What an operator does next is not theirs to do. */
const saidAtThePc = ({ kind, message }: Fault): string =>
  POLICY[kind].whose === "customer" && kind !== "connector-away"
    ? `${message} ${POLICY[kind].nextStep}`
    : message;

/** Logins of a company, and whatever must not cross one, queue here. First of all locks. */
export const lockConnection = (tx: Queryable, companyId: string): Promise<number> =>
  run(
    tx,
    sql`/* lockConnection */ select from connections where company_id = ${companyId} for update`,
  );

/** Ends the open session of one PC, if it has one; whoever waits for an answer hears of it. */
export const endSessionOfConnector = (
  tx: Queryable,
  companyId: string,
  connectorId: string,
  fault: Fault,
): Promise<boolean> => endSessions(tx, companyId, sql`connector_id = ${connectorId}`, fault);

/**
 * Ends a session; with a fault, that is why, and getLastError says so. Its exchanges that were not
 * answered fail. Answers false when it had ended already.
 */
export const endSession = (
  tx: Queryable,
  companyId: string,
  sessionId: string,
  fault: Fault | null,
): Promise<boolean> => endSessions(tx, companyId, sql`id = ${sessionId}`, fault);

async function endSessions(
  tx: Queryable,
  companyId: string,
  which: Sql,
  fault: Fault | null,
): Promise<boolean> {
  // That a PC went says nothing about its file, and must not hide what was in the way before.
  const reason = fault === null || fault.kind === "connector-away" ? null : reasonOf(fault);
  const ended = await maybeOne(
    tx,
    z.object({ id: z.string() }),
    sql`/* endSession */ update desktop_sessions set state = 'ended', ended_at = now(),
        ended_by = ${reason && JSON.stringify(reason)}, last_error = ${fault && saidAtThePc(fault)}
      where company_id = ${companyId} and state <> 'ended' and ${which} returning id`,
  );
  if (ended === null) return false;
  await run(
    tx,
    sql`/* failExchanges */ update desktop_exchanges set state = 'failed'
      where company_id = ${companyId} and session_id = ${ended.id} and state in ('wanted', 'sent')`,
  );
  await notifyExchange(tx, companyId);
  return true;
}
