import { beforeAll, describe, expect, test } from "vitest";

import { wantAutoSync } from "../../db/autosync.ts";
import { findBatch } from "../../db/batches.ts";
import { findCompany } from "../../db/companies.ts";
import { COORDINATOR, coordinatorStart } from "../../workflows/contract.ts";
import { withGate } from "../support/gate.ts";
import {
  connectedCompany,
  eventually,
  expectEqualBooks,
  isOver,
  startInitialSync,
  untilBatch,
  withStage,
} from "../support/sync.ts";

/** Large enough that the invoices of the records phase are many pages. */
const RECORDS = 30_000;
/** Time enough for several looks at the queue. */
const LOOKS_MS = 4_000;

describe("an initial sync, once people can work", () => {
  const stage = withStage();
  const gate = withGate(stage);
  beforeAll(() => stage.worker({ INTUIT_API_URL: gate.url }), 60_000);

  test("makes room for an AutoSync while it reads the records, once, and is taken up again by itself", async () => {
    const pages = holdRecordsOnceSwept(gate);
    const realmId = await stage.simulator.company({ records: RECORDS });
    const companyId = await connectedCompany(stage, realmId);
    const initial = await startInitialSync(stage, companyId);
    await eventually(async () => {
      expect((await findCompany(stage.pool, companyId))?.workableAt).toBeInstanceOf(Date);
      expect(pages.held()).toBeGreaterThan(0);
    }, 60_000);

    await stage.simulator.post("changes", {
      realm: realmId,
      changes: [{ op: "update", entity: "Customer", count: 3 }],
    });
    const { batch, joined } = await wantAutoSync(stage.pool, {
      companyId,
      trigger: "user",
      startedBy: "test",
      label: "AutoSync of the test's company",
      everything: false,
    });
    expect(joined).toBe("new");
    await stage.client.workflow.signalWithStart(COORDINATOR, coordinatorStart(companyId));
    // It looks at its queue every second, and every stream stands still meanwhile. From then on a page
    // that passes is the last one of its stream, so that the next one is not asked for.
    await new Promise((wake) => setTimeout(wake, LOOKS_MS));
    const yielded = await eventually(async () => {
      pages.letOnePass();
      const now = await findBatch(stage.pool, companyId, initial);
      expect(now).toMatchObject({ status: "queued", waitingFor: "turn" });
      return now;
    }, 60_000);
    expect(yielded?.finishedAt).toBeNull();
    const done = await untilBatch(stage, companyId, batch.id, isOver);
    expect(done).toMatchObject({ status: "succeeded", failure: null });
    expect(await findBatch(stage.pool, companyId, initial)).toMatchObject({ finishedAt: null });

    pages.open();
    const ended = await untilBatch(stage, companyId, initial, isOver);
    expect(ended).toMatchObject({ status: "succeeded", failure: null });
    await expectEqualBooks(stage, companyId, realmId);
    const { rows } = await stage.pool.query(
      "select fence::int as runs from batches where id = $1",
      [initial],
    );
    expect(rows).toEqual([{ runs: 2 }]);
  }, 180_000);
});

/** Before the first sweep pages of invoices that are read ahead come slowly; from then on each waits to be let through. */
function holdRecordsOnceSwept(gate: ReturnType<typeof withGate>) {
  let waiting: (() => void)[] = [];
  let isSwept = false;
  let isOpen = false;
  gate.admit = async (path, statement) => {
    if (path.endsWith("/cdc")) isSwept = true;
    if (isOpen || !isInvoicePage(statement)) return;
    if (isSwept) await new Promise<void>((pass) => waiting.push(pass));
    else await new Promise((pass) => setTimeout(pass, 500));
  };
  return {
    held: () => waiting.length,
    letOnePass: () => waiting.shift()?.(),
    open: () => {
      isOpen = true;
      waiting.forEach((pass) => pass());
      waiting = [];
    },
  };
}

const isInvoicePage = (statement: string): boolean =>
  statement.startsWith("SELECT * FROM Invoice ") &&
  !statement.includes("Balance") &&
  !statement.endsWith("MAXRESULTS 1");
