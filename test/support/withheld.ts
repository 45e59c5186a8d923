import { expect } from "vitest";

import { findBatch } from "../../db/batches.ts";
import { isOver, untilBatch, type Stage } from "./sync.ts";

/** A company of the simulated QuickBooks Online. */
export interface OnlineCompany {
  companyId: string;
  realmId: string;
}

/** QuickBooks refuses whoever asks for these, once it has answered `after` queries about them. */
export async function withdraw(
  stage: Stage,
  { realmId }: Pick<OnlineCompany, "realmId">,
  entity: string,
  after = 0,
): Promise<void> {
  for (const path of ["cdc", "query"]) {
    await stage.simulator.post("faults", {
      kind: "any-fault",
      status: 400,
      code: "5030",
      message: "Feature Not Supported",
      times: -1,
      after: path === "query" ? after : 0,
      match: { realm: realmId, path, entity },
    });
  }
}

export const offerAgain = (stage: Stage, { realmId }: OnlineCompany): Promise<unknown> =>
  stage.simulator.remove(`faults?realm=${realmId}`);

export async function endsWell(
  stage: Stage,
  { companyId }: Pick<OnlineCompany, "companyId">,
  { id }: { id: string },
): Promise<void> {
  await untilBatch(stage, companyId, id, isOver);
  expect(await findBatch(stage.pool, companyId, id)).toMatchObject({
    status: "succeeded",
    failure: null,
  });
}
