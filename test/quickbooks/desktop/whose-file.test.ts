import { describe, expect, test } from "vitest";

import { OWNER_ID } from "../../../quickbooks/desktop/pairing.ts";
import { createCompanyFile } from "../../../simulator/desktop/quickbooks.ts";
import {
  aDesktop,
  FILE_ID,
  never,
  PATH,
  sourceOf,
  walk,
  whole,
  type Desktop,
} from "./a-desktop.ts";

/** A PC whose file was judged and accepted once, and a new session on it. */
async function aKnownDesktop(): Promise<Desktop> {
  const desktop = await aDesktop();
  await sourceOf(desktop).readCompany(never);
  expect(desktop.accepted.length).toBe(1);
  return desktop;
}

const first = (desktop: Desktop) => sourceOf(desktop).count(whole("invoice"), never);

const other = (desktop: Desktop, path = "C:\\Books\\Other.qbw", name = "Paper Ltd") =>
  createCompanyFile({
    path,
    companyName: name,
    ein: "98-7654321",
    records: 400,
    seed: 9,
    clock: desktop.clock.now,
  });

describe("the right file", () => {
  test("is accepted at first contact, with what tells it from others", async () => {
    const desktop = await aKnownDesktop();
    expect(desktop.accepted[0]).toMatchObject({
      file: PATH,
      host: "FRONTDESK",
      wasRestored: false,
      fingerprint: {
        fileId: FILE_ID,
        companyName: "Rock & Co",
        ein: "12-3456789",
        lastRestoreTime: null,
      },
    });
    expect(desktop.accepted[0]?.fingerprint.sentinels.length).toBeGreaterThan(0);
  });

  test("is accepted again in every session, whatever the case of its path", async () => {
    const desktop = await aKnownDesktop();
    await desktop.logIn({ file: PATH.toUpperCase().replaceAll("\\", "/") });
    await first(desktop);
    expect(desktop.accepted.at(-1)).toMatchObject({ wasRestored: false });
    expect(desktop.refused).toEqual([]);
  });

  test("after people worked in it a sentinel is not missed for long", async () => {
    const desktop = await aKnownDesktop();
    for (let run = 0; run < 5; run++) {
      desktop.clock.advance(600);
      desktop.file.create("Invoice", { party: desktop.file.books.rows.Customer[0]?.id ?? "" });
      await desktop.logIn();
      await first(desktop);
      expect(desktop.accepted.at(-1)?.wasRestored).toBe(false);
    }
  });

  test("is judged before any answer is handed on, and once a session", async () => {
    const desktop = await aDesktop();
    const source = sourceOf(desktop);
    await Promise.all([
      source.count(whole("invoice"), never),
      source.readByIds("customer", ["80000001-1"], never).catch(() => undefined),
    ]);
    await source.count(whole("bill"), never);
    const carried = desktop.asked.filter((request) => request.includes("CompanyActivityQueryRq"));
    expect(carried.length).toBe(1);
    expect(desktop.asked[0]).toMatch(/^[^]*?<CompanyQueryRq[^]*CompanyActivityQueryRq/);
  });
});

describe("restored from a backup", () => {
  test("accepted, and said so", async () => {
    const desktop = await aKnownDesktop();
    const backup = desktop.file.backup();
    desktop.clock.advance(3600);
    desktop.file.create("Invoice", { party: desktop.file.books.rows.Customer[0]?.id ?? "" });
    await desktop.logIn();
    await first(desktop);
    expect(desktop.accepted.at(-1)?.wasRestored).toBe(false);
    desktop.file.restore(backup);
    await desktop.logIn();
    await first(desktop);
    expect(desktop.accepted.at(-1)?.wasRestored).toBe(true);
    await desktop.logIn();
    await first(desktop);
    expect(desktop.accepted.at(-1)?.wasRestored).toBe(false);
  });

  test("an old copy of the file put in its place, which no LastRestoreTime tells", async () => {
    const desktop = await aKnownDesktop();
    const backup = desktop.file.backup();
    const before = desktop.file.books.lastRestored;
    desktop.clock.advance(3600);
    desktop.file.create("Invoice", { party: desktop.file.books.rows.Customer[0]?.id ?? "" });
    await desktop.logIn();
    await first(desktop);
    desktop.file.restore(backup);
    desktop.file.books.lastRestored = before;
    await desktop.logIn();
    await first(desktop);
    expect(desktop.accepted.at(-1)?.wasRestored).toBe(true);
  });

  test("a remembered record that somebody deleted is no restore", async () => {
    const desktop = await aKnownDesktop();
    const sentinels = desktop.accepted[0]?.fingerprint.sentinels ?? [];
    const invoices = sentinels.filter(({ kind }) => kind === "invoice");
    expect(invoices.length).toBeGreaterThan(0);
    for (const { quickbooksId } of invoices) desktop.file.remove("Invoice", quickbooksId);
    await desktop.logIn();
    await first(desktop);
    expect(desktop.accepted.at(-1)).toMatchObject({ wasRestored: false });
    const now = desktop.accepted.at(-1)?.fingerprint.sentinels ?? [];
    expect(now.length).toBeGreaterThan(0);
    for (const one of invoices) expect(now).not.toContainEqual(one);
  });

  test("the same LastRestoreTime written with another offset is no restore", async () => {
    const desktop = await aDesktop();
    desktop.file.restore(desktop.file.backup());
    await desktop.logIn();
    await first(desktop);
    desktop.file.change({ utcOffsetMinutes: -7 * 60 });
    await desktop.logIn();
    await first(desktop);
    expect(desktop.accepted.at(-1)?.wasRestored).toBe(false);
    desktop.file.change({ hasOneHourBug: true });
    await desktop.logIn();
    await first(desktop);
    expect(desktop.accepted.at(-1)?.wasRestored).toBe(false);
  });
});

describe("the wrong file ends the session, and both are named", () => {
  test("another company's file is open", async () => {
    const desktop = await aKnownDesktop();
    desktop.quickBooks.show(other(desktop));
    await desktop.logIn({ refusedPath: "0x8004040A" });
    await expect(first(desktop)).rejects.toMatchObject({ fault: { kind: "other-file-open" } });
    expect(desktop.refused[0]?.kind).toBe("other-file-open");
    expect(desktop.refused[0]?.message).toContain("Paper Ltd");
    expect(desktop.refused[0]?.message).toContain("Rock & Co");
    expect(desktop.accepted.length).toBe(1);
  });

  test("one that another company of ours is bound to", async () => {
    const desktop = await aKnownDesktop();
    const file = other(desktop);
    file.stamp(OWNER_ID, "{99999999-2222-3333-4444-555555555555}");
    desktop.quickBooks.show(file);
    desktop.otherCompany = "Paper Limited";
    await desktop.logIn();
    await expect(first(desktop)).rejects.toMatchObject({
      fault: { kind: "file-of-another-company" },
    });
    expect(desktop.refused[0]?.message).toContain("Paper Limited");
  });

  test("moved: the same file elsewhere, and the old path was refused", async () => {
    const desktop = await aKnownDesktop();
    desktop.file.path = "D:\\Moved\\Rock & Co.qbw";
    await desktop.logIn({ refusedPath: "0x80040403" });
    await expect(first(desktop)).rejects.toMatchObject({ fault: { kind: "file-moved" } });
    expect(desktop.refused[0]?.message).toContain("D:\\Moved\\Rock & Co.qbw");
    expect(desktop.refused[0]?.message).toContain(PATH);
  });

  test("copied: the same file elsewhere, and nobody refused the old path", async () => {
    const desktop = await aKnownDesktop();
    desktop.quickBooks.show(desktop.file.copy("C:\\Books\\Copy of Rock.qbw"));
    await desktop.logIn();
    await expect(first(desktop)).rejects.toMatchObject({ fault: { kind: "file-copied" } });
  });

  test("replaced: another file at the same path", async () => {
    const desktop = await aKnownDesktop();
    desktop.quickBooks.show(other(desktop, PATH));
    await desktop.logIn();
    await expect(first(desktop)).rejects.toMatchObject({ fault: { kind: "file-replaced" } });
    desktop.quickBooks.show(other(desktop, PATH, "Rock & Co"));
    await desktop.logIn();
    await expect(first(desktop)).rejects.toMatchObject({ fault: { kind: "file-replaced" } });
  });

  test("a release of QuickBooks that is known to be bad", async () => {
    for (const [minorVersion, isBad] of [
      [1, true],
      [2, true],
      [3, false],
      [0, false],
    ] as const) {
      const desktop = await aDesktop({
        product: "QuickBooks Premier 2022",
        majorVersion: 32,
        minorVersion,
      });
      if (isBad) {
        await expect(first(desktop)).rejects.toMatchObject({
          fault: { kind: "release-unsupported" },
        });
      } else {
        await first(desktop);
      }
      expect(desktop.refused.length).toBe(isBad ? 1 : 0);
    }
  });

  test("a page is not handed out, and nothing is asked again in that session", async () => {
    const desktop = await aKnownDesktop();
    desktop.quickBooks.show(other(desktop));
    await desktop.logIn({ refusedPath: "0x8004040A" });
    const source = sourceOf(desktop);
    await expect(walk(source, whole("customer"), { total: 10 })).rejects.toMatchObject({
      fault: { kind: "other-file-open" },
    });
    const asked = desktop.asked.length;
    await expect(source.readCompany(never)).rejects.toMatchObject({
      fault: { kind: "connector-away" },
    });
    expect(desktop.asked.length).toBe(asked);
  });
});

describe("files without a stamp", () => {
  test("are known by name, tax number and path", async () => {
    const desktop = await aDesktop();
    desktop.file.books.dataExts.length = 0;
    await desktop.logIn();
    desktop.file.books.dataExts.length = 0;
    await first(desktop).catch(() => undefined);
    desktop.bounds = {
      ...desktop.bounds,
      file: PATH,
      fingerprint: {
        fileId: null,
        companyName: "Rock & Co",
        ein: "12-3456789",
        lastRestoreTime: null,
        sentinels: [],
      },
    };
    await desktop.logIn();
    await first(desktop);
    desktop.quickBooks.show(other(desktop));
    await desktop.logIn();
    await expect(first(desktop)).rejects.toMatchObject({ fault: { kind: "other-file-open" } });
  });
});

test("a second PC that shows an older state of the file shows a copy", async () => {
  const desktop = await aKnownDesktop();
  const copy = desktop.file.copy("E:\\Laptop\\Rock & Co.qbw");
  desktop.clock.advance(3600);
  desktop.file.create("Invoice", { party: desktop.file.books.rows.Customer[0]?.id ?? "" });
  await desktop.logIn();
  await first(desktop);
  desktop.bounds = { ...desktop.bounds, file: null };
  desktop.quickBooks.show(copy);
  await desktop.logIn();
  await expect(first(desktop)).rejects.toMatchObject({ fault: { kind: "file-copied" } });
});

test("a second PC knows the same file under a path of its own", async () => {
  const desktop = await aKnownDesktop();
  desktop.bounds = { ...desktop.bounds, file: null };
  desktop.file.path = "\\\\SERVER\\Books\\Rock & Co.qbw";
  await desktop.logIn();
  await first(desktop);
  expect(desktop.accepted.at(-1)?.file).toBe("\\\\SERVER\\Books\\Rock & Co.qbw");
});
