import { randomUUID } from "node:crypto";

import { describe, expect, test } from "vitest";

import { markWorkable } from "../../activities/mark-workable.ts";
import { enqueueBatch, findBatch, requeueBatch, requestCancel } from "../../db/batches.ts";
import { findCompany } from "../../db/companies.ts";
import {
  claimNextBatch,
  closeAbandonedBatch,
  closeBatch,
  companiesWithOpenBatches,
  takeLease,
  type Lease,
  type Outcome,
} from "../../db/leases.ts";
import { findCursors, moveCursors } from "../../db/cursors.ts";
import { inCompany } from "../../db/transactions.ts";
import { aBatch, aQueuedBatch, takenLease } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool(30);

const FAILED: Outcome = { is: "failed", fault: { kind: "internal", message: "It went wrong." } };
const REVOKED: Outcome = {
  is: "failed",
  fault: { kind: "authorization-ended", message: "The authorisation has ended." },
};

const ask = (
  batch: { companyId: string; batchId: string },
  over: Partial<{ isClaimed: boolean; ownsWorkflowId: boolean; runId: string }> = {},
) =>
  takeLease(database.pool, {
    companyId: batch.companyId,
    batchId: batch.batchId,
    isClaimed: false,
    ownsWorkflowId: true,
    runId: randomUUID(),
    ...over,
  });

const statusOf = async (batch: { companyId: string; batchId: string }) =>
  (await findBatch(database.pool, batch.companyId, batch.batchId))?.status;

const another = (companyId: string, kind: "initial" | "verify") =>
  enqueueBatch(database.pool, {
    companyId,
    kind,
    trigger: "user",
    startedBy: "test",
    label: "Another batch",
    historyFrom: null,
  });

describe("the queue", () => {
  test("makes fifty starts at once one batch", async () => {
    const { companyId, batchId } = await aQueuedBatch(database.pool);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => another(companyId, "initial")),
    );
    expect(new Set(answers.map(({ batch }) => batch.id))).toEqual(new Set([batchId]));
    expect(answers.every(({ joined }) => joined)).toBe(true);
  });

  test("answers every start, also while batches end under it", async () => {
    const { companyId } = await aQueuedBatch(database.pool);
    const over = new AbortController();
    const ending = (async () => {
      while (!over.signal.aborted) {
        const claimed = await claimNextBatch(database.pool, companyId);
        if (claimed === null) continue;
        const lease = await takenLease(database.pool, { companyId, batchId: claimed.batchId });
        await closeBatch(database.pool, lease, { is: "succeeded" });
      }
    })();
    const starter = async () => {
      for (let round = 0; round < 100; round++) {
        const { batch } = await another(companyId, "initial");
        expect(batch.companyId).toBe(companyId);
      }
    };
    try {
      await Promise.all(Array.from({ length: 8 }, starter));
    } finally {
      over.abort();
      await ending;
    }
  });

  test("is drained in its order, one batch at a time", async () => {
    const { companyId, batchId } = await aQueuedBatch(database.pool);
    const second = (await another(companyId, "verify")).batch.id;
    const claim = () => claimNextBatch(database.pool, companyId);
    expect((await claim())?.batchId).toBe(batchId);
    // A claim whose answer was lost is made again.
    expect((await claim())?.batchId).toBe(batchId);
    const lease = await takenLease(database.pool, { companyId, batchId });
    await closeBatch(database.pool, lease, { is: "succeeded" });
    expect((await claim())?.batchId).toBe(second);
  });

  test("gives twenty claims at once one batch", async () => {
    const { companyId, batchId } = await aQueuedBatch(database.pool);
    await another(companyId, "verify");
    const claims = await Promise.allSettled(
      Array.from({ length: 20 }, () => claimNextBatch(database.pool, companyId)),
    );
    const claimed = claims.flatMap((claim) =>
      claim.status === "fulfilled" && claim.value !== null ? [claim.value.batchId] : [],
    );
    expect(new Set(claimed)).toEqual(new Set([batchId]));
  });

  test("lets nobody put a second running batch beside the first, whatever they write", async () => {
    const { companyId } = await aBatch(database.pool);
    const { batch } = await another(companyId, "verify");
    const writing = database.pool.query("update batches set status = 'running' where id = $1", [
      batch.id,
    ]);
    await expect(writing).rejects.toThrow("one_running_batch");
  });
});

describe("a lease", () => {
  test("is given to the run that the claim started, and to it alone", async () => {
    const batch = await aQueuedBatch(database.pool);
    await claimNextBatch(database.pool, batch.companyId);
    const runId = randomUUID();
    const first = await ask(batch, { runId });
    expect(first).toMatchObject({ is: "held", lease: { fence: 1 } });
    // An activity that is tried again asks for what it has already.
    expect(await ask(batch, { runId })).toEqual(first);
    // A reset is a new run of the same workflow id: the old one has ended.
    expect(await ask(batch)).toMatchObject({ is: "held", lease: { fence: 2 } });
    expect(await ask(batch, { ownsWorkflowId: false })).toMatchObject({ is: "refused" });
    expect(await ask(batch)).toMatchObject({ is: "held", lease: { fence: 3 } });
  });

  test("is not given for a batch that waits for its turn", async () => {
    const batch = await aQueuedBatch(database.pool);
    const answer = await ask(batch);
    expect(answer).toMatchObject({ is: "refused", why: expect.stringContaining("in the queue") });
    expect(await statusOf(batch)).toBe("queued");
  });

  test.each([{ is: "succeeded" } as const, { is: "cancelled" } as const, FAILED])(
    "asked for a batch that had $is puts it back into the queue, and says so",
    async (outcome) => {
      const lease = await aBatch(database.pool);
      await closeBatch(database.pool, lease, outcome);
      const answer = await ask(lease, { ownsWorkflowId: false });
      expect(answer).toMatchObject({ is: "refused", why: expect.stringContaining("put back") });
      expect(await findBatch(database.pool, lease.companyId, lease.batchId)).toMatchObject({
        status: "queued",
        trigger: "retry",
        failure: null,
        finishedAt: null,
      });
      await claimNextBatch(database.pool, lease.companyId);
      expect((await takenLease(database.pool, lease)).fence).toBe(lease.fence + 1);
    },
  );

  test("asked for by a coordinator's run whose batch has ended meanwhile changes nothing", async () => {
    const lease = await aBatch(database.pool);
    await closeBatch(database.pool, lease, { is: "succeeded" });
    expect(await ask(lease, { isClaimed: true })).toMatchObject({
      is: "refused",
      why: expect.stringContaining("nothing was done"),
    });
    expect(await statusOf(lease)).toBe("succeeded");
  });

  test("asked for a closed batch while another of its kind is open changes nothing", async () => {
    const lease = await aBatch(database.pool);
    await closeBatch(database.pool, lease, FAILED);
    await another(lease.companyId, "initial");
    expect(await ask(lease)).toMatchObject({
      is: "refused",
      why: expect.stringContaining("nothing was done"),
    });
    expect(await statusOf(lease)).toBe("failed");
    expect(await requeueBatch(database.pool, lease.companyId, lease.batchId)).toBeNull();
  });

  test("asked for by many closed runs at once puts the batch into the queue once", async () => {
    const lease = await aBatch(database.pool);
    await closeBatch(database.pool, lease, FAILED);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(lease)));
    expect(answers.every(({ is }) => is === "refused")).toBe(true);
    expect(await statusOf(lease)).toBe("queued");
  });

  test("of a batch that was asked to end meanwhile ends it", async () => {
    const lease = await aBatch(database.pool);
    await requestCancel(database.pool, lease.companyId, lease.batchId);
    expect(await ask(lease)).toMatchObject({
      is: "refused",
      why: expect.stringContaining("cancelled"),
    });
    expect(await statusOf(lease)).toBe("cancelled");
  });

  test("that was lost moves no cursor and makes no company workable", async () => {
    const lease = await aBatch(database.pool);
    const { companyId } = lease;
    await database.pool.query(
      `insert into connections (company_id, file_id, cursor_at) values ($1, $2, '2026-01-01Z')`,
      [companyId, randomUUID()],
    );
    const to = { covered: new Date("2026-02-01T00:00:00Z") };
    const mark = markWorkable({ pool: database.pool });
    const newer = await takenLease(database.pool, lease);
    const move = (held: Lease) =>
      inCompany(database.pool, companyId, (tx) => moveCursors(tx, held, to));
    const lost = { fault: { kind: "lease-lost" } };
    await expect(move(lease)).rejects.toMatchObject(lost);
    await expect(mark({ lease })).rejects.toMatchObject(lost);
    expect((await findCompany(database.pool, companyId))?.workableAt).toBeNull();
    const cursors = () => inCompany(database.pool, companyId, (tx) => findCursors(tx, companyId));
    expect((await cursors())?.covered).toEqual(new Date("2026-01-01T00:00:00Z"));

    await move(newer);
    await mark({ lease: newer });
    expect((await findCompany(database.pool, companyId))?.workableAt).not.toBeNull();
    expect((await cursors())?.covered).toEqual(to.covered);
  });

  test("for another company's batch is refused as if there were none", async () => {
    const mine = await aQueuedBatch(database.pool);
    const theirs = await aBatch(database.pool);
    expect(await ask({ companyId: mine.companyId, batchId: theirs.batchId })).toMatchObject({
      is: "refused",
      why: expect.stringContaining("There is no batch"),
      companyId: null,
    });
    expect(await statusOf(theirs)).toBe("running");
  });
});

describe("the end of a batch", () => {
  const failuresOf = async (lease: Lease) =>
    (await findCompany(database.pool, lease.companyId))?.failuresInARow;

  test("is written once, and only under its own fence", async () => {
    const old = await aBatch(database.pool);
    const young = await takenLease(database.pool, old);
    expect(await closeBatch(database.pool, old, { is: "succeeded" })).toBe(false);
    expect(await statusOf(young)).toBe("running");
    expect(await closeBatch(database.pool, young, FAILED)).toBe(true);
    expect(await closeBatch(database.pool, young, FAILED)).toBe(false);
    expect(await closeBatch(database.pool, young, { is: "succeeded" })).toBe(false);
    expect(await statusOf(young)).toBe("failed");
    expect(await failuresOf(young)).toBe(1);
  });

  test("counts failures in a row: a success ends them, a cancellation leaves them", async () => {
    let lease = await aBatch(database.pool);
    const again = async (): Promise<void> => {
      await requeueBatch(database.pool, lease.companyId, lease.batchId);
      await claimNextBatch(database.pool, lease.companyId);
      lease = await takenLease(database.pool, lease);
    };
    await closeBatch(database.pool, lease, FAILED);
    await again();
    await closeBatch(database.pool, lease, FAILED);
    await again();
    await closeBatch(database.pool, lease, { is: "cancelled" });
    expect(await failuresOf(lease)).toBe(2);
    await again();
    await closeBatch(database.pool, lease, { is: "succeeded" });
    expect(await failuresOf(lease)).toBe(0);
  });

  test("disconnects the company where nobody may read it any longer", async () => {
    const lease = await aBatch(database.pool);
    await closeBatch(database.pool, lease, REVOKED);
    expect(await findCompany(database.pool, lease.companyId)).toMatchObject({
      state: "disconnected",
      stateReason: { kind: "authorization-ended" },
    });
  });

  test("is written by the coordinator where the workflow could not, and never over its own word", async () => {
    const lease = await aBatch(database.pool);
    expect(await closeAbandonedBatch(database.pool, lease, FAILED)).toBe(true);
    expect(await closeAbandonedBatch(database.pool, lease, { is: "cancelled" })).toBe(false);
    expect(await statusOf(lease)).toBe("failed");
    expect(await failuresOf(lease)).toBe(1);
  });

  test("asked for by a person comes at once to a batch that waits, and is noted for one that runs", async () => {
    const queued = await aQueuedBatch(database.pool);
    await requestCancel(database.pool, queued.companyId, queued.batchId);
    expect(await statusOf(queued)).toBe("cancelled");
    expect(await claimNextBatch(database.pool, queued.companyId)).toBeNull();

    const running = await aBatch(database.pool);
    await requestCancel(database.pool, running.companyId, running.batchId);
    expect(await statusOf(running)).toBe("running");
    const open = await companiesWithOpenBatches(database.pool);
    expect(open).toContainEqual({
      companyId: running.companyId,
      cancelledBatchId: running.batchId,
    });
    expect(open.map(({ companyId }) => companyId)).not.toContain(queued.companyId);
  });
});
