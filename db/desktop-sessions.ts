import { createHash } from "node:crypto";

import type { Pool } from "pg";
import { z } from "zod";

import type { Fault } from "../core/faults.ts";
import { reasonOf } from "./companies.ts";
import { endSession, lockConnection } from "./desktop-endings.ts";
import { hasWorkForPc } from "./mass-changes.ts";
import { notifyBatch } from "./notify.ts";
import { many, maybeOne, one, run, sql, type Queryable } from "./sql.ts";
import { asSystem, inCompany, readAsSystem } from "./transactions.ts";
import { addWake } from "./wakes.ts";

/** Silent for so long when the next call is its own, a PC is given up. */
const SILENT_SECONDS_MAX = 120;
/** A PC is marked as seen this often; its session is with each call. */
const SEEN_EVERY_SECONDS = 1;
const KEPT_DAYS = 7;
const TEXT_LENGTH_MAX = 1_000;

/** A session as its ticket names it. None of this ever changes. */
export const TicketHolder = z.object({
  companyId: z.string(),
  sessionId: z.string(),
  connectorId: z.string(),
});
export type TicketHolder = z.infer<typeof TicketHolder>;

const hashOfTicket = (ticket: string): Buffer => createHash("sha256").update(ticket).digest();

export type LoginAnswer =
  /** A session is open; the path is the file to open, empty for the one that is open. */
  | { is: "open"; file: string }
  /** There is nothing to do: no session, and QuickBooks stays alone. */
  | { is: "none" }
  /** Another PC of this company serves just now. */
  | { is: "busy" };

const Standing = z.object({
  file: z.string().nullable(),
  isRevoked: z.boolean(),
  hasWork: z.boolean(),
  liveSessionId: z.string().nullable(),
  liveConnectorId: z.string().nullable(),
  contactAt: z.date().nullable(),
  isDead: z.boolean().nullable(),
});

/**
 * A Web Connector has logged in. Its own session before is over, whatever became of it; one of
 * another PC is taken over once it was silent for too long. Two logins at once come one after the other.
 */
export const logIn = (
  pool: Pool,
  login: { companyId: string; connectorId: string; ticket: string; remoteAddress: string },
): Promise<LoginAnswer> =>
  inCompany(pool, login.companyId, async (tx): Promise<LoginAnswer> => {
    const { companyId, connectorId } = login;
    await lockConnection(tx, companyId);
    const now = await readStanding(tx, companyId, connectorId);
    const isOwn = now.liveConnectorId === connectorId;
    if (now.liveSessionId !== null && (isOwn || now.isDead)) {
      await endSession(tx, companyId, now.liveSessionId, {
        kind: "connector-away",
        message: isOwn
          ? "This Web Connector has logged in anew, and its session before is over."
          : `Another PC has taken over, because this one was not heard of since ${clock(now.contactAt)}.`,
      });
    }
    const answer = answerTo(now, isOwn);
    if (answer.is === "open") {
      await run(
        tx,
        sql`/* openSession */ insert into desktop_sessions
            (company_id, connector_id, ticket_hash, expires_at, asked_file, remote_address)
          values (${companyId}, ${connectorId}, ${hashOfTicket(login.ticket)},
            now() + make_interval(secs => ${SILENT_SECONDS_MAX}), ${answer.file},
            ${login.remoteAddress})`,
      );
    }
    await run(
      tx,
      sql`/* seeConnector */ update connectors set seen_at = now()
        where company_id = ${companyId} and id = ${connectorId}`,
    );
    return answer;
  });

function answerTo(now: z.infer<typeof Standing>, isOwn: boolean): LoginAnswer {
  if (now.isRevoked || !now.hasWork) return { is: "none" };
  if (now.liveSessionId !== null && !isOwn && !now.isDead) return { is: "busy" };
  return { is: "open", file: now.file ?? "" };
}

/** A file that nobody has confirmed is to be seen; a confirmed one is opened for a batch. */
const readStanding = (tx: Queryable, companyId: string, connectorId: string) =>
  one(
    tx,
    Standing,
    sql`/* readStanding */ select p.file, p.revoked_at is not null as "isRevoked",
        c.state <> 'paused' and (c.confirmed_at is null or ${hasWorkForPc(sql`c.id`)})
          as "hasWork",
        s.id as "liveSessionId", s.connector_id as "liveConnectorId", s.contact_at as "contactAt",
        s.expires_at <= now() as "isDead"
      from companies c
        join connectors p on p.company_id = c.id and p.id = ${connectorId}
        left join desktop_sessions s on s.company_id = c.id and s.state <> 'ended'
      where c.id = ${companyId}`,
  );

/** Whose ticket this is, also when its session has ended; null when it never was ours. */
export const findTicket = (pool: Pool, ticket: string): Promise<TicketHolder | null> =>
  readAsSystem(pool, (tx) =>
    maybeOne(
      tx,
      TicketHolder,
      sql`/* findTicket */ select company_id as "companyId", id as "sessionId",
          connector_id as "connectorId"
        from desktop_sessions where ticket_hash = ${hashOfTicket(ticket)}`,
    ),
  );

/** Any call of a session: the PC is there. False when the session has ended. Takes the session's row first of all. */
const touchSession = async (tx: Queryable, holder: TicketHolder): Promise<boolean> =>
  (await touch(tx, holder)) !== null;

const Touched = z.object({ state: z.enum(["opening", "open"]) });

/** As `touchSession`; answers whether QuickBooks is open in it, or null when it has ended. */
export const touch = async (
  tx: Queryable,
  { companyId, sessionId, connectorId }: TicketHolder,
): Promise<"opening" | "open" | null> => {
  const touched = await maybeOne(
    tx,
    Touched,
    sql`/* touchSession */ with seen as (update connectors set seen_at = now()
        where company_id = ${companyId} and id = ${connectorId}
          and (seen_at is null or seen_at < now() - make_interval(secs => ${SEEN_EVERY_SECONDS})))
      update desktop_sessions set contact_at = now(),
        expires_at = now() + make_interval(secs => ${SILENT_SECONDS_MAX})
      where company_id = ${companyId} and id = ${sessionId} and state <> 'ended'
      returning state`,
  );
  return touched?.state ?? null;
};

/** What getLastError answers next. */
export const sayNext = (pool: Pool, holder: TicketHolder, text: string): Promise<number> =>
  inCompany(pool, holder.companyId, (tx) =>
    run(
      tx,
      sql`/* sayNext */ update desktop_sessions set last_error = ${text}
        where company_id = ${holder.companyId} and id = ${holder.sessionId} and state <> 'ended'`,
    ),
  );

/** What getLastError is to answer, or null when nothing was said. */
export const readSaid = (pool: Pool, holder: TicketHolder): Promise<string | null> =>
  inCompany(pool, holder.companyId, async (tx) => {
    await touchSession(tx, holder);
    const row = await maybeOne(
      tx,
      z.object({ text: z.string().nullable() }),
      sql`/* readSaid */ select last_error as text from desktop_sessions
        where company_id = ${holder.companyId} and id = ${holder.sessionId}`,
    );
    return row?.text ?? null;
  });

/** The PC says goodbye. Answers how many requests QuickBooks answered, and what was in the way, if anything. */
export const closeSession = (
  pool: Pool,
  holder: TicketHolder,
): Promise<{ exchanges: number; said: string | null }> =>
  inCompany(pool, holder.companyId, async (tx) => {
    const { companyId, sessionId } = holder;
    await touchSession(tx, holder);
    await endSession(tx, companyId, sessionId, null);
    const row = await maybeOne(
      tx,
      z.object({ exchanges: z.number(), said: z.string().nullable() }),
      sql`/* readEnd */ select exchanges, ended_by ->> 'message' as said from desktop_sessions
        where company_id = ${companyId} and id = ${sessionId}`,
    );
    return row ?? { exchanges: 0, said: null };
  });

/** QuickBooks could not be opened, as the Web Connector says. */
export interface ConnectionTrouble {
  hresult: string;
  fault: Fault;
  /** The path that was given may be at fault, so that the file that is open is worth a try. */
  isAboutThePath: boolean;
}

/**
 * Answers `try-open-file` when the path that was given was refused and the open file was not tried
 * yet. Otherwise the session ends by this fault, and a batch that waits shows it at once.
 */
export const failConnection = (
  pool: Pool,
  holder: TicketHolder,
  trouble: ConnectionTrouble,
): Promise<"try-open-file" | "done"> =>
  inCompany(pool, holder.companyId, async (tx) => {
    const { companyId, sessionId } = holder;
    if (!(await touchSession(tx, holder))) return "done";
    if (trouble.isAboutThePath) {
      const again = await run(
        tx,
        sql`/* tryOpenFile */ update desktop_sessions set asked_file = '',
            refused_path = ${trouble.hresult.slice(0, TEXT_LENGTH_MAX)}
          where company_id = ${companyId} and id = ${sessionId}
            and asked_file <> '' and refused_path is null`,
      );
      if (again > 0) return "try-open-file";
    }
    await endSession(tx, companyId, sessionId, trouble.fault);
    await showWaiting(tx, companyId, trouble.fault);
    await addWake(tx, companyId);
    return "done";
  });

/** A batch that waits, waits for this now. */
async function showWaiting(tx: Queryable, companyId: string, fault: Fault): Promise<void> {
  const kind = reasonOf(fault).kind;
  const waiting = await many(
    tx,
    z.object({ batchId: z.string() }),
    sql`/* showWaiting */ update batches set waiting_until = null, waiting_for = ${kind},
        waiting_since = case when waiting_for = ${kind} then waiting_since else now() end
      where company_id = ${companyId} and status = 'running' and waiting_for is not null
      returning id as "batchId"`,
  );
  for (const { batchId } of waiting) await notifyBatch(tx, { batchId, companyId });
}

/** For `reconcileState`: sessions and exchanges of more than seven days ago are dropped. Answers how many sessions. */
export const pruneDesktop = (pool: Pool): Promise<number> =>
  asSystem(pool, async (tx) => {
    const old = sql`now() - make_interval(days => ${KEPT_DAYS})`;
    await run(
      tx,
      sql`/* pruneExchanges */ delete from desktop_exchanges e using desktop_sessions s
        where s.id = e.session_id and e.wanted_at < ${old}
          and (e.state in ('answered', 'failed') or s.contact_at < ${old})`,
    );
    return run(
      tx,
      sql`/* pruneSessions */ delete from desktop_sessions s
        where s.contact_at < ${old} and s.expires_at < now()
          and not exists (select from desktop_exchanges e where e.session_id = s.id)`,
    );
  });

/** A moment for people, to the minute; it is the server's. */
export const clock = (at: Date | null): string =>
  at === null ? "an unknown time" : `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** Ends a session that QuickBooks has broken off, with what it said; a later one begins anew. */
export const giveUpSession = (pool: Pool, holder: TicketHolder, fault: Fault): Promise<boolean> =>
  inCompany(pool, holder.companyId, (tx) =>
    endSession(tx, holder.companyId, holder.sessionId, fault),
  );
