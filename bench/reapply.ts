/** Payments of the last year applied anew where one in a hundred invoices differs, and a comparison of everything. */
import { parseArgs } from "node:util";

import { z } from "zod";

import { Trouble } from "../dev/embedded/trouble.ts";
import { rounded } from "./figures.ts";
import { runBatch, type Run } from "./runs.ts";
import { benchmark, say, type Stage } from "./stage.ts";
import { runInitialSync } from "./sync.ts";

/** A worker that has just started compiles as it goes; a small company first leaves that out. */
const WARM_UP_RECORDS = 2_000;
const YEAR_MS = 365 * 24 * 60 * 60_000;
/** Edits that one order makes. */
const EDITS_A_TIME = 500;

const { values } = parseArgs({ options: { records: { type: "string", default: "20000" } } });

const Answer = z.object({
  batch: z.object({
    reapplication: z.object({
      documents: z.int(),
      differing: z.int(),
      stopped: z.int(),
      moves: z.int(),
      isProven: z.boolean(),
    }),
  }),
});

const Newest = z.object({
  changes: z.object({
    nodes: z.array(z.object({ batchId: z.string() })),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

await benchmark({}, (stage) => reapply(stage, Number(values.records)));

async function reapply(stage: Stage, records: number): Promise<object> {
  const { quickbooks } = stage;
  await stage.worker();
  await runInitialSync(stage, await quickbooks.company({ records: WARM_UP_RECORDS }));
  say(`Syncing a company of ${records} records`);
  const realmId = await quickbooks.company({ records });
  const { companyId, seconds, batchId } = await runInitialSync(stage, realmId);
  const moved = await movesOf(stage, companyId, batchId);

  const counts = await quickbooks.counts(realmId);
  const edits = Math.ceil((counts.get("Invoice") ?? 0) / 100);
  say(`Editing ${edits} payments in QuickBooks, and applying the payments of a year anew`);
  for (let left = edits; left > 0; left -= EDITS_A_TIME) {
    const order = { op: "random", seed: left, edits: Math.min(left, EDITS_A_TIME) };
    await quickbooks.change(realmId, [order]);
  }
  const from = new Date(Date.now() - YEAR_MS).toISOString().slice(0, 10);
  const swap = await metered(stage, realmId, () =>
    runBatch(stage, companyId, { do: "reapplyPayments", from, preview: false }),
  );
  const again = await metered(stage, realmId, () =>
    runBatch(stage, companyId, { do: "reapplyPayments", from, preview: false }),
  );
  const first = await reapplicationOf(stage, swap.run.batchId);
  const second = await reapplicationOf(stage, again.run.batchId);
  if (first.stopped > 0) throw new Trouble(`${first.stopped} documents were stopped.`);
  if (second.moves > 0) throw new Trouble(`The second run wrote ${second.moves} rows.`);

  say("Comparing everything with QuickBooks");
  const verify = await metered(stage, realmId, () => runBatch(stage, companyId, { do: "verify" }));
  return {
    bench: "reapply",
    initialSync: { records, seconds: rounded(seconds, 2), applications: moved },
    edits,
    reapply: { ...figures(swap), ...first },
    again: { ...figures(again), ...second },
    verify: figures(verify),
  };
}

interface Metered {
  run: Run;
  calls: number;
}

async function metered(
  { quickbooks }: Stage,
  realmId: string,
  work: () => Promise<Run>,
): Promise<Metered> {
  const before = await quickbooks.calls(realmId);
  const run = await work();
  const after = await quickbooks.calls(realmId);
  return { run, calls: after.metered - before.metered };
}

function figures({ run, calls }: Metered): object {
  return { seconds: rounded(run.seconds, 2), recordsRead: run.done, meteredCalls: calls };
}

async function reapplicationOf({ client }: Stage, batchId: string) {
  const { batch } = await client.ask(
    Answer,
    "query ($id: ID!) { batch(id: $id) { reapplication { documents differing stopped moves isProven } } }",
    { id: batchId },
  );
  return batch.reapplication;
}

/** How many applications a batch told of. */
async function movesOf({ client }: Stage, companyId: string, batchId: string): Promise<number> {
  let moves = 0;
  let after: string | null = null;
  for (;;) {
    const page: z.infer<typeof Newest> = await client.ask(
      Newest,
      `query ($companyId: ID!, $after: String) { changes(companyId: $companyId, first: 500, after: $after) {
        nodes { batchId } pageInfo { hasNextPage endCursor } } }`,
      { companyId, after },
    );
    moves += page.changes.nodes.filter((change) => change.batchId === batchId).length;
    if (!page.changes.pageInfo.hasNextPage) return moves;
    after = page.changes.pageInfo.endCursor;
  }
}
