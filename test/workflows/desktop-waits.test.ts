import { beforeAll, describe, expect, test } from "vitest";

import { acceptMovedFile } from "../../db/company-files.ts";
import { findBatch } from "../../db/batches.ts";
import { expectEqualFile, metCompany, withDoor, type DesktopCompany } from "../support/desktop.ts";
import { eventually, isOver, startInitialSync, untilBatch, withStage } from "../support/sync.ts";

/** What stands in the way at a PC: how it comes and goes, and the word that a waiting batch shows. */
const TROUBLES: [word: string, name: string, come: object, go: object][] = [
  [
    "quickbooks-closed",
    "QuickBooks closed, and no login by itself",
    { settings: { isRunning: false, isAutomaticLoginAllowed: false } },
    { settings: { isRunning: true } },
  ],
  [
    "single-user-mode",
    "single-user mode by somebody else",
    { settings: { isSingleUserElsewhere: true } },
    { settings: { isSingleUserElsewhere: false } },
  ],
  [
    "modal-open",
    "a window open in QuickBooks",
    { settings: { isModalOpen: true } },
    { settings: { isModalOpen: false } },
  ],
  [
    "permission-missing",
    "access taken away",
    { settings: { access: "revoked" } },
    { settings: { access: "granted" } },
  ],
];

describe("a company file that cannot be read right now", () => {
  const stage = withStage();
  const door = withDoor(stage);
  beforeAll(() => stage.worker(), 60_000);

  const waitsFor = (company: DesktopCompany, batchId: string, word: string) =>
    untilBatch(stage, company.companyId, batchId, ({ waitingFor }) => waitingFor === word);

  const ends = async (company: DesktopCompany, batchId: string): Promise<void> => {
    await untilBatch(stage, company.companyId, batchId, isOver);
    expect(await findBatch(stage.pool, company.companyId, batchId)).toMatchObject({
      status: "succeeded",
      waitingFor: null,
      failure: null,
    });
  };

  test.each(TROUBLES)(
    "waits for %s (%s), and goes on by itself",
    async (word, _, come, go) => {
      const company = await metCompany(stage, door, { records: 300 });
      await company.order("quickbooks", { pc: company.pc, ...come });
      const batchId = await startInitialSync(stage, company.companyId);
      await waitsFor(company, batchId, word);
      await company.order("quickbooks", { pc: company.pc, ...go });
      await ends(company, batchId);
      await expectEqualFile(stage, company);
    },
    120_000,
  );

  test("another file open: waits for that, and goes on when the right one is", async () => {
    const company = await metCompany(stage, door, { records: 300 });
    await company.order("files", { name: "Other", companyName: "Other", path: "C:\\Other.qbw" });
    await company.order("quickbooks", { pc: company.pc, reach: ["Other"], show: "Other" });
    const batchId = await startInitialSync(stage, company.companyId);
    await waitsFor(company, batchId, "other-file-open");
    await company.order("quickbooks", { pc: company.pc, show: company.file });
    await ends(company, batchId);
  }, 120_000);

  test("a file that was moved is asked about, and goes on at its new path when a person says so", async () => {
    const company = await metCompany(stage, door, { records: 300 });
    await company.order("moves", { file: company.file, path: "D:\\Moved\\here.qbw" });
    const batchId = await startInitialSync(stage, company.companyId);
    await waitsFor(company, batchId, "file-moved");
    expect((await acceptMovedFile(stage.pool, company.companyId)).is).toBe("done");
    await ends(company, batchId);
    await expectEqualFile(stage, company);
  }, 120_000);

  test("a PC whose clock is 26 minutes behind, with edits during the sync, misses nothing", async () => {
    const company = await metCompany(stage, door, { records: 800, clockSkewMs: -26 * 60_000 });
    await company.order("quickbooks", { pc: company.pc, latency: { requestMs: 60 } });
    const batchId = await startInitialSync(stage, company.companyId);
    await untilBatch(
      stage,
      company.companyId,
      batchId,
      ({ phase }) => phase !== null && phase !== "preflight",
    );
    const create = { do: "create", kind: "Estimate", draft: {} };
    await company.order("changes", { file: company.file, changes: [create, create, create] });
    await ends(company, batchId);
    await eventually(() => expectEqualFile(stage, company));
  }, 120_000);

  test("QuickBooks crashing in the middle loses nothing, and is waited for until somebody opens it again", async () => {
    const company = await metCompany(stage, door, { records: 1_500 });
    await company.order("quickbooks", { pc: company.pc, settings: { crashAfter: 12 } });
    const batchId = await startInitialSync(stage, company.companyId);
    await waitsFor(company, batchId, "quickbooks-unreachable");
    await company.order("quickbooks", { pc: company.pc, settings: { isRunning: true } });
    await ends(company, batchId);
    await expectEqualFile(stage, company);
  }, 120_000);
});
