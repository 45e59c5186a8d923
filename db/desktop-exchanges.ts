import { setTimeout as sleep } from "node:timers/promises";

import type { Pool } from "pg";
import { z } from "zod";

import { FaultError, type Fault } from "../core/faults.ts";
import type { Log } from "../core/log.ts";
import type {
  Answer,
  BoundFile,
  DesktopSession,
  Exchanges,
  Question,
  SeenFile,
} from "../quickbooks/desktop/exchanges.ts";
import { endSession } from "./desktop-endings.ts";
import { noSession, sessionOver } from "./desktop-away.ts";
import { acceptFile, otherCompanyOf, readBound, touchedLast } from "./desktop-files.ts";
import { clock } from "./desktop-sessions.ts";
import { startListener, type Listener } from "./listener.ts";
import { EXCHANGE_CHANNEL, WANTED_CHANNEL } from "./notify.ts";
import { maybeOne, run, sql, type Queryable } from "./sql.ts";
import { inCompany, readInCompany, writeInCompany } from "./transactions.ts";

/** Looked for again after so long although nothing was heard: a NOTIFY may be lost. */
const LOOK_AGAIN_MS = 2_000;
/** An answer is overdue after a minute, or after this many times the slowest of the last sessions. */
const OVERDUE_SECONDS_MIN = 60;
const OVERDUE_TIMES = 6;
const SESSIONS_COMPARED = 5;
/** A question whose row is taken by another asker again and again is a bug. */
const ASK_TRIES_MAX = 20;

/** The one connection of a worker process that hears of answers. */
export const startExchangeListener = (databaseUrl: string, log: Log): Listener =>
  startListener({
    databaseUrl,
    name: "evenbooks-worker-listen",
    channels: [EXCHANGE_CHANNEL],
    log,
  });

/** What an HRESULT means, as `quickbooks/desktop` knows it. */
export type FaultOfHresult = (hresult: string, message: string) => Fault;

/**
 * The way to one company's PC, through the tables that the Web Connector's door writes. On a pool that
 * pipelines each step of it is one round trip.
 */
export function createExchanges(
  pool: Pool,
  listener: Listener,
  companyId: string,
  faultOfHresult: FaultOfHresult,
): Exchanges {
  const way: Way = { pool, listener, companyId, faultOfHresult };
  return {
    session: () => openSession(way),
    ask: (question, signal) => ask(way, question, signal),
    bound: async (): Promise<BoundFile> => ({
      ...(await readBound(pool, companyId)),
      otherCompanyOf: (seen) => otherCompanyOf(pool, companyId, seen),
    }),
    touchedLast: (kinds) => touchedLast(pool, companyId, kinds),
    accept: async (sessionId: string, seen: SeenFile) => {
      const isOpen = await acceptFile(pool, { companyId, sessionId }, seen);
      if (!isOpen) throw await sessionOver(pool, companyId, sessionId);
    },
    refuse: async (sessionId: string, fault: Fault) => {
      await inCompany(pool, companyId, (tx) => endSession(tx, companyId, sessionId, fault));
    },
  };
}

interface Way {
  pool: Pool;
  listener: Listener;
  companyId: string;
  faultOfHresult: FaultOfHresult;
}

const Session = z.object({
  id: z.string(),
  connectorId: z.string(),
  file: z.string(),
  country: z.string(),
  majorVersion: z.number(),
  minorVersion: z.number(),
  hostAnswer: z.string().nullable(),
  isJudged: z.boolean(),
  refusedPath: z.string().nullable(),
});

async function openSession({ pool, companyId }: Way): Promise<DesktopSession> {
  const session = await readInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      Session,
      sql`/* openSession */ select id, connector_id as "connectorId", file, country,
          major_version as "majorVersion", minor_version as "minorVersion",
          host_answer as "hostAnswer", judged_at is not null as "isJudged",
          refused_path as "refusedPath"
        from desktop_sessions
        where company_id = ${companyId} and state = 'open' and expires_at > now()`,
    ),
  );
  if (session === null) throw await noSession(pool, companyId);
  return session;
}

async function ask(way: Way, question: Question, signal: AbortSignal): Promise<Answer> {
  const ears = listenTo(way);
  try {
    for (let tries = 0; tries < ASK_TRIES_MAX; tries++) {
      const answer = await answerOf(way, ears, question, signal);
      if (answer !== null) return answer;
    }
    throw new Error("a request is taken by somebody else each time it is asked");
  } finally {
    ears.close();
  }
}

/** The answer to a question; null when another asker of the same took it away. */
async function answerOf(
  way: Way,
  ears: Ears,
  question: Question,
  signal: AbortSignal,
): Promise<Answer | null> {
  const { pool, companyId } = way;
  ears.forget();
  const wanted = await writeInCompany(pool, companyId, (tx) => want(tx, companyId, question));
  if (wanted === null) throw await sessionOver(pool, companyId, question.sessionId);
  const { id, isNew } = wanted;
  try {
    // What was put down just now is not answered yet.
    if (isNew) await ears.hear(signal);
    for (;;) {
      signal.throwIfAborted();
      ears.forget();
      const seen = await look(way, id);
      if (seen === null || seen.isTaken) return null;
      if (seen.state === "answered" && seen.response !== null) {
        return { response: seen.response, insideMs: seen.insideMs };
      }
      if (seen.state === "failed") throw await failureOf(way, question, seen);
      if (seen.isSessionOver) throw await sessionOver(pool, companyId, question.sessionId);
      if (seen.overdueSince !== null) throw overdue(seen.overdueSince);
      await ears.hear(signal);
    }
  } catch (error) {
    await leave(way, id);
    throw error;
  }
}

async function failureOf(way: Way, { sessionId }: Question, seen: Seen): Promise<FaultError> {
  if (seen.hresult !== null) {
    return new FaultError(way.faultOfHresult(seen.hresult, seen.message ?? ""));
  }
  return sessionOver(way.pool, way.companyId, sessionId);
}

const overdue = (since: Date): FaultError =>
  new FaultError({
    kind: "modal-open",
    message: `QuickBooks has not answered since ${clock(since)}; probably it shows a window that waits for somebody.`,
  });

const Wanted = z.object({ id: z.number(), isNew: z.boolean() });

/**
 * Puts the question down, or finds it where it was put down before: what was asked in vain may have
 * been answered since. Null when the session is over.
 */
function want(
  tx: Queryable,
  companyId: string,
  { sessionId, request }: Question,
): Promise<z.infer<typeof Wanted> | null> {
  return maybeOne(
    tx,
    Wanted,
    sql`/* wantExchange */ with adopted as (
        update desktop_exchanges set given_up_at = null
        where company_id = ${companyId} and id = (select id from desktop_exchanges
          where company_id = ${companyId} and session_id = ${sessionId} and read_at is null
            and state <> 'failed' and request = ${request} order by id limit 1)
        returning id),
      added as (
        insert into desktop_exchanges (company_id, session_id, request)
        select company_id, id, ${request} from desktop_sessions
          where company_id = ${companyId} and id = ${sessionId} and state = 'open'
            and not exists (select from adopted) for share
        returning id)
      select id, false as "isNew", null as said from adopted
      union all
      select id, true, pg_notify(${WANTED_CHANNEL}, ${companyId}::text)::text from added`,
  );
}

const Seen = z.object({
  state: z.enum(["wanted", "sent", "answered", "failed"]),
  /** Somebody who asked the same was faster. */
  isTaken: z.boolean(),
  response: z.string().nullable(),
  hresult: z.string().nullable(),
  message: z.string().nullable(),
  insideMs: z.coerce.number(),
  isSessionOver: z.boolean(),
  overdueSince: z.date().nullable(),
});
type Seen = z.infer<typeof Seen>;

/** Looks for the answer, and takes it out of the table when it is there: its reader alone has it now. */
const look = ({ pool, companyId }: Way, id: number): Promise<Seen | null> =>
  writeInCompany(pool, companyId, (tx) =>
    maybeOne(
      tx,
      Seen,
      sql`/* lookForAnswer */ with there as (
          select id, response from desktop_exchanges
          where company_id = ${companyId} and id = ${id} and read_at is null
            and state in ('answered', 'failed') for update),
        taken as (
          update desktop_exchanges e set response = null, read_at = clock_timestamp()
          from there where e.company_id = ${companyId} and e.id = there.id
          returning there.response)
        select e.state, e.read_at is not null or (e.state in ('answered', 'failed')
            and not exists (select from taken)) as "isTaken",
          (select response from taken) as response, e.hresult, e.message,
          coalesce(extract(epoch from e.answered_at - e.sent_at) * 1000, 0)::float8 as "insideMs",
          s.state = 'ended' or s.expires_at <= now() as "isSessionOver",
          (select min(o.sent_at) from desktop_exchanges o
            where o.company_id = ${companyId} and o.session_id = s.id and o.read_at is null
              and o.state = 'sent' and o.sent_at < now() - ${longestWait(companyId)})
            as "overdueSince"
        from desktop_exchanges e join desktop_sessions s on s.id = e.session_id
        where e.company_id = ${companyId} and e.id = ${id}`,
    ),
  );

const longestWait = (companyId: string) => sql`(
  select make_interval(secs => greatest(${OVERDUE_SECONDS_MIN}::float8,
    ${OVERDUE_TIMES} * max(slowest_ms) / 1000.0))
  from (select slowest_ms from desktop_sessions where company_id = ${companyId}
    order by opened_at desc limit ${SESSIONS_COMPARED}) last)`;

/** Nobody waits for this answer any more: one that was not sent is taken back. */
const leave = ({ pool, companyId }: Way, id: number): Promise<number> =>
  inCompany(pool, companyId, async (tx) => {
    const taken = await run(
      tx,
      sql`/* withdrawExchange */ delete from desktop_exchanges
        where company_id = ${companyId} and id = ${id} and state = 'wanted'`,
    );
    if (taken > 0) return taken;
    return run(
      tx,
      sql`/* giveExchangeUp */ update desktop_exchanges set given_up_at = now()
        where company_id = ${companyId} and id = ${id} and state = 'sent'`,
    );
  });

interface Ears {
  /** What was said up to here is known. */
  forget(): void;
  /** Waits until something is said, or a while. Throws when aborted. */
  hear(signal: AbortSignal): Promise<void>;
  close(): void;
}

function listenTo({ listener, companyId }: Way): Ears {
  let said = false;
  let wake: (() => void) | null = null;
  const stop = listener.follow(EXCHANGE_CHANNEL, companyId, () => {
    said = true;
    wake?.();
  });
  return {
    forget: () => {
      said = false;
    },
    hear: async (signal) => {
      if (said) return;
      const waiting = new AbortController();
      wake = () => waiting.abort();
      const until = AbortSignal.any([signal, waiting.signal]);
      await sleep(LOOK_AGAIN_MS, undefined, { signal: until }).catch(() => undefined);
      wake = null;
      signal.throwIfAborted();
    },
    close: stop,
  };
}
