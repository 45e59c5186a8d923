import { describe, expect, it } from "vitest";
import {
  createCompanyFile,
  createQuickBooks,
  type PcSettings,
  type QuickBooks,
} from "../../../simulator/desktop/quickbooks.ts";
import {
  anOffice,
  ask,
  attributeOf,
  elementsOf,
  opened,
  PATH,
  statusOf,
  textOf,
} from "./office.ts";

async function refusal(quickBooks: QuickBooks, path: string): Promise<string> {
  const session = await quickBooks.open(path);
  if ("hresult" in session) return session.hresult;
  session.close();
  return "open";
}

describe("BeginSession", () => {
  it("needs QuickBooks to run, or a path and leave to log in", async () => {
    const { quickBooks } = await anOffice();
    expect([await refusal(quickBooks, ""), await refusal(quickBooks, PATH.toUpperCase())]).toEqual([
      "open",
      "open",
    ]);
    quickBooks.change({ isRunning: false });
    expect([await refusal(quickBooks, ""), await refusal(quickBooks, PATH)]).toEqual([
      "0x80040416",
      "0x8004041D",
    ]);
    quickBooks.change({ isAutomaticLoginAllowed: true });
    expect(await refusal(quickBooks, PATH)).toBe("open");
    expect(quickBooks.settings.isRunning).toBe(false);
    quickBooks.change({ isRunning: true });
    expect(await refusal(quickBooks, "")).toBe("0x80040417");
  });

  it("finds another file open only when a path is asked for", async () => {
    const { quickBooks } = await anOffice();
    const other = createCompanyFile({
      path: "C:\\Other.qbw",
      companyName: "Other",
      ein: "2",
      records: 200,
      seed: 2,
    });
    quickBooks.show(other);
    expect([await refusal(quickBooks, ""), await refusal(quickBooks, PATH)]).toEqual([
      "open",
      "0x8004040A",
    ]);
    expect((await opened(quickBooks)).file).toBe("C:\\Other.qbw");
  });

  it("does not find a file that was moved, but does find what lies in its place", async () => {
    const { quickBooks, file } = await anOffice();
    file.path = "D:\\Moved.qbw";
    quickBooks.show(null);
    expect([await refusal(quickBooks, PATH), await refusal(quickBooks, "D:\\Moved.qbw")]).toEqual([
      "0x80040403",
      "open",
    ]);
    quickBooks.disk.add(
      createCompanyFile({ path: PATH, companyName: "New", ein: "3", records: 200, seed: 3 }),
    );
    quickBooks.show(null);
    const session = await opened(quickBooks, PATH);
    expect(textOf(await ask(session, "<CompanyQueryRq />"), "CompanyName")).toBe("New");
  });

  const troubles: [Partial<PcSettings>, string][] = [
    [{ isSingleUserElsewhere: true }, "0x80040410"],
    [{ isModalOpen: true }, "0x80040414"],
    [{ access: "never-asked" }, "0x80040418"],
    [{ access: "revoked" }, "0x8004041A"],
  ];
  it.each(troubles)("is refused with %o", async (settings, hresult) => {
    const { quickBooks } = await anOffice();
    quickBooks.change(settings);
    expect(await refusal(quickBooks, PATH)).toBe(hresult);
  });
});

describe("ProcessRequest", () => {
  it("waits for a modal window to be closed", async () => {
    const { session, quickBooks } = await anOffice();
    quickBooks.change({ isModalOpen: true });
    let isDone = false;
    const answer = ask(session, "<HostQueryRq />").then((text) => {
      isDone = true;
      return text;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(isDone).toBe(false);
    quickBooks.change({ isModalOpen: false });
    expect(await answer).toContain("<HostRet>");
  });

  it("is held by a window that opens in the middle of an iterator, once", async () => {
    const { session, quickBooks } = await anOffice();
    quickBooks.change({ isModalMidIterator: true });
    const begin = (size: number) =>
      `<InvoiceQueryRq iterator="Start"><MaxReturned>${size}</MaxReturned></InvoiceQueryRq>`;
    await ask(session, begin(10_000));
    expect(quickBooks.settings.isModalOpen, "nothing is left of that one").toBe(false);
    await ask(session, begin(10));
    expect(quickBooks.settings.isModalOpen).toBe(true);
    quickBooks.change({ isModalOpen: false });
    await ask(session, begin(10));
    expect(quickBooks.settings.isModalOpen).toBe(false);
  });

  it("dies in the middle of an iterator, and with it the session", async () => {
    const { session, quickBooks, file } = await anOffice();
    const answer = await ask(
      session,
      '<InvoiceQueryRq iterator="Start"><MaxReturned>10</MaxReturned></InvoiceQueryRq>',
    );
    const id = attributeOf(answer, "iteratorID");
    const next = `<InvoiceQueryRq iterator="Continue" iteratorID="${id}"><MaxReturned>10</MaxReturned></InvoiceQueryRq>`;
    quickBooks.change({ crashAfter: 1 });
    expect(statusOf(await ask(session, next))).toBe(0);
    expect(await ask(session, next)).toBe("0x80040402");
    expect(await ask(session, next)).toBe("0x8004040D");
    expect(await refusal(quickBooks, "")).toBe("0x80040416");
    quickBooks.show(file);
    expect(statusOf(await ask(await opened(quickBooks), next))).toBe(3391);
  });

  it("finds records in use, refuses, and breaks off, as often as it is told", async () => {
    const { session, quickBooks } = await anOffice();
    quickBooks.change({ nextInUse: 1, inUseStatus: "3176" });
    expect(statusOf(await ask(session, "<InvoiceQueryRq />"))).toBe(3176);
    expect(statusOf(await ask(session, "<InvoiceQueryRq />"))).toBe(0);
    quickBooks.change({ nextRefused: 1 });
    expect(await ask(session, "<HostQueryRq />")).toBe("0x80040400");
    quickBooks.change({ nextCut: 1 });
    expect(await ask(session, "<HostQueryRq />")).not.toContain("</QBXML>");
    expect(await ask(session, "<HostQueryRq />")).toContain("</QBXML>");
  });

  it("keeps personal data to itself, but not the rest of an employee", async () => {
    const { session, quickBooks } = await anOffice();
    expect(await ask(session, "<EmployeeQueryRq />")).toContain("<SSN>");
    quickBooks.change({ isPersonalDataAllowed: false });
    expect(statusOf(await ask(session, "<EmployeeQueryRq />"))).toBe(3261);
    const some = (name: string): Promise<string> =>
      ask(
        session,
        `<EmployeeQueryRq><IncludeRetElement>Name</IncludeRetElement><IncludeRetElement>${name}</IncludeRetElement></EmployeeQueryRq>`,
      );
    expect([statusOf(await some("ListID")), statusOf(await some("SSN"))]).toEqual([0, 3261]);
    expect(await ask(session, "<EntityQueryRq />")).not.toContain("<SSN>");
    expect(
      textOf(await ask(session, "<PreferencesQueryRq />"), "IsPersonalDataAccessAllowed"),
    ).toBe("false");
  });

  it("has no sales orders in a Pro", async () => {
    const { session, file } = await anOffice();
    expect(statusOf(await ask(session, "<SalesOrderQueryRq />"))).toBe(0);
    file.change({ product: "QuickBooks Pro 2014", majorVersion: 24 });
    expect(statusOf(await ask(session, "<SalesOrderQueryRq />"))).toBe(3250);
  });

  it("takes its time, one request after the other, by records and lines", async () => {
    const { session, quickBooks } = await anOffice();
    const second = await opened(quickBooks);
    quickBooks.change({
      latency: { openMs: 0, startMs: 0, requestMs: 20, recordMs: 0, lineMs: 0 },
    });
    const began = performance.now();
    await Promise.all([
      ask(session, "<HostQueryRq />"),
      ask(second, "<HostQueryRq /><HostQueryRq />"),
    ]);
    expect(performance.now() - began).toBeGreaterThan(58);
    quickBooks.change({ latency: { openMs: 0, startMs: 0, requestMs: 0, recordMs: 1, lineMs: 2 } });
    const [invoice] = quickBooks.file?.transactions("Invoice") ?? [];
    const one = performance.now();
    await ask(
      session,
      `<InvoiceQueryRq><TxnID>${invoice?.id}</TxnID><IncludeLineItems>true</IncludeLineItems></InvoiceQueryRq>`,
    );
    expect(performance.now() - one).toBeGreaterThan(2 * (invoice?.lines.length ?? 0));
  });

  it("can make answers of many megabytes", async () => {
    const { session, file } = await anOffice({ records: 1000 });
    file.change({ notesChars: 4095 });
    const answer = await ask(session, "<InvoiceQueryRq /><ReceivePaymentQueryRq />");
    expect(answer.length).toBeGreaterThan(420 * 4095);
    expect(textOf(elementsOf(answer, "InvoiceRet")[0] ?? "", "Memo")).toHaveLength(4095);
  });

  it("keeps a log of what was asked and how much was answered", async () => {
    const { session, quickBooks, file } = await anOffice();
    await ask(
      session,
      '<HostQueryRq /><ClassQueryRq requestID="7"><MaxReturned>2</MaxReturned></ClassQueryRq>',
    );
    expect(quickBooks.log.map(({ query, records }) => [query, records])).toEqual([
      ["HostQuery", 1],
      ["ClassQuery", 2],
    ]);
    const asked = quickBooks.log[1];
    expect(asked?.asked).toBe(
      '<ClassQueryRq requestID="7"><MaxReturned>2</MaxReturned></ClassQueryRq>',
    );
    expect(asked?.ids.every((id) => file.list("Class").some((row) => row.id === id))).toBe(true);
  });

  it("works for several PCs on one file", async () => {
    const { file, session } = await anOffice();
    const other = createQuickBooks({ host: "BACKROOM", file });
    const there = await opened(other);
    file.create("Class", { name: "Seen from both" });
    const ask2 = "<ClassQueryRq><FullName>Seen from both</FullName></ClassQueryRq>";
    expect([statusOf(await ask(session, ask2)), statusOf(await ask(there, ask2))]).toEqual([0, 0]);
    other.change({ isRunning: false });
    expect(await ask(there, ask2)).toBe("0x8004040D");
    expect(statusOf(await ask(session, ask2))).toBe(0);
  });
});
