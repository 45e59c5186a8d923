/** Payments of the last year applied anew where one in a hundred invoices differs, while somebody reads them. */
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";

import { Client } from "pg";
import { z } from "zod";

import { Trouble } from "../dev/embedded/trouble.ts";
import { rounded } from "./figures.ts";
import { figuresOf, metered, type Metered } from "./metered.ts";
import { startReader, type Reader } from "./reader.ts";
import { runBatch } from "./runs.ts";
import { benchmark, say, type Stage } from "./stage.ts";
import { runInitialSync } from "./sync.ts";

/** A worker that has just started compiles as it goes; a small company first leaves that out. */
const WARM_UP_RECORDS = 2_000;
const YEAR_MS = 365 * 24 * 60 * 60_000;
/** Edits that one order makes. */
const EDITS_A_TIME = 500;
/** How long is read while nothing runs. */
const IDLE_MS = 5_000;
/** Rows of a full page. */
const PAGE_ROWS = 1_000;

const { values } = parseArgs({
  options: {
    /** About 396 of a thousand are invoices and 297 payments. */
    records: { type: "string", default: "20000" },
    from: {
      type: "string",
      default: new Date(Date.now() - YEAR_MS).toISOString().slice(0, 10),
    },
  },
});

const Answer = z.object({
  batch: z.object({
    steps: z.array(z.object({ name: z.string(), total: z.int().nullable() })),
    reapplication: z.object({
      documents: z.int(),
      differing: z.int(),
      stopped: z.int(),
      moves: z.int(),
      isProven: z.boolean(),
    }),
  }),
});

type Steps = z.infer<typeof Answer>["batch"]["steps"];

await benchmark({}, (stage) => reapply(stage, Number(values.records), values.from));

async function reapply(stage: Stage, records: number, from: string): Promise<object> {
  const { quickbooks } = stage;
  await stage.worker();
  await runInitialSync(stage, await quickbooks.company({ records: WARM_UP_RECORDS }));
  say(`Syncing a company of ${records} records`);
  const realmId = await quickbooks.company({ records });
  const { companyId, seconds } = await runInitialSync(stage, realmId);
  const company = { companyId, realmId };

  const counts = await quickbooks.counts(realmId);
  const [invoices, payments] = [counts.get("Invoice") ?? 0, counts.get("Payment") ?? 0];
  const edits = Math.ceil(invoices / 100);
  say(`Editing ${edits} payments in QuickBooks, and applying all payments since ${from} anew`);
  for (let left = edits; left > 0; left -= EDITS_A_TIME) {
    const order = { op: "random", seed: left, edits: Math.min(left, EDITS_A_TIME) };
    await quickbooks.change(realmId, [order]);
  }
  const reader = await startReader(stage.databaseUrl, companyId);
  const swap = await readMeanwhile(stage, reader, () => reapplied(stage, company, from));
  const again = await reapplied(stage, company, from);
  if (swap.result.stopped > 0) throw new Trouble(`${swap.result.stopped} documents were stopped.`);
  if (again.result.moves > 0) throw new Trouble(`The second run wrote ${again.result.moves} rows.`);
  return {
    bench: "reapply",
    initialSync: { records, seconds: rounded(seconds, 2) },
    invoices,
    payments,
    from,
    edits,
    reapply: { ...figuresOf(swap), ...swap.result, callsByArithmetic: arithmeticOf(swap.steps) },
    reader: swap.reader,
    again: { ...figuresOf(again), ...again.result },
  };
}

interface Reapplied extends Metered {
  steps: Steps;
  result: z.infer<typeof Answer>["batch"]["reapplication"];
}

async function reapplied(
  stage: Stage,
  { companyId, realmId }: { companyId: string; realmId: string },
  from: string,
): Promise<Reapplied> {
  const figures = await metered(stage, realmId, () =>
    runBatch(stage, companyId, { do: "reapplyPayments", from, preview: false }),
  );
  const { batch } = await stage.client.ask(
    Answer,
    `query ($id: ID!) { batch(id: $id) { steps { name total }
      reapplication { documents differing stopped moves isProven } } }`,
    { id: figures.run.batchId },
  );
  return { ...figures, steps: batch.steps, result: batch.reapplication };
}

/** The metered calls that a period costs by the arithmetic of the steps it takes, for either number of ids in a call. */
function arithmeticOf(steps: Steps): object {
  const rowsOf = (...names: string[]): number =>
    steps.reduce((sum, { name, total }) => sum + (names.includes(name) ? (total ?? 0) : 0), 0);
  const documents = Math.ceil(rowsOf("invoice", "bill") / PAGE_ROWS);
  const payments = rowsOf("payment", "bill_payment");
  const credits = rowsOf("credit_memo", "vendor_credit");
  const calls = (idsACall: number): number =>
    documents + Math.ceil(payments / idsACall) + Math.ceil(credits / idsACall);
  return { thousandIdsACall: calls(1_000), hundredIdsACall: calls(100) };
}

/** A reader beside nothing, beside reading and judging, and beside the swap: the first change to the end. */
async function readMeanwhile(
  stage: Stage,
  reader: Reader,
  work: () => Promise<Reapplied>,
): Promise<Reapplied & { reader: object }> {
  try {
    const began = Date.now();
    await wait(IDLE_MS);
    const started = Date.now();
    const done = await work();
    const ended = Date.now();
    const swapped = await firstChangeOf(stage, done.run.batchId);
    return {
      ...done,
      reader: {
        swapSeconds: rounded((ended - swapped) / 1000, 2),
        idle: reader.between(began, started),
        beforeSwap: reader.between(started, swapped),
        duringSwap: reader.between(swapped, ended),
      },
    };
  } finally {
    await reader.stop();
  }
}

/** When the first transaction began that told of a change (milliseconds since 1970). */
async function firstChangeOf({ databaseUrl }: Stage, batchId: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ at: Date | null }>(
      "select min(at) as at from changes where batch_id = $1",
      [batchId],
    );
    const at = rows[0]?.at ?? null;
    if (at === null) throw new Trouble("Nothing differed: there was no swap to read beside.");
    return at.getTime();
  } finally {
    await client.end();
  }
}
