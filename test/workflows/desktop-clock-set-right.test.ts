import { beforeAll, expect, test } from "vitest";

import { poll, quietCompany, startDesktopRun, untilOver } from "../support/desktop-runs.ts";
import { expectEqualFile, withDoor } from "../support/desktop.ts";
import { untilBatch, withStage } from "../support/sync.ts";

const DAY_MS = 86_400_000;
const TIMEOUT_MS = 180_000;

const stage = withStage();
const door = withDoor(stage);
beforeAll(() => stage.worker(), 60_000);

test(
  "a PC's clock that is set right between two sessions of an initial sync hides nothing that is edited afterwards",
  async () => {
    const company = await quietCompany(stage, door, { records: 1_500, clockSkewMs: 2 * DAY_MS });
    const { companyId, file, order, pc } = company;
    const run = await startDesktopRun(stage, company);
    await poll(company);
    await untilBatch(stage, companyId, run.batchId, ({ phase }) => phase === "records");
    await order("power", { pc, to: "die" });
    await order("file-settings", { file, settings: { clockSkewMs: 0 } });
    const { rows } = await stage.pool.query<{ id: string }>(
      `select quickbooks_id as id from records where company_id = $1 and kind = 'customer'
        order by quickbooks_id limit 3`,
      [companyId],
    );
    expect(rows.length).toBe(3);
    await order("changes", {
      file,
      changes: rows.map(({ id }) => ({
        do: "edit",
        kind: "Customer",
        id,
        draft: { values: { Phone: "555-1234" } },
      })),
    });
    await order("power", { pc, to: "start" });
    await poll(company);
    expect(await untilOver(stage, run)).toMatchObject({ status: "succeeded", failure: null });
    await expectEqualFile(stage, company);
  },
  TIMEOUT_MS,
);
