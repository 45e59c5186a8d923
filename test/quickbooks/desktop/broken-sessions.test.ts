import { describe, expect, test } from "vitest";

import { faultIn } from "../../../core/faults.ts";
import { nothingLearned } from "../../../quickbooks/desktop/learned.ts";
import { createDesktopSource } from "../../../quickbooks/desktop/source.ts";
import type { Checkpoint } from "../../../quickbooks/source.ts";
import { aDesktop, held, never, sourceOf, walk, whole, type Desktop } from "./a-desktop.ts";

/** Records so slow that a page holds few of them: many pages in a small company. */
const slow = (records: number): number => 20 + records * 80;

async function aSlowDesktop(records = 4000): Promise<Desktop> {
  const desktop = await aDesktop({ records });
  desktop.insideMs = slow;
  return desktop;
}

/** Walks as a batch does: every fault ends the activity; the PC comes again; a new one goes on where the last page was stored. */
async function persist(
  desktop: Desktop,
  kind: "invoice" | "customer" | "payment",
  trouble: (pages: number) => void | Promise<void>,
): Promise<{ ids: Set<string>; came: number; pages: number; faults: string[] }> {
  let source = sourceOf(desktop);
  const listing = whole(kind);
  let at: Checkpoint | null = source.start(listing, await source.count(listing, never));
  const seen = { ids: new Set<string>(), came: 0, pages: 0, faults: [] as string[] };
  while (at !== null) {
    if (seen.pages++ > 2000) throw new Error("a walk without an end");
    try {
      await trouble(seen.pages);
      const page = await source.listPage(listing, at, never);
      for (const record of page.records) seen.ids.add(record.quickbooksId);
      seen.came += page.records.length;
      at = page.next;
    } catch (error) {
      const fault = faultIn(error);
      if (fault === null) throw error;
      seen.faults.push(fault.kind);
      desktop.quickBooks.show(desktop.file);
      await desktop.logIn();
      // Another worker takes over, which has learned nothing yet.
      source = sourceOf(desktop, nothingLearned());
    }
  }
  return seen;
}

describe("whatever breaks in the middle of an iterator, nothing is missing", () => {
  test("QuickBooks crashes every few requests", async () => {
    const desktop = await aSlowDesktop();
    const seen = await persist(desktop, "invoice", (pages) => {
      if (pages % 5 === 0) desktop.quickBooks.change({ crashAfter: 1 });
    });
    expect(seen.ids.size).toBe(held(desktop.file, "invoice").size);
    expect(seen.faults.length).toBeGreaterThan(1);
  });

  test("the session changes between any two pages", async () => {
    const desktop = await aSlowDesktop();
    const seen = await persist(desktop, "invoice", async (pages) => {
      if (pages % 4 === 0) await desktop.logIn();
    });
    expect(seen.ids.size).toBe(held(desktop.file, "invoice").size);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])(
    "the page after %i others is answered and never stored, and read again in the same session",
    async (which) => {
      const desktop = await aSlowDesktop();
      // An iterator of many pages: so many records were changed in one second.
      const { Invoice } = desktop.file.books.txns;
      for (const invoice of Invoice.slice(100, 800)) invoice.modified = Invoice[500]?.modified ?? 0;
      const listing = whole("invoice");
      let source = sourceOf(desktop);
      let at: Checkpoint | null = source.start(listing, await source.count(listing, never));
      const ids = new Set<string>();
      for (let pages = 0; at !== null && pages < 2000; pages++) {
        const page = await source.listPage(listing, at, never);
        if (pages % 20 === which) {
          // The worker dies here: page and what it asked ahead are lost, the session lives on.
          await settled();
          source = sourceOf(desktop);
          continue;
        }
        for (const record of page.records) ids.add(record.quickbooksId);
        at = page.next;
      }
      expect(at).toBeNull();
      expect(ids.size).toBe(held(desktop.file, "invoice").size);
    },
  );

  test("an answer is cut off on its way", async () => {
    const desktop = await aSlowDesktop();
    const seen = await persist(desktop, "customer", (pages) => {
      if (pages % 7 === 0) desktop.quickBooks.change({ nextCut: 1 });
    });
    expect(seen.ids.size).toBe(held(desktop.file, "customer").size);
    expect(seen.faults.length).toBeGreaterThan(0);
    for (const kind of seen.faults)
      expect(["truncated-answer", "unreadable-answer"]).toContain(kind);
  });

  test("a record is in use: said so, and nothing is skipped", async () => {
    const desktop = await aSlowDesktop();
    const seen = await persist(desktop, "payment", (pages) => {
      if (pages % 4 === 0) desktop.quickBooks.change({ nextInUse: 1 });
    });
    expect(seen.ids.size).toBe(held(desktop.file, "payment").size);
    expect(new Set(seen.faults)).toEqual(new Set(["record-locked"]));
  });

  test("the iterator is not known any more", async () => {
    const desktop = await aSlowDesktop();
    let lost = 0;
    desktop.onAnswer = (response) => {
      const isNext = desktop.asked.at(-1)?.includes('iterator="Continue"') === true;
      if (!isNext || lost >= 3 || desktop.asked.length % 5 !== 0) return response;
      lost++;
      return response.replace(
        /<InvoiceQueryRs[^]*<\/InvoiceQueryRs>/,
        '<InvoiceQueryRs requestID="0" statusCode="3391" statusSeverity="Error" statusMessage="Invalid iterator." />',
      );
    };
    const walked = await walk(sourceOf(desktop), whole("invoice"), { total: 2000 });
    expect(lost).toBeGreaterThan(0);
    expect(walked.records.size).toBe(held(desktop.file, "invoice").size);
  });
});

describe("people at work between the pages", () => {
  test("edits, new records and deletions: walk and changes together hold what the file holds", async () => {
    const desktop = await aSlowDesktop(3000);
    const source = sourceOf(desktop);
    const { at } = await source.readCompany(never);
    const changesFrom = new Date(at.getTime() - 120_000);
    const listing = whole("invoice", { modifiedUntil: changesFrom });
    let made = 0;
    const mess = (): void => {
      desktop.clock.advance(7);
      const { Invoice } = desktop.file.books.txns;
      const pick = (n: number) => Invoice[(made * 37 + n * 101) % Invoice.length];
      desktop.file.edit("Invoice", pick(1)?.id ?? "", { memo: `changed ${made}` });
      desktop.file.remove("Invoice", pick(2)?.id ?? "");
      desktop.file.create("Invoice", { party: desktop.file.books.rows.Customer[0]?.id ?? "" });
      made++;
    };
    const walked = await walk(source, whole("invoice"), {
      from: source.start(listing, await source.count(listing, never)),
      between: mess,
    });
    expect(made).toBeGreaterThan(5);
    const holds = new Map([...walked.records].map(([id, { version }]) => [id, version]));
    for await (const changes of source.changesSince(
      { since: changesFrom, kinds: ["invoice"] },
      never,
    )) {
      for (const record of changes.records) holds.set(record.quickbooksId, record.version);
      for (const { quickbooksId } of changes.deletions) holds.delete(quickbooksId);
    }
    const there = [...held(desktop.file, "invoice")].map(([id, modified]) => [
      id,
      String(modified),
    ]);
    expect(Object.fromEntries(holds)).toEqual(Object.fromEntries(there));
  });
});

describe("asking ahead", () => {
  test("a source that is closed asks nothing more by itself", async () => {
    const desktop = await aSlowDesktop();
    const source = createDesktopSource(desktop, desktop.learned);
    const listing = whole("invoice");
    let at: Checkpoint | null = source.start(listing, await source.count(listing, never));
    for (let pages = 0; pages < 3 && at !== null; pages++) {
      at = (await source.listPage(listing, at, never)).next;
    }
    await settled();
    source.close();
    const asked = desktop.asked.length;
    if (at === null) throw new Error("the walk ended too early");
    await source.listPage(listing, at, never).catch(() => undefined);
    await settled();
    expect(desktop.asked.length).toBeLessThanOrEqual(asked + 1);
    const rest = await walk(sourceOf(desktop), listing, { from: at });
    expect(rest.records.size).toBeGreaterThan(0);
  });

  test("QuickBooks has its next request before the page is handed over, and each is asked once", async () => {
    const desktop = await aSlowDesktop();
    const source = sourceOf(desktop);
    const listing = whole("invoice");
    const total = await source.count(listing, never);
    let at: Checkpoint | null = source.start(listing, total);
    let ahead = 0;
    let pages = 0;
    while (at !== null) {
      const page = await source.listPage(listing, at, never);
      at = page.next;
      pages++;
      await settled();
      if (
        at !== null &&
        /iterator="Continue"/.test(desktop.asked.at(-1) ?? "") &&
        desktop.asked.length > pages + 1
      )
        ahead++;
    }
    expect(ahead).toBeGreaterThan(3);
    const continued = desktop.asked.filter((request) => request.includes("Continue"));
    const iterators = desktop.quickBooks.log.filter(({ iterator }) => iterator === "Continue");
    expect(iterators.length).toBe(continued.length);
  });

  test("nothing is asked once the work was stopped, and no rejection is left alone", async () => {
    const desktop = await aSlowDesktop();
    const source = sourceOf(desktop);
    const listing = whole("invoice");
    const stop = new AbortController();
    let at: Checkpoint | null = source.start(listing, await source.count(listing, never));
    for (let pages = 0; pages < 4 && at !== null; pages++) {
      at = (await source.listPage(listing, at, stop.signal)).next;
    }
    stop.abort();
    await settled();
    const asked = desktop.asked.length;
    if (at === null) throw new Error("the walk ended too early");
    await expect(source.listPage(listing, at, stop.signal)).rejects.toThrow();
    await settled();
    expect(desktop.asked.length).toBe(asked);
    desktop.end();
    await settled();
  });
});

const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
