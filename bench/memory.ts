/** Peak memory of the worker for a large company beside that for a small one, a fresh worker each. */
import { parseArgs } from "node:util";

import { peakMemoryMb, rounded } from "./figures.ts";
import { benchmark, say, type Stage } from "./stage.ts";
import { runInitialSync } from "./sync.ts";

const { values } = parseArgs({
  options: {
    small: { type: "string", default: "100000" },
    large: { type: "string", default: "1000000" },
  },
});

await benchmark({}, async (stage) => {
  const small = await peakOf(stage, Number(values.small));
  const large = await peakOf(stage, Number(values.large));
  return { bench: "memory", small, large, ratio: rounded(large.peakMb / small.peakMb, 2) };
});

async function peakOf(
  stage: Stage,
  records: number,
): Promise<{ records: number; seconds: number; peakMb: number }> {
  say(`Syncing a company of ${records} records`);
  const worker = await stage.worker();
  const run = await runInitialSync(stage, await stage.quickbooks.company({ records }));
  const peakMb = await peakMemoryMb(worker.pid);
  await worker.stop();
  return { records: run.records, seconds: rounded(run.seconds, 1), peakMb };
}
