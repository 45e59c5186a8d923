import { faultIn, type Fault } from "../core/faults.ts";
import type { RecordKind } from "../core/record-kinds.ts";
import { countHeld, idsHeld, idsHeldBefore, type HeldStretch } from "../db/records.ts";
import { inCompany } from "../db/transactions.ts";
import type { Listing, PageContent } from "../quickbooks/source.ts";
import { storeFound, type StandingStep } from "./standing-step.ts";
import { withheldIn } from "./withhold.ts";

/** Ids asked for in one question. */
export const IDS_A_QUESTION = 100;
/** Before this no company of QuickBooks has a record. */
const BEGINNING_MS = Date.parse("1998-01-01T00:00:00Z");

/** What to compare: a kind or its open documents, and from which date of transactions on. */
export interface Compared {
  kind: RecordKind;
  scope: "all" | "open";
  datedFrom: string | null;
}

/**
 * Finds what differs in a kind by comparing counts over ever smaller stretches of modification
 * time, reads just those anew, and stores what they hold: what we lacked comes in, and what
 * QuickBooks no longer has, though no feed said so, is marked deleted. From `spoiltSince` on a record
 * was found that cannot be taken: a count with it tells nothing there, and all of it is read anew.
 */
export async function heal(
  run: StandingStep,
  compared: Compared,
  now: Date,
  spoiltSince: Date | null = null,
): Promise<void> {
  const { kind, datedFrom } = compared;
  if (datedFrom !== null) await askOlder(run, { kind, datedFrom }, now);
  const whole = { from: BEGINNING_MS, until: now.getTime(), now };
  if (spoiltSince === null) return healStretch(run, compared, whole);
  const from = Math.floor(spoiltSince.getTime() / 1000) * 1000;
  await healStretch(run, compared, { ...whole, until: from - 1000 });
  await readAnew(run, listingOf(compared, { ...whole, from }), { total: null, now });
}

interface Stretch {
  from: number;
  until: number;
  now: Date;
}

async function healStretch(run: StandingStep, compared: Compared, stretch: Stretch): Promise<void> {
  const listing = listingOf(compared, stretch);
  const theirs = await run.source.count(listing, run.signal);
  const ours = await countOurs(run, listing);
  if (theirs === ours) return;
  const seconds = Math.floor((stretch.until - stretch.from) / 1000);
  if (Math.max(theirs, ours) <= run.source.pageSize || seconds === 0) {
    await readAnew(run, listing, { total: theirs, now: stretch.now });
    return;
  }
  const middle = stretch.from + Math.floor(seconds / 2) * 1000;
  await healStretch(run, compared, { ...stretch, until: middle });
  await healStretch(run, compared, { ...stretch, from: middle + 1000 });
}

const listingOf = (compared: Compared, { from, until }: Stretch): Listing => ({
  ...compared,
  datedUntil: null,
  modifiedFrom: new Date(from),
  modifiedUntil: new Date(until),
});

/** Reads a stretch whole, of `total` records where that is known; what we hold there and did not meet is asked for by id. */
async function readAnew(
  run: StandingStep,
  listing: Listing,
  { total, now }: { total: number | null; now: Date },
): Promise<void> {
  const met = new Set<string>();
  let checkpoint = run.source.start(listing, total);
  for (let more = true; more;) {
    const page = await run.source.listPage(listing, checkpoint, run.signal);
    for (const record of page.records) met.add(record.quickbooksId);
    await storeFound(run, { ...page, deletions: [] }, { askedAfter: now });
    more = page.next !== null;
    if (page.next !== null) checkpoint = page.next;
  }
  const held = await inCompany(run.deps.pool, run.lease.companyId, (tx) =>
    idsHeld(tx, heldStretch(run, listing)),
  );
  const unmet = held.filter((id) => !met.has(id));
  await askByIds(run, listing.kind, unmet, now);
}

/**
 * Of what is dated earlier we hold only some (what was open then, or has changed since), so that counts
 * tell nothing: all of it is asked for by id.
 */
async function askOlder(
  run: StandingStep,
  { kind, datedFrom }: { kind: RecordKind; datedFrom: string },
  now: Date,
): Promise<void> {
  const { companyId } = run.lease;
  const older = await inCompany(run.deps.pool, companyId, (tx) =>
    idsHeldBefore(tx, { companyId, kind, datedFrom }),
  );
  await askByIds(run, kind, older, now);
}

/** Asks for records by their ids, a question's worth at a time: what QuickBooks no longer has was deleted. */
export async function askByIds(
  run: StandingStep,
  kind: RecordKind,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  for (let from = 0; from < ids.length; from += IDS_A_QUESTION) {
    await askById(run, kind, ids.slice(from, from + IDS_A_QUESTION), now);
  }
}

/**
 * Asks for records by their ids: what QuickBooks no longer has was deleted. Answers how many we did
 * not hold so.
 */
export async function askById(
  run: StandingStep,
  kind: RecordKind,
  ids: readonly string[],
  now: Date,
): Promise<number> {
  const found = await foundByIds(run, kind, ids);
  if (found === null) {
    // QuickBooks refuses them all for one that it cannot produce, and still has.
    const half = Math.ceil(ids.length / 2);
    if (half === ids.length) return 0;
    const first = await askById(run, kind, ids.slice(0, half), now);
    return first + (await askById(run, kind, ids.slice(half), now));
  }
  const present = new Set(
    [...found.records, ...found.troubles].map((record) => record.quickbooksId),
  );
  const deletions = ids
    .filter((id) => !present.has(id))
    .map((quickbooksId) => ({ kind, quickbooksId, deletedAt: now.toISOString() }));
  const { created, updated, deleted } = await storeFound(
    run,
    { ...found, deletions },
    { askedAfter: now },
  );
  return created + updated + deleted;
}

/** Null where QuickBooks refuses all of them for one that it cannot produce. */
export async function foundByIds(
  run: StandingStep,
  kind: RecordKind,
  ids: readonly string[],
): Promise<PageContent | null> {
  try {
    return await run.source.readByIds(kind, ids, run.signal);
  } catch (error) {
    if (faultIn(error)?.kind === "page-refused") return null;
    throw error;
  }
}

/** Null where one bad record makes QuickBooks refuse even to count: nothing can be proved then. */
export async function countTheirs(
  { source, signal }: Pick<StandingStep, "source" | "signal">,
  listing: Listing,
): Promise<number | null> {
  try {
    return await source.count(listing, signal);
  } catch (error) {
    if (faultIn(error)?.kind === "page-refused") return null;
    throw error;
  }
}

/** The same, or what QuickBooks says where it does not offer the kind any more. */
export async function countUnlessWithheld(
  run: Pick<StandingStep, "source" | "signal">,
  listing: Listing,
): Promise<{ kind: RecordKind } & ({ theirs: number | null } | { fault: Fault })> {
  const { kind } = listing;
  try {
    return { kind, theirs: await countTheirs(run, listing) };
  } catch (error) {
    const fault = withheldIn(error);
    if (fault === null) throw error;
    return { kind, fault };
  }
}

const countOurs = (run: StandingStep, stretch: Omit<HeldStretch, "companyId">): Promise<number> =>
  inCompany(run.deps.pool, run.lease.companyId, (tx) => countHeld(tx, heldStretch(run, stretch)));

const heldStretch = (run: StandingStep, stretch: Omit<HeldStretch, "companyId">): HeldStretch => ({
  companyId: run.lease.companyId,
  kind: stretch.kind,
  scope: stretch.scope,
  datedFrom: stretch.datedFrom,
  modifiedFrom: stretch.modifiedFrom,
  modifiedUntil: stretch.modifiedUntil,
});
