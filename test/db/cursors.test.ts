import { randomUUID } from "node:crypto";

import { expect, test } from "vitest";

import { findCursors, moveCursors, type CursorMove } from "../../db/cursors.ts";
import { inCompany } from "../../db/transactions.ts";
import { aBatch } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool();
const day = (of: number): Date => new Date(Date.UTC(2026, 0, of));

test("a cursor that moves has its own moment by our clock, and one that stays keeps it", async () => {
  const lease = await aBatch(database.pool);
  const { companyId } = lease;
  await database.pool.query("insert into connections (company_id, file_id) values ($1, $2)", [
    companyId,
    randomUUID(),
  ]);
  const move = (to: CursorMove) =>
    inCompany(database.pool, companyId, (tx) => moveCursors(tx, lease, to));
  const held = () => inCompany(database.pool, companyId, (tx) => findCursors(tx, companyId));

  await move({ covered: day(1), takenAt: day(2) });
  const both = { coveredTakenAt: day(2), uncoveredTakenAt: day(2) };
  expect(await held()).toEqual({ covered: day(1), uncovered: day(1), ...both });
  await move({ uncovered: day(3), takenAt: day(4) });
  await move({ covered: day(5), takenAt: day(6) });
  const each = { coveredTakenAt: day(6), uncoveredTakenAt: day(4) };
  expect(await held()).toEqual({ covered: day(5), uncovered: day(3), ...each });
  await move({ covered: day(7) });
  expect(await held()).toMatchObject({
    covered: day(7),
    coveredTakenAt: null,
    uncoveredTakenAt: day(4),
  });
});
