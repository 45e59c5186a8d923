import type { Pool } from "pg";
import { z } from "zod";

import type { FaultKind } from "../core/faults.ts";
import { Moved, replaceApplied, saysAmounts } from "./applied-amounts.ts";
import { Reason } from "./companies.ts";
import { lockConnection } from "./desktop-endings.ts";
import { many, maybeOne, run, sql, type Queryable } from "./sql.ts";
import { inCompany, readInCompany } from "./transactions.ts";
import { addWake } from "./wakes.ts";

/** A file that was opened at another path than the one that is bound: a person says whether that is meant. */
const AT_ANOTHER_PATH: readonly FaultKind[] = ["file-moved", "file-copied"];
const ANOTHER_FILE: readonly FaultKind[] = ["file-replaced"];
const FILE_REFUSED: readonly FaultKind[] = [
  ...AT_ANOTHER_PATH,
  ...ANOTHER_FILE,
  "file-of-another-company",
  "other-file-open",
];

/** Records marked as deleted in one transaction, and before a person who waits is answered. */
const BURIED_A_PIECE = 10_000;
const BURIED_AT_ONCE_MAX = 50_000;

/** QuickBooks is probably held up when it works on a question for longer than this. */
const OVERDUE_SECONDS = 30;

/** The newest login of a company's PCs that found something out: the right file, or what is in the way. */
export const LastSession = z.object({
  companyId: z.string(),
  connectorId: z.string(),
  state: z.enum(["opening", "open", "ended"]),
  openedAt: z.date(),
  contactAt: z.date(),
  endedAt: z.date().nullable(),
  /** Why it ended, where it did not end well. */
  endedBy: Reason.nullable(),
  /** The company file, as the Web Connector said it. */
  file: z.string().nullable(),
  /** Since when QuickBooks owes it an answer. */
  unansweredSince: z.date().nullable(),
});
export type LastSession = z.infer<typeof LastSession>;

const lastSessionColumns = sql`
  s.company_id as "companyId", s.connector_id as "connectorId", s.state,
  s.opened_at as "openedAt", s.contact_at as "contactAt", s.ended_at as "endedAt",
  s.ended_by as "endedBy", s.file,
  (select min(sent_at) from desktop_exchanges e where e.session_id = s.id and e.state = 'sent')
    as "unansweredSince"`;

/**
 * The last sessions of some companies that the caller may see. A login that has not shown yet which
 * file is open hides nothing that is known.
 */
export const lastSessionsOf = (
  tx: Queryable,
  companyIds: readonly string[],
): Promise<LastSession[]> =>
  many(
    tx,
    LastSession,
    sql`/* lastSessionsOf */ select last.* from unnest(${companyIds}::uuid[]) as wanted(id)
      cross join lateral (select ${lastSessionColumns} from desktop_sessions s
        where s.company_id = wanted.id and (s.judged_at is not null or s.ended_by is not null
          or (s.state <> 'ended' and exists (select from desktop_exchanges e
            where e.session_id = s.id and e.state = 'sent'
              and e.sent_at < now() - make_interval(secs => ${OVERDUE_SECONDS}))))
        order by s.opened_at desc limit 1) last`,
  );

/** What became of a person's decision about a file; `nothing` when there was nothing to decide. */
export type Decision =
  /** With the batches that ran, whose workflows are to hear that they were cancelled. */
  | { is: "done"; cancelledRunning: string[] }
  | { is: "done-before"; file: string | null }
  | { is: "nothing" };

/**
 * The file that was refused as moved or copied is the right one, at the path where it was opened: the
 * next contact of that PC goes on with it.
 */
export const acceptMovedFile = (pool: Pool, companyId: string): Promise<Decision> =>
  inCompany(pool, companyId, async (tx) => {
    await lockConnection(tx, companyId);
    const refused = await refusedFile(tx, companyId, AT_ANOTHER_PATH);
    if (refused === null || refused.file === null) return { is: "nothing" };
    const moved = await run(
      tx,
      sql`/* acceptFile */ update connectors set file = ${refused.file}
        where company_id = ${companyId} and id = ${refused.connectorId}
          and file is distinct from ${refused.file}`,
    );
    if (moved === 0) return { is: "done-before", file: refused.file };
    await addWake(tx, companyId);
    return { is: "done", cancelledRunning: [] };
  });

/**
 * The books go on in the file that was refused as another one: everything known of the old file is
 * kept as deleted, and the company is to be confirmed and synced anew. Of very many records the rest is
 * marked by whoever works for the company next (`buryOldFile`).
 */
export async function startNewFile(pool: Pool, companyId: string): Promise<Decision> {
  const decision = await inCompany(pool, companyId, async (tx): Promise<Decision> => {
    await lockConnection(tx, companyId);
    const refused = await refusedFile(tx, companyId, ANOTHER_FILE);
    if (refused === null) return { is: "nothing" };
    const isNew = await unbindFile(tx, companyId, refused.endedAt);
    if (!isNew) return { is: "done-before", file: refused.file };
    const cancelledRunning = await endBatches(tx, companyId);
    await run(
      tx,
      sql`/* settleAttention */ update attention set resolved_at = now()
        where company_id = ${companyId} and resolved_at is null`,
    );
    await run(
      tx,
      sql`/* setUpAnew */ update companies set state = 'setting_up', state_reason = null,
          confirmed_at = null, workable_at = null
        where id = ${companyId}`,
    );
    return { is: "done", cancelledRunning };
  });
  if (decision.is !== "nothing") await buryOldFile(pool, companyId, BURIED_AT_ONCE_MAX);
  return decision;
}

const Refused = z.object({
  connectorId: z.string(),
  file: z.string().nullable(),
  kind: z.string().nullable(),
  endedAt: z.date().nullable(),
});

/** The file that was met last, if it was refused as one of these; what was in the way of meeting one says nothing. */
async function refusedFile(
  tx: Queryable,
  companyId: string,
  kinds: readonly FaultKind[],
): Promise<{ connectorId: string; file: string | null; endedAt: Date } | null> {
  const met = await maybeOne(
    tx,
    Refused,
    sql`/* fileMetLast */ select connector_id as "connectorId", file, ended_at as "endedAt",
        ended_by ->> 'kind' as kind
      from desktop_sessions
      where company_id = ${companyId}
        and (judged_at is not null or ended_by ->> 'kind' = any(${FILE_REFUSED}::text[]))
      order by opened_at desc limit 1`,
  );
  if (met === null || met.endedAt === null || !kinds.some((kind) => kind === met.kind)) return null;
  return { ...met, endedAt: met.endedAt };
}

/** Forgets what tells the old file from others. False when that was done after the new one was met. */
async function unbindFile(tx: Queryable, companyId: string, metAt: Date): Promise<boolean> {
  const unbound = await run(
    tx,
    sql`/* unbindFile */ update connections set fingerprint = null, books = null,
        first_look = null, changes_from = null, cursor_at = null,
        uncovered_cursor_at = null, restored_at = null, file_since = now(), is_burying = true
      where company_id = ${companyId} and (file_since is null or file_since < ${metAt})`,
  );
  await run(
    tx,
    sql`/* forgetPaths */ update connectors set file = null
      where company_id = ${companyId} and ${unbound} > 0`,
  );
  return unbound > 0;
}

/**
 * Ends what is open, at once: a page of the old file that is still on its way finds its batch ended.
 * Answers those that ran, whose workflows are to hear of it.
 */
async function endBatches(tx: Queryable, companyId: string): Promise<string[]> {
  const running = await many(
    tx,
    z.object({ id: z.string() }),
    sql`/* holdRunning */ select id from batches
      where company_id = ${companyId} and status = 'running' for update`,
  );
  await run(
    tx,
    sql`/* endBatches */ update batches set status = 'cancelled', finished_at = now(),
        cancel_requested_at = coalesce(cancel_requested_at, now()),
        waiting_for = null, waiting_since = null, waiting_until = null
      where company_id = ${companyId} and status in ('queued', 'running')`,
  );
  return running.map(({ id }) => id);
}

/**
 * Marks what was synced from the file before as deleted; it stays readable, with its counts. Nothing of
 * the new file is stored before all of it is marked, so that whoever is stopped in between goes on.
 * Costs one statement where there is nothing to do, and about three seconds for 100,000 records.
 */
export async function buryOldFile(pool: Pool, companyId: string, max = Infinity): Promise<void> {
  // Nobody waits for a login's lock for nothing.
  if (!(await readInCompany(pool, companyId, (tx) => isBurying(tx, companyId)))) return;
  let after = { kind: "", id: "" };
  for (let buried = 0; buried < max; buried += BURIED_A_PIECE) {
    const last = await inCompany(pool, companyId, (tx) => buryPiece(tx, companyId, after));
    if (last === null) return;
    after = last;
  }
}

const isBurying = async (tx: Queryable, companyId: string): Promise<boolean> => {
  const row = await maybeOne(
    tx,
    z.object({ isBurying: z.boolean() }),
    sql`/* isBurying */ select is_burying as "isBurying" from connections
      where company_id = ${companyId}`,
  );
  return row?.isBurying === true;
};

const Key = z.object({ kind: z.string(), id: z.string() });
type Key = z.infer<typeof Key>;

/** The next piece in the order of the key, with what its documents say of one another; answers its last record, or null when that was all. */
async function buryPiece(tx: Queryable, companyId: string, after: Key): Promise<Key | null> {
  // Logins queue behind this: pieces are small.
  await lockConnection(tx, companyId);
  if (!(await isBurying(tx, companyId))) return null;
  const left = sql`company_id = ${companyId} and deleted_at is null
    and (kind, quickbooks_id) > (${after.kind}, ${after.id})`;
  const last = await maybeOne(
    tx,
    Key,
    sql`/* lastOfPiece */ select kind, quickbooks_id as id from records where ${left}
      order by kind, quickbooks_id offset ${BURIED_A_PIECE - 1} limit 1`,
  );
  const until =
    last === null ? sql`true` : sql`(kind, quickbooks_id) <= (${last.kind}, ${last.id})`;
  const buried = await many(
    tx,
    Moved,
    sql`/* buryPiece */ with gone as (
        update records set deleted_at = now() where ${left} and ${until}
        returning kind, quickbooks_id
      ), counted as (
        insert into record_counts as c (company_id, kind, slot, present, deleted)
        select ${companyId}::uuid, kind, 0, -count(*), count(*) from gone group by kind order by kind
        on conflict (company_id, kind, slot) do update set
          present = c.present + excluded.present, deleted = c.deleted + excluded.deleted)
      select kind, quickbooks_id as id, false as "isNew" from gone where ${saysAmounts}`,
  );
  await replaceApplied(tx, companyId, buried, []);
  if (last !== null) return last;
  await run(
    tx,
    sql`/* endBurying */ update connections set is_burying = false where company_id = ${companyId}`,
  );
  return null;
}
