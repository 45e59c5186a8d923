import { addDecimals, compareDecimals } from "../../core/money.ts";
import { kindLabel, type RecordKind } from "../../core/record-kinds.ts";
import { openDocuments, type ReconciliationLine } from "../../db/reconciliations.ts";
import type { Checkpoint, Listing, SourceRecord } from "../../quickbooks/source.ts";
import { askByIds, countTheirs } from "../compare.ts";
import { storeFound, type StandingStep } from "../standing-step.ts";
import { wholeListing } from "../steps.ts";
import { naming } from "./name-differing.ts";
import { NOTHING, REFUSED, UNKNOWN } from "./lines.ts";

/** Kinds whose open documents QuickBooks picks out in both editions. */
const DOCUMENTS: readonly RecordKind[] = ["invoice", "bill"];
/** Of more open documents than these a comparison reads none: it would take longer than it tells. */
const DOCUMENTS_MAX = 20_000;
const DOCUMENTS_A_TIME = 1_000;

/** What is open of each kind, as its documents say one by one; those that differ are named and healed. */
export async function compareOpenDocuments(
  run: StandingStep,
  kinds: readonly RecordKind[],
): Promise<ReconciliationLine[]> {
  const lines: ReconciliationLine[] = [];
  for (const kind of DOCUMENTS) {
    if (kinds.includes(kind)) lines.push(...(await compareKind(run, kind)));
  }
  return lines;
}

async function compareKind(run: StandingStep, kind: RecordKind): Promise<ReconciliationLine[]> {
  const listing: Listing = { ...wholeListing(kind, null), scope: "open" };
  const count = await countTheirs(run, listing);
  const unknown = { ...NOTHING, ...UNKNOWN, subject: "open" as const, kind };
  if (count === null) return [{ ...unknown, note: REFUSED }];
  if (count > DOCUMENTS_MAX) {
    return [{ ...unknown, note: `${count} are open: more than a comparison reads.` }];
  }
  const ours = await heldOpen(run, kind);
  const theirs = await readOpen(run, listing, new Set(ours.ids));
  const currencies = new Set([...ours.sums.keys(), ...theirs.sums.keys()]);
  return [...currencies].sort().map((currency) => {
    const [held, told] = [ours.sums.get(currency) ?? "0", theirs.sums.get(currency) ?? "0"];
    return {
      ...NOTHING,
      subject: "open",
      kind,
      ours: held,
      theirs: told,
      agrees: compareDecimals(held, told) === 0,
      note: `What is open of ${kindLabel(kind)} records${currency === "" ? "" : ` in ${currency}`}, ${theirs.differing} of which differed.`,
    };
  });
}

type Sums = Map<string, string>;

const add = (sums: Sums, currency: string | null, amount: string): Sums =>
  sums.set(currency ?? "", addDecimals([sums.get(currency ?? "") ?? "0", amount]));

async function heldOpen(
  { deps, lease }: StandingStep,
  kind: RecordKind,
): Promise<{ ids: string[]; sums: Sums }> {
  const ids: string[] = [];
  const sums: Sums = new Map();
  for (;;) {
    const page = { kind, after: ids.at(-1) ?? "", first: DOCUMENTS_A_TIME };
    const documents = await openDocuments(deps.pool, lease.companyId, page);
    for (const { currency, balance } of documents) add(sums, currency, balance);
    ids.push(...documents.map(({ quickbooksId }) => quickbooksId));
    if (documents.length < DOCUMENTS_A_TIME || ids.length > DOCUMENTS_MAX) return { ids, sums };
  }
}

/** Reads what is open; of what we hold to be open and did not meet, QuickBooks is asked by id. */
async function readOpen(
  run: StandingStep,
  listing: Listing,
  unmet: Set<string>,
): Promise<{ sums: Sums; differing: number }> {
  const sums: Sums = new Map();
  const found = naming(run, "open");
  const met = new Set<string>();
  const count = (record: SourceRecord): void => {
    unmet.delete(record.quickbooksId);
    if (met.has(record.quickbooksId)) return;
    met.add(record.quickbooksId);
    add(sums, record.currency, record.balance ?? "0");
  };
  let checkpoint: Checkpoint | null = run.source.start(listing, null);
  while (checkpoint !== null) {
    const page = await run.source.listPage(listing, checkpoint, run.signal);
    page.records.forEach(count);
    await storeFound(found.run, { ...page, deletions: [] });
    checkpoint = page.next;
  }
  if (unmet.size > 0) {
    const { at } = await run.source.readCompany(run.signal);
    await askByIds(found.run, listing.kind, [...unmet], at);
  }
  return { sums, differing: found.named() };
}
