import type { Pool } from "pg";
import { z } from "zod";

import { touch, type TicketHolder } from "./desktop-sessions.ts";
import { hasWorkForPc } from "./mass-changes.ts";
import { EXCHANGE_CHANNEL, WAKE_CHANNEL } from "./notify.ts";
import { maybeOne, one, run, sql, type Queryable, type Sql } from "./sql.ts";
import { inCompany, readInCompany, writeInCompany } from "./transactions.ts";

/** Silent for so long while QuickBooks works on a request, a PC is given up. */
const AT_WORK_SECONDS_MAX = 600;
/** Nothing was asked for so long: whoever would ask is not there, and QuickBooks gets its file back. */
const IDLE_SECONDS_MAX = 120;
const FIRST_CONTACT_IDLE_SECONDS_MAX = 30;

/** What the door sees of a session's work. */
const Prospect = z.object({
  /** open: go on. refused: it ended by what was in the way. ended: it is over. */
  session: z.enum(["open", "refused", "ended"]),
  isWanted: z.boolean(),
  /** Something more is to be asked, now or soon. */
  isExpected: z.boolean(),
  /** There is work, but nobody asked for long. */
  isIdle: z.boolean(),
  /** How far the running batch is, 1 to 99. */
  percent: z.number(),
});
export type Prospect = z.infer<typeof Prospect>;

/** Is more to come in this session? */
export const readProspect = (pool: Pool, holder: TicketHolder): Promise<Prospect> =>
  readInCompany(pool, holder.companyId, (tx) => prospectOf(tx, holder));

const GONE: Prospect = {
  session: "ended",
  isWanted: false,
  isExpected: false,
  isIdle: false,
  percent: 100,
};

async function prospectOf(
  tx: Queryable,
  { companyId, sessionId }: TicketHolder,
): Promise<Prospect> {
  const found = await maybeOne(
    tx,
    Prospect,
    sql`/* readProspect */ select
        case when s.state <> 'ended' then 'open'
          when s.ended_by is not null then 'refused' else 'ended' end as session,
        exists (select from desktop_exchanges e where e.company_id = ${companyId}
          and e.session_id = s.id and e.read_at is null and e.state = 'wanted') as "isWanted",
        work.is_there and not idle.is_long as "isExpected",
        work.is_there and idle.is_long as "isIdle", progress.percent
      from desktop_sessions s
        join companies c on c.id = s.company_id
        join connections n on n.company_id = s.company_id
        cross join lateral (select c.state <> 'paused' and case
          when c.confirmed_at is null
            then coalesce((n.first_look ->> 'seenAt')::timestamptz < s.asked_at, true)
          else ${hasWorkForPc(sql`c.id`)} end as is_there) work
        cross join lateral (select now() - greatest(s.opened_at, s.asked_at, (
            select greatest(e.wanted_at, e.answered_at, e.read_at) from desktop_exchanges e
            where e.company_id = ${companyId} and e.session_id = s.id order by e.id desc limit 1))
          > make_interval(secs => case when c.confirmed_at is null
            then ${FIRST_CONTACT_IDLE_SECONDS_MAX}::int else ${IDLE_SECONDS_MAX}::int end) as is_long) idle
        cross join lateral (select least(99, greatest(1, coalesce(
            round(100.0 * sum(p.done) / nullif(sum(p.total), 0)), 50)))::int as percent
          from batch_steps p join batches b on b.id = p.batch_id
          where p.company_id = ${companyId} and b.company_id = ${companyId}
            and b.status = 'running') progress
      where s.company_id = ${companyId} and s.id = ${sessionId}`,
  );
  return found ?? GONE;
}

/** What sendRequestXML brings; the host's answer comes with a session's first one alone. */
export interface FirstContact {
  hostAnswer: string | null;
  file: string;
  country: string;
  majorVersion: number;
  minorVersion: number;
}

/**
 * The next request of this session, marked as sent, or null. The first call says that QuickBooks is
 * open, and whoever waits for that hears of it. One that was sent already and not answered is sent
 * again: QuickBooks works on one at a time, so its way there was lost.
 */
export async function takeRequest(
  pool: Pool,
  holder: TicketHolder,
  contact: FirstContact,
): Promise<string | null> {
  const { companyId } = holder;
  // The session's row is locked first, as by whoever ends it.
  const [state, request] = await writeInCompany(pool, companyId, (tx) =>
    Promise.all([touch(tx, holder), take(tx, holder)]),
  );
  // Nothing can be asked in a session before this.
  if (state === "opening") await inCompany(pool, companyId, (tx) => open(tx, holder, contact));
  return request;
}

/** The next request, marked as sent, or null, and what else is to be seen of the session. */
export const takeOrLook = (
  pool: Pool,
  holder: TicketHolder,
): Promise<{ request: string | null; prospect: Prospect }> =>
  writeInCompany(pool, holder.companyId, async (tx) => {
    const [, request, prospect] = await Promise.all([
      touch(tx, holder),
      take(tx, holder),
      prospectOf(tx, holder),
    ]);
    return { request, prospect };
  });

const open = (
  tx: Queryable,
  { companyId, sessionId }: TicketHolder,
  contact: FirstContact,
): Promise<number> =>
  run(
    tx,
    sql`/* openQuickBooks */ with opened as (
        update desktop_sessions set state = 'open', asked_at = now(),
          file = ${contact.file}, country = ${contact.country},
          major_version = ${contact.majorVersion}::int,
          minor_version = ${contact.minorVersion}::int, host_answer = ${contact.hostAnswer}
        where company_id = ${companyId} and id = ${sessionId} and state = 'opening'
        returning company_id),
      added as (insert into wakes (company_id) select company_id from opened)
      select pg_notify(${WAKE_CHANNEL}, '') from opened`,
  );

const Taken = z.object({ request: z.string().nullable() });

/** Whoever calls this touches the session before it in the same transaction, and has its row. */
const take = async (
  tx: Queryable,
  { companyId, sessionId }: TicketHolder,
): Promise<string | null> => {
  const { request } = await one(
    tx,
    Taken,
    sql`/* takeRequest */ with taken as (
        update desktop_exchanges set state = 'sent', sent_at = clock_timestamp()
        where company_id = ${companyId} and id = (
          select id from desktop_exchanges
          where company_id = ${companyId} and session_id = ${sessionId} and read_at is null
            and state in ('wanted', 'sent') and ${isLive(companyId, sessionId)}
          order by id limit 1 for update)
        returning request),
      at_work as (
        update desktop_sessions set last_error = null,
          expires_at = now() + make_interval(secs => ${AT_WORK_SECONDS_MAX})
        where company_id = ${companyId} and id = ${sessionId} and exists (select from taken))
      select (select request from taken) as request`,
  );
  return request;
};

const isLive = (companyId: string, sessionId: string): Sql => sql`exists (
  select from desktop_sessions where company_id = ${companyId} and id = ${sessionId}
    and state <> 'ended')`;

/** What receiveResponseXML brings. */
export interface Brought {
  response: string;
  /** Where QuickBooks threw instead of answering; empty otherwise. */
  hresult: string;
  message: string;
}

/**
 * Stores what QuickBooks answered to the request that was sent, and looks whether more is to come.
 * Not stored is what nobody asked for: it comes a second time, too late, or from nowhere.
 */
export const storeAnswer = (
  pool: Pool,
  holder: TicketHolder,
  brought: Brought,
): Promise<{ isStored: boolean; prospect: Prospect }> =>
  writeInCompany(pool, holder.companyId, async (tx) => {
    const [, { isStored }, prospect] = await Promise.all([
      touch(tx, holder),
      one(tx, Stored, store(holder, brought)),
      prospectOf(tx, holder),
    ]);
    return { isStored, prospect };
  });

const Stored = z.object({ isStored: z.boolean() });

/** Whoever waits for the answer hears of it; where nobody does any more, the company's workflows do. */
function store({ companyId, sessionId }: TicketHolder, brought: Brought): Sql {
  const isAnswer = brought.hresult === "";
  return sql`/* storeAnswer */ with stored as (
      update desktop_exchanges set answered_at = clock_timestamp(),
        state = ${isAnswer ? "answered" : "failed"},
        response = ${isAnswer ? brought.response : null},
        hresult = ${isAnswer ? null : brought.hresult},
        message = ${isAnswer ? null : brought.message}
      where company_id = ${companyId} and id = (
        select id from desktop_exchanges where company_id = ${companyId}
          and session_id = ${sessionId} and read_at is null and state = 'sent'
          and ${isLive(companyId, sessionId)}
        order by id limit 1 for update)
      returning company_id, given_up_at is not null as is_given_up,
        round(extract(epoch from clock_timestamp() - sent_at) * 1000)::int as inside_ms),
    counted as (
      update desktop_sessions s set exchanges = exchanges + 1,
        inside_ms = s.inside_ms + stored.inside_ms,
        slowest_ms = greatest(slowest_ms, stored.inside_ms)
      from stored where s.company_id = ${companyId} and s.id = ${sessionId}),
    added as (
      insert into wakes (company_id) select company_id from stored where is_given_up
      returning company_id)
    select exists (select from stored) as "isStored",
      (select pg_notify(${EXCHANGE_CHANNEL}, company_id::text)::text from stored) as said,
      (select pg_notify(${WAKE_CHANNEL}, '')::text from added) as woken`;
}
