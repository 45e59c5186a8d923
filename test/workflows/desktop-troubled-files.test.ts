import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { POLICY, type FaultKind } from "../../core/faults.ts";
import { findBatch } from "../../db/batches.ts";
import { confirmCompany } from "../../db/companies.ts";
import { withDoor, type DesktopCompany } from "../support/desktop.ts";
import {
  contact,
  expectDone,
  heldCompany,
  letPoll,
  waitingSync,
  withDecisions,
  withWords,
} from "../support/desktop-words.ts";
import { eventually, isOver, startInitialSync, withStage } from "../support/sync.ts";
import { wishSync } from "../support/wishes.ts";

const TheirRows = z.array(z.object({ id: z.string() }).loose());
const FILE = { records: 300 };
/** Of some kinds more than are asked for at once. */
const EDITS = 300;
const TIMEOUT_MS = 120_000;
const WORD_TIMEOUT_MS = 10_000;

describe.concurrent("a company file that is not what it was", () => {
  const stage = withStage();
  const door = withDoor(stage);
  const told = withWords(stage, door);
  const decide = withDecisions(stage, door);
  beforeAll(() => stage.worker(), 60_000);

  const expectNeedsYou = ({ companyId }: DesktopCompany, word: FaultKind, says: RegExp) =>
    eventually(async () => {
      const words = await told(companyId);
      expect(words).toMatchObject({ activity: "NEEDS_YOU", waitingFor: word });
      expect(words.status).toMatch(says);
      expect(words.status).toContain(`Next: ${POLICY[word].nextStep}`);
    }, WORD_TIMEOUT_MS);

  const goesOn = async (company: DesktopCompany, batchId: string): Promise<void> => {
    await letPoll(company);
    await expectDone(stage, company, batchId);
    expect((await told(company.companyId)).waitingFor).toBeNull();
  };

  const wish = async ({ companyId }: DesktopCompany): Promise<string> => {
    const batch = await wishSync(stage, companyId, true);
    return batch.id;
  };

  const syncNow = async (company: DesktopCompany): Promise<void> =>
    goesOn(company, await wish(company));

  const synced = async (file: { records: number } = FILE): Promise<DesktopCompany> => {
    const company = await heldCompany(stage, door, file);
    await goesOn(company, await waitingSync(stage, company));
    return company;
  };

  const someIds = async ({ companyId }: DesktopCompany, kind: string): Promise<string[]> => {
    const { rows } = await stage.pool.query<{ id: string }>(
      `select quickbooks_id as id from records where company_id = $1 and kind = $2
        and deleted_at is null order by quickbooks_id limit 3`,
      [companyId, kind],
    );
    return rows.map(({ id }) => id);
  };

  const theirIds = async ({ file }: DesktopCompany, kind: string): Promise<string[]> => {
    const query = new URLSearchParams({ file, kind });
    const answer = await fetch(`${stage.simulator.url}/_simulator/desktop/records?${query}`);
    return TheirRows.parse(await answer.json()).map(({ id }) => id);
  };

  const payloadOf = async ({ companyId }: DesktopCompany, kind: string, id: string) => {
    const { rows } = await stage.pool.query<{ payload: string }>(
      "select payload from records where company_id = $1 and kind = $2 and quickbooks_id = $3",
      [companyId, kind, id],
    );
    return rows[0]?.payload ?? "";
  };

  test(
    "a copy of an older state is asked about, serves when a person says so, and is verified",
    async () => {
      const company = await synced();
      const { order, pc, file, companyId } = company;
      const name = `Copy of ${file}`;
      await order("copies", { file, path: "E:\\Copy.qbw", name });
      await order("changes", {
        file,
        changes: [{ do: "create", kind: "Customer", draft: { name: "Not in the copy" } }],
      });
      await syncNow(company);
      // The session that remembers the new one; it is a run of its own, as the next day's.
      await syncNow(company);
      await order("polling", { pc, everyMs: null });
      await order("quickbooks", { pc, reach: [name], show: name });
      const batchId = await wish(company);
      await contact(company);
      await expectNeedsYou(company, "file-copied", /\(E:\\Copy.qbw\).* probably a copy of .*Books/);
      await decide("acceptMovedFile", companyId);
      await goesOn({ ...company, file: name }, batchId);
    },
    TIMEOUT_MS,
  );

  test(
    "another file at the same path is asked about, and begins anew when a person says so",
    async () => {
      const company = await synced();
      const { order, pc, file, companyId } = company;
      const name = `New ${file}`;
      await order("moves", { file, path: "C:\\Old.qbw" });
      await order("files", { ...FILE, name, companyName: name, path: pathOf(company), seed: 5 });
      await order("quickbooks", { pc, reach: [name], loseSightOf: [file], show: name });
      const batchId = await wish(company);
      await expectNeedsYou(company, "file-replaced", /had another file open .* in place of/);
      await decide("startNewFile", companyId);
      const ended = await findBatch(stage.pool, companyId, batchId);
      expect(ended?.status).toBe("cancelled");
      await eventually(async () => {
        const { rows } = await stage.pool.query<{ name: string | null }>(
          "select books ->> 'name' as name from connections where company_id = $1",
          [companyId],
        );
        expect(rows[0]?.name).toBe(name);
      });
      await confirmCompany(stage.pool, companyId);
      await goesOn({ ...company, file: name }, await startInitialSync(stage, companyId));
    },
    TIMEOUT_MS,
  );

  test(
    "the file of another company is refused with both names",
    async () => {
      const [one, other] = await Promise.all([
        heldCompany(stage, door, FILE),
        heldCompany(stage, door, { ...FILE, seed: 3 }),
      ]);
      const { order, pc } = one;
      await order("quickbooks", { pc, reach: [other.file], show: other.file });
      const batchId = await waitingSync(stage, one);
      await contact(one);
      await expectNeedsYou(
        one,
        "file-of-another-company",
        new RegExp(`belongs to ${other.file}, and this connector is of ${one.file}`),
      );
      await order("quickbooks", { pc, show: one.file });
      await goesOn(one, batchId);
    },
    TIMEOUT_MS,
  );

  test(
    "a backup put back between two syncs takes back records and edits here too",
    async () => {
      const company = await synced();
      const { order, file } = company;
      const [edited = ""] = await someIds(company, "customer");
      const [deleted = "", changed = ""] = await someIds(company, "estimate");
      const { backup } = await order("backups", { file });
      await order("changes", {
        file,
        changes: [
          { do: "edit", kind: "Customer", id: edited, draft: { values: { Phone: "555-0100" } } },
          { do: "create", kind: "Estimate", draft: {} },
          { do: "delete", kind: "Estimate", id: deleted },
          { do: "edit", kind: "Estimate", id: changed, draft: { memo: "taken back" } },
          { do: "random", seed: 1, edits: EDITS },
        ],
      });
      await syncNow(company);
      expect(await payloadOf(company, "customer", edited)).toContain("555-0100");
      await order("restores", { file, backup });
      // People go on working in it: what they touch is as QuickBooks has it, and says nothing of the rest.
      await order("changes", { file, changes: [{ do: "random", seed: 2, edits: EDITS }] });
      await syncNow(company);
      expect(await payloadOf(company, "customer", edited)).not.toContain("555-0100");
      expect(await payloadOf(company, "estimate", changed)).not.toContain("taken back");
    },
    TIMEOUT_MS,
  );

  test.each([
    [
      "a bill is there again that was deleted",
      (id: string) => ({ do: "delete", kind: "Bill", id }),
    ],
    [
      "a check is as it was before an edit",
      (_: string, id: string) => ({ do: "edit", kind: "Check", id, draft: { memo: "taken back" } }),
    ],
    ["a journal entry is gone", () => ({ do: "create", kind: "JournalEntry", draft: {} })],
  ])(
    "an old copy of the file is noticed though no time tells it, and only %s",
    async (_, change) => {
      const company = await synced();
      const { order, file } = company;
      const [bill = ""] = await theirIds(company, "Bill");
      const [check = ""] = await theirIds(company, "Check");
      const { backup } = await order("backups", { file });
      await order("changes", { file, changes: [change(bill, check)] });
      await syncNow(company);
      await order("restores", { file, backup, isByHand: true });
      await syncNow(company);
    },
    TIMEOUT_MS,
  );

  test(
    "a backup put back in the middle of a sync is found by it",
    async () => {
      const company = await heldCompany(stage, door, { records: 1_000 });
      const { order, pc, file } = company;
      const [customer = ""] = await theirIds(company, "Customer");
      const { backup } = await order("backups", { file });
      await order("changes", {
        file,
        changes: [
          { do: "edit", kind: "Customer", id: customer, draft: { values: { Phone: "555-0100" } } },
          { do: "create", kind: "Vendor", draft: { name: "Taken back" } },
        ],
      });
      await order("quickbooks", { pc, latency: { requestMs: 100 } });
      const batchId = await waitingSync(stage, company);
      await letPoll(company);
      await eventually(async () =>
        expect(await payloadOf(company, "customer", customer)).toContain("555-0100"),
      );
      await order("quickbooks", { pc, settings: { isModalOpen: true } });
      const batch = await findBatch(stage.pool, company.companyId, batchId);
      expect(batch !== null && isOver(batch)).toBe(false);
      await order("restores", { file, backup });
      await order("quickbooks", {
        pc,
        settings: { isModalOpen: false },
        latency: { requestMs: 0 },
      });
      await expectDone(stage, company, batchId);
      expect(await payloadOf(company, "customer", customer)).not.toContain("555-0100");
    },
    TIMEOUT_MS,
  );
});

const pathOf = ({ file }: DesktopCompany): string => `C:\\Books\\${file.split(" ").at(-1)}.qbw`;
