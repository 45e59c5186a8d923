import { describe, expect, it } from "vitest";
import { StampRefused } from "../../../simulator/desktop/quickbooks.ts";
import { BooksRefused } from "../../../simulator/desktop/file/refused.ts";
import {
  anOffice,
  ask,
  cents,
  elementsOf,
  opened,
  PATH,
  statusOf,
  textOf,
  textsOf,
  type Office,
} from "./office.ts";

const OWNER = "{90A44FB7-33D9-4815-AC85-BC87A7E7D1EB}";
const FILE_ID = "{57F3B9B6-86F1-4FCC-B1FF-966DE1813D20}";
const EXTRAS =
  "<IncludeLineItems>true</IncludeLineItems><IncludeLinkedTxns>true</IncludeLinkedTxns>";

async function one({ session }: Office, kind: string, id: string, extras = ""): Promise<string> {
  const key = kind.endsWith("Customer") || kind.endsWith("Vendor") ? "ListID" : "TxnID";
  return ask(session, `<${kind}QueryRq><${key}>${id}</${key}>${extras}</${kind}QueryRq>`);
}

const codeOf = (work: () => unknown): number | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof BooksRefused ? error.statusCode : undefined;
  }
};

describe("a change", () => {
  it("moves TimeModified and EditSequence to the PC's clock", async () => {
    const office = await anOffice({ clockSkewMs: -26 * 60_000 });
    const { file, clock } = office;
    const id = file.list("Customer")[0]?.id ?? "";
    clock.advance(100);
    file.edit("Customer", id, { name: "Renamed & Co", values: { Phone: "555-0000" } });
    const answer = await one(office, "Customer", id);
    const expected = Math.floor(clock.ms / 1000) - 26 * 60;
    expect(textOf(answer, "EditSequence")).toBe(String(expected));
    expect(Date.parse(textOf(answer, "TimeModified")) / 1000).toBe(expected);
    expect([textOf(answer, "Name"), textOf(answer, "Phone")]).toEqual(["Renamed & Co", "555-0000"]);
    const invoice = file.transactions("Invoice").find(({ party }) => party?.id === id);
    expect(await one(office, "Invoice", invoice?.id ?? "")).toContain(
      "<FullName>Renamed &amp; Co</FullName>",
    );
  });

  it("that creates an invoice adds it to the books", async () => {
    const office = await anOffice();
    const { file } = office;
    const [customer] = file.list("Customer");
    const [item] = file.list("ItemService");
    const before = textOf(await one(office, "Customer", customer?.id ?? ""), "Balance");
    const id = file.create("Invoice", {
      party: customer?.id ?? "",
      date: "2026-10-30",
      lines: [
        { item: item?.id ?? "", quantity: 2, rateCents: 1050 },
        { item: item?.id ?? "", amountCents: 500 },
      ],
    });
    const answer = await one(office, "Invoice", id, EXTRAS);
    expect([
      textOf(answer, "TxnDate"),
      textOf(answer, "Subtotal"),
      textOf(answer, "BalanceRemaining"),
    ]).toEqual(["2026-10-30", "26.00", "26.00"]);
    expect(elementsOf(answer, "InvoiceLineRet")).toHaveLength(2);
    const serial = parseInt(id.split("-")[0] ?? "", 16);
    expect(textOf(answer, "TxnLineID")).toBe(
      `${(serial + 2).toString(16).toUpperCase()}-${id.split("-")[1]}`,
    );
    const after = textOf(await one(office, "Customer", customer?.id ?? ""), "Balance");
    expect(cents(after) - cents(before)).toBe(2600);
  });

  it("that puts a payment on an invoice shows on both, and moves the invoice only where QuickBooks does", async () => {
    const office = await anOffice();
    const { file, clock } = office;
    const [customer] = file.list("Customer");
    const party = customer?.id ?? "";
    const invoice = file.create("Invoice", { party, lines: [{ amountCents: 10_000 }] });
    const payment = file.create("ReceivePayment", { party, totalCents: 8000 });
    const was = textOf(await one(office, "Invoice", invoice), "EditSequence");
    clock.advance(60);
    const [from, to] = [
      { kind: "ReceivePayment", id: payment } as const,
      { kind: "Invoice", id: invoice } as const,
    ];
    file.apply(from, to, 6000);
    const paid = await one(office, "Invoice", invoice, EXTRAS);
    expect([
      textOf(paid, "AppliedAmount"),
      textOf(paid, "BalanceRemaining"),
      textOf(paid, "IsPaid"),
    ]).toEqual(["-60.00", "40.00", "false"]);
    expect([
      textOf(elementsOf(paid, "LinkedTxn")[0] ?? "", "TxnID"),
      textOf(paid, "Amount"),
    ]).toEqual([payment, "-60.00"]);
    expect(textOf(paid, "EditSequence")).toBe(was);
    const used = await one(
      office,
      "ReceivePayment",
      payment,
      "<IncludeLineItems>true</IncludeLineItems>",
    );
    expect([textOf(used, "UnusedPayment"), textOf(used, "BalanceRemaining")]).toEqual([
      "20.00",
      "40.00",
    ]);
    expect(textOf(used, "EditSequence")).not.toBe(was);
    expect(codeOf(() => file.apply(from, to, 2001))).toBe(3210);
    file.unapply(from, to);
    expect(textOf(await one(office, "Invoice", invoice), "BalanceRemaining")).toBe("100.00");
    file.change({ touchesApplied: true });
    clock.advance(60);
    file.apply(from, to, 8000);
    expect(textOf(await one(office, "Invoice", invoice), "EditSequence")).toBe(
      String(Math.floor(clock.ms / 1000)),
    );
  });

  it("that deletes a payment gives the invoice its balance back and leaves a tombstone for 90 days", async () => {
    const office = await anOffice();
    const { file, clock, session } = office;
    const payment = file
      .transactions("ReceivePayment")
      .find(({ out, deposit }) => out.length > 0 && deposit !== null);
    const [application] = payment?.out ?? [];
    const id = payment?.id ?? "";
    const invoice = application?.to.id ?? "";
    const depositId = payment?.deposit?.id ?? "";
    const before = cents(textOf(await one(office, "Invoice", invoice), "BalanceRemaining"));
    file.remove("ReceivePayment", id);
    expect(cents(textOf(await one(office, "Invoice", invoice), "BalanceRemaining"))).toBe(
      before + (application?.cents ?? 0),
    );
    expect(statusOf(await one(office, "ReceivePayment", id))).toBe(500);
    expect(
      await one(office, "Deposit", depositId, "<IncludeLineItems>true</IncludeLineItems>"),
    ).not.toContain(id);
    const deleted =
      "<TxnDeletedQueryRq><TxnDelType>ReceivePayment</TxnDelType></TxnDeletedQueryRq>";
    const answer = await ask(session, deleted);
    expect([textOf(answer, "TxnDelType"), textOf(answer, "TxnID")]).toEqual(["ReceivePayment", id]);
    expect(Date.parse(textOf(answer, "TimeDeleted")) / 1000).toBe(Math.floor(clock.ms / 1000));
    clock.advance(90 * 86_400);
    expect(statusOf(await ask(session, deleted))).toBe(0);
    clock.advance(1);
    expect(statusOf(await ask(session, deleted))).toBe(1);
  });

  it("that deletes a list record is refused while it is used, and listed when done", async () => {
    const { file, session, clock } = await anOffice();
    const used = file.transactions("Invoice")[0]?.party?.id ?? "";
    expect(codeOf(() => file.remove("Customer", used))).toBe(3160);
    const id = file.create("Vendor", { name: "Short-lived" });
    clock.advance(5);
    file.remove("Vendor", id);
    const since = new Date(clock.ms - 8 * 3_600_000).toISOString().slice(0, 19);
    const answer = await ask(
      session,
      `<ListDeletedQueryRq><ListDelType>Customer</ListDelType><ListDelType>Vendor</ListDelType><DeletedDateRangeFilter><FromDeletedDate>${since}</FromDeletedDate></DeletedDateRangeFilter></ListDeletedQueryRq>`,
    );
    expect(textsOf(answer, "FullName")).toEqual(["Short-lived"]);
    expect(textOf(answer, "ListID")).toBe(id);
  });

  it("keeps names apart, across customers, vendors and employees", async () => {
    const { file } = await anOffice();
    const name = file.list("Vendor")[0]?.name ?? "";
    expect(codeOf(() => file.create("Customer", { name }))).toBe(3100);
    expect(codeOf(() => file.create("Customer", { name: "a:b" }))).toBe(3090);
    expect(codeOf(() => file.edit("Invoice", "1-1", { memo: "" }))).toBe(3120);
    expect(codeOf(() => file.create("Invoice", { party: "1-1" }))).toBe(3140);
  });

  it("that voids an invoice leaves it with nothing", async () => {
    const office = await anOffice();
    const [invoice] = office.file.transactions("Invoice");
    office.file.void("Invoice", invoice?.id ?? "");
    const answer = await one(office, "Invoice", invoice?.id ?? "", EXTRAS);
    expect([
      textOf(answer, "Subtotal"),
      textOf(answer, "AppliedAmount"),
      textOf(answer, "BalanceRemaining"),
    ]).toEqual(["0.00", "0.00", "0.00"]);
    expect(textOf(answer, "Memo")).toMatch(/^VOID:/);
  });

  it("to lines cannot take an invoice below what is paid", async () => {
    const { file } = await anOffice();
    const paid = file.transactions("Invoice").find(({ in: applied }) => applied.length > 0);
    expect(
      codeOf(() => file.edit("Invoice", paid?.id ?? "", { lines: [{ amountCents: 1 }] })),
    ).toBe(3210);
    file.edit("Invoice", paid?.id ?? "", { lines: [{ amountCents: 9_999_999 }] });
    expect(paid?.totalCents).toBe(9_999_999);
  });
});

describe("a company file", () => {
  it("goes back to its backup, and says when", async () => {
    const office = await anOffice();
    const { file, clock, quickBooks, session } = office;
    const never = textOf(await ask(session, "<CompanyActivityQueryRq />"), "LastRestoreTime");
    expect(never).toBe("1970-01-01T00:00:00-08:00");
    const [customer] = file.list("Customer");
    const id = customer?.id ?? "";
    const name = customer?.name ?? "";
    const backup = file.backup();
    clock.advance(60);
    file.edit("Customer", id, { name: "After the backup" });
    const invoice = file.create("Invoice", { party: id, lines: [{ amountCents: 100 }] });
    clock.advance(60);
    file.restore(backup);
    expect(await ask(session, "<HostQueryRq />")).toBe("0x8004040D");
    const later = { ...office, session: await opened(quickBooks) };
    const restored = textOf(
      await ask(later.session, "<CompanyActivityQueryRq />"),
      "LastRestoreTime",
    );
    expect(Date.parse(restored) / 1000).toBe(Math.floor(clock.ms / 1000));
    expect(textOf(await one(later, "Customer", id), "Name")).toBe(name);
    expect(statusOf(await one(later, "Invoice", invoice))).toBe(500);
    expect(file.create("Invoice", { lines: [] }).split("-")[0]).toBe(invoice.split("-")[0]);
  });

  it("can be restored twice from one backup, and copied with its stamp", async () => {
    const { file } = await anOffice();
    file.stamp(OWNER, FILE_ID);
    const backup = file.backup();
    const { id = "" } = file.list("Class").at(-1) ?? {};
    for (const name of ["First", "Second"]) {
      file.edit("Class", id, { name });
      file.restore(backup);
      expect(file.row("Class", id).name).not.toBe(name);
    }
    const copy = file.copy("D:\\Copy.qbw");
    copy.edit("Class", id, { name: "Only in the copy" });
    expect(file.row("Class", id).name).not.toBe("Only in the copy");
    expect(copy.books.dataExts).toEqual(file.books.dataExts);
    expect([file.path, copy.path]).toEqual([PATH, "D:\\Copy.qbw"]);
  });

  it("carries one FileID under an OwnerID, and AppLock in ticks of the PC's wall clock", async () => {
    const { file, session, clock } = await anOffice({ clockSkewMs: 5000 });
    session.stamp(OWNER, FILE_ID);
    session.stamp(OWNER, FILE_ID.toLowerCase());
    expect(() => session.stamp(OWNER, FILE_ID.replace("57", "58"))).toThrow(StampRefused);
    session.lock(OWNER);
    const company = `<CompanyQueryRq><OwnerID>${OWNER.toLowerCase()}</OwnerID></CompanyQueryRq>`;
    const [lock = "", fileId] = textsOf(await ask(session, company), "DataExtValue");
    expect(fileId).toBe(FILE_ID);
    const [, host, ticks = ""] = /^LOCKED:([^:]+):(\d+)$/.exec(lock) ?? [];
    expect(host).toBe("FRONTDESK");
    const wallMs = Number(BigInt(ticks) / 10_000n) - 62_135_596_800_000;
    expect(wallMs).toBe(clock.ms + 5000 - 8 * 3_600_000);
    session.unlock(OWNER);
    expect(textsOf(await ask(session, company), "DataExtValue")[0]).toBe(`UN${lock}`);
    expect(await ask(session, "<CompanyQueryRq />")).not.toContain("DataExtRet");
    expect(file.copy("x").books.dataExts).toHaveLength(2);
  });
});
