import { expect } from "vitest";

import { reconcileNow } from "../support/operators.ts";
import { eventually, type Stage } from "../support/sync.ts";
import { foundBy } from "./lanes.ts";
import type { Syncs } from "./syncs.ts";

/** A run that met troubles again and again asks again after up to a minute, and a file that was put back is verified whole. */
const QUIET_WITHIN_MS = 150_000;
const WELL = { status: "succeeded", failure: null };

/** Everything is asked for once more, and nothing waits or runs. Troubles are over by now. */
export async function bringToQuiet(
  stage: Stage,
  syncs: Syncs,
  historyFrom: string | null,
): Promise<void> {
  await untilQuiet(stage, syncs);
  if (historyFrom !== null) {
    expect(await syncs.untilOver(await syncs.history("1990-01-01"))).toMatchObject(WELL);
  }
  expect(await syncs.untilOver(await syncs.want("user", true))).toMatchObject(WELL);
  await untilQuiet(stage, syncs);
}

/** Waits until no batch of a company waits or runs; what a crash left is mended by reconcileState. */
export async function untilQuiet(stage: Stage, { companyId }: Syncs): Promise<void> {
  const look = async (): Promise<void> => {
    const { rows } = await stage.pool.query(
      `select id, kind, status, phase, waiting_for, fence, run_id, started_at, now() from batches
        where company_id = $1 and status in ('queued', 'running')`,
      [companyId],
    );
    expect(rows).toEqual([]);
  };
  await eventually(look, QUIET_WITHIN_MS).catch(async (error: unknown) => {
    console.log(`company ${companyId} is not quiet by itself: ${foundBy(error)}`);
    await reconcileNow(stage);
    await eventually(look, QUIET_WITHIN_MS);
  });
}
