import { rounded } from "./figures.ts";
import type { Run } from "./runs.ts";
import type { Stage } from "./stage.ts";

/** A batch, and the metered calls that its company was billed for meanwhile. */
export interface Metered {
  run: Run;
  calls: number;
}

/** Counts the metered calls of some work on a company. */
export async function metered(
  { quickbooks }: Stage,
  realmId: string,
  work: () => Promise<Run>,
): Promise<Metered> {
  const before = await quickbooks.calls(realmId);
  const run = await work();
  const after = await quickbooks.calls(realmId);
  return { run, calls: after.metered - before.metered };
}

/** How a metered batch is printed. */
export function figuresOf({ run, calls }: Metered): object {
  return { seconds: rounded(run.seconds, 2), recordsRead: run.done, meteredCalls: calls };
}
