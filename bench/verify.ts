/** A comparison of everything with QuickBooks: when all agrees, when a few records differ, and when they are healed. */
import { parseArgs } from "node:util";

import { z } from "zod";

import { Trouble } from "../dev/embedded/trouble.ts";
import { peakMemoryMb, rounded } from "./figures.ts";
import { figuresOf, metered } from "./metered.ts";
import { expectAll, runBatch } from "./runs.ts";
import { benchmark, say, type Stage } from "./stage.ts";
import { runInitialSync } from "./sync.ts";

/** A worker that has just started compiles as it goes; a small company first leaves that out. */
const WARM_UP_RECORDS = 2_000;
/** What QuickBooks gets, changes and loses without our hearing of it. */
const DIFFERENCES = [
  { op: "create", entity: "Invoice", count: 3 },
  { op: "delete", entity: "Bill", count: 3 },
  { op: "update", entity: "Customer", count: 3 },
];

const { values } = parseArgs({ options: { records: { type: "string", default: "20000" } } });

const Answer = z.object({
  reconciliation: z.object({
    agrees: z.boolean(),
    lines: z.array(z.object({ agrees: z.boolean().nullable() })),
  }),
});

await benchmark({}, (stage) => verify(stage, Number(values.records)));

async function verify(stage: Stage, records: number): Promise<object> {
  const { quickbooks } = stage;
  const worker = await stage.worker();
  await runInitialSync(stage, await quickbooks.company({ records: WARM_UP_RECORDS }));
  say(`Syncing a company of ${records} records`);
  const realmId = await quickbooks.company({ records });
  const { companyId, seconds } = await runInitialSync(stage, realmId);
  const company = { companyId, realmId };

  say("Comparing everything with QuickBooks");
  const agreeing = await compared(stage, company);
  if (!agreeing.agrees) throw new Trouble("Right after its sync a company does not agree.");
  say("Changing a few records in QuickBooks, and comparing again");
  const changed = await quickbooks.change(realmId, DIFFERENCES);
  const differing = await compared(stage, company);
  if (differing.agrees) throw new Trouble("Records differ, and the comparison does not say so.");
  const healed = await compared(stage, company);
  if (!healed.agrees) throw new Trouble("What differed was not healed.");
  await expectAll(stage, companyId, realmId);
  return {
    bench: "verify",
    initialSync: { records, seconds: rounded(seconds, 2) },
    agreeing,
    differing: { records: changed.length, ...differing },
    healed,
    workerPeakMemoryMb: await peakMemoryMb(worker.pid),
  };
}

/** Runs a comparison: what it costs, how many lines it has, and how many of them differ. */
async function compared(
  stage: Stage,
  { companyId, realmId }: { companyId: string; realmId: string },
) {
  const figures = await metered(stage, realmId, () => runBatch(stage, companyId, { do: "verify" }));
  const { reconciliation } = await stage.client.ask(
    Answer,
    `query ($companyId: ID!, $batchId: ID!) {
      reconciliation(companyId: $companyId, batchId: $batchId) { agrees lines { agrees } } }`,
    { companyId, batchId: figures.run.batchId },
  );
  const { agrees, lines } = reconciliation;
  const linesDiffering = lines.filter((line) => line.agrees === false).length;
  return { ...figuresOf(figures), agrees, lines: lines.length, linesDiffering };
}
