import { describe, expect, it } from "vitest";
import { createCompanyFile } from "../../../simulator/desktop/quickbooks.ts";
import {
  anOffice,
  ask,
  cents,
  elementsOf,
  PATH,
  sum,
  textOf,
  textsOf,
  type Office,
} from "./office.ts";

const LINES = "<IncludeLineItems>true</IncludeLineItems>";
const LINKS = "<IncludeLinkedTxns>true</IncludeLinkedTxns>";

const all = async ({ session }: Office, kind: string, inside = ""): Promise<string[]> =>
  elementsOf(await ask(session, `<${kind}QueryRq>${inside}</${kind}QueryRq>`), `${kind}Ret`);

const headOf = (record: string): string => record.split(/<LinkedTxn>|<\w+LineRet>/)[0] ?? "";

describe("a company file", () => {
  it("has as many records as ordered, and the same ones for the same seed", async () => {
    const options = { path: PATH, companyName: "A", ein: "1", records: 1000, seed: 3 };
    const file = createCompanyFile(options);
    const counts = file.counts();
    const { Item: items = 0, Terms: terms = 0 } = counts;
    expect(sum(Object.values(counts)) - items - terms).toBe(1000);
    const ids = (seed: number): (string | undefined)[] =>
      createCompanyFile({ ...options, seed })
        .transactions("Invoice")
        .map(({ id, totalCents }) => `${id} ${totalCents}`);
    expect(ids(3)).toEqual(ids(3));
    expect(ids(3)).not.toEqual(ids(4));
  });

  it("has ids of QuickBooks' shape, which repeat between lists but never within one", async () => {
    const office = await anOffice();
    const idsOf = async (kind: string): Promise<string[]> =>
      (await all(office, kind, "<ActiveStatus>All</ActiveStatus>")).map((row) =>
        textOf(row, "ListID"),
      );
    const customers = await idsOf("Customer");
    const vendors = await idsOf("Vendor");
    expect(customers.every((id) => /^8[0-9A-F]{7}-\d{10}$/.test(id))).toBe(true);
    expect(new Set(customers).size).toBe(customers.length);
    expect(vendors.filter((id) => customers.includes(id)).length).toBeGreaterThan(3);
    const invoices = (await all(office, "Invoice")).map((invoice) => textOf(invoice, "TxnID"));
    expect(invoices.every((id) => /^[0-9A-F]{1,6}-\d{10}$/.test(id))).toBe(true);
    expect(new Set(invoices).size).toBe(invoices.length);
  });

  it("has EditSequence as the second of TimeModified", async () => {
    const office = await anOffice();
    for (const invoice of await all(office, "Invoice")) {
      expect(Date.parse(textOf(invoice, "TimeModified")) / 1000).toBe(
        Number(textOf(invoice, "EditSequence")),
      );
    }
  });

  it("agrees on invoices, their lines, payments and credit memos", async () => {
    const office = await anOffice({ records: 1000 });
    const applied = new Map<string, number>();
    const add = (id: string, amount: number): void =>
      void applied.set(id, (applied.get(id) ?? 0) + amount);
    for (const payment of await all(office, "ReceivePayment", LINES)) {
      const used = elementsOf(payment, "AppliedToTxnRet");
      for (const one of used) add(textOf(one, "TxnID"), cents(textOf(one, "Amount")));
      const amounts = used.map((one) => cents(textOf(one, "Amount")));
      expect(cents(textOf(payment, "TotalAmount"))).toBe(
        sum(amounts) + cents(textOf(payment, "UnusedPayment")),
      );
    }
    const refunds = await all(office, "ARRefundCreditCard", LINES);
    for (const memo of await all(office, "CreditMemo", LINES + LINKS)) {
      const links = elementsOf(memo, "LinkedTxn");
      for (const link of links) {
        if (textOf(link, "TxnType") === "Invoice")
          add(textOf(link, "TxnID"), cents(textOf(link, "Amount")));
      }
      const gone = links.map((link) => Math.abs(cents(textOf(link, "Amount"))));
      expect(cents(textOf(memo, "TotalAmount")) - sum(gone)).toBe(
        cents(textOf(memo, "CreditRemaining")),
      );
    }
    expect(refunds.flatMap((refund) => elementsOf(refund, "RefundAppliedToTxnRet")).length).toBe(
      refunds.length,
    );
    const invoices = await all(office, "Invoice", LINES + LINKS);
    for (const invoice of invoices) {
      const head = headOf(invoice);
      const total = cents(textOf(head, "Subtotal")) + cents(textOf(head, "SalesTaxTotal"));
      const lines = elementsOf(invoice, "InvoiceLineRet").map((line) =>
        cents(textOf(line, "Amount")),
      );
      expect(sum(lines)).toBe(cents(textOf(head, "Subtotal")));
      const paid = applied.get(textOf(head, "TxnID")) ?? 0;
      expect(cents(textOf(head, "AppliedAmount"))).toBe(-paid + 0);
      expect(cents(textOf(head, "BalanceRemaining"))).toBe(total - paid);
      expect(textOf(head, "IsPaid")).toBe(String(total === paid));
      const links = elementsOf(invoice, "LinkedTxn").filter(
        (link) => textOf(link, "LinkType") === "AMTTYPE",
      );
      expect(sum(links.map((link) => cents(textOf(link, "Amount"))))).toBe(-paid + 0);
    }
    expect(new Set(invoices.map((invoice) => textOf(headOf(invoice), "IsPaid")))).toEqual(
      new Set(["true", "false"]),
    );
  });

  it("agrees on bills, their payments and the credits of vendors", async () => {
    const office = await anOffice({ records: 1000 });
    const applied = new Map<string, number>();
    for (const kind of ["BillPaymentCheck", "BillPaymentCreditCard"]) {
      for (const payment of await all(office, kind, LINES)) {
        for (const one of elementsOf(payment, "AppliedToTxnRet")) {
          const id = textOf(one, "TxnID");
          applied.set(id, (applied.get(id) ?? 0) + cents(textOf(one, "Amount")));
        }
      }
    }
    for (const credit of await all(office, "VendorCredit", LINKS)) {
      for (const link of elementsOf(credit, "LinkedTxn")) {
        const id = textOf(link, "TxnID");
        applied.set(id, (applied.get(id) ?? 0) + cents(textOf(link, "Amount")));
      }
    }
    expect(applied.size).toBeGreaterThan(10);
    for (const bill of await all(office, "Bill", LINES + LINKS)) {
      const due = cents(textOf(bill, "AmountDue"));
      const paid = applied.get(textOf(bill, "TxnID")) ?? 0;
      expect(cents(textsOf(bill, "OpenAmount").at(-1) ?? "")).toBe(due - paid);
      expect(textOf(bill, "IsPaid")).toBe(String(due === paid));
      const lines = [...elementsOf(bill, "ExpenseLineRet"), ...elementsOf(bill, "ItemLineRet")];
      expect(sum(lines.map((line) => cents(textOf(line, "Amount"))))).toBe(due);
    }
  });

  it("has balanced journal entries, and deposits that each payment is in once", async () => {
    const office = await anOffice({ records: 1000 });
    for (const entry of await all(office, "JournalEntry", LINES)) {
      const side = (name: string): number =>
        sum(elementsOf(entry, name).map((line) => cents(textOf(line, "Amount"))));
      expect(side("JournalDebitLine")).toBe(side("JournalCreditLine"));
    }
    const payments = new Set<string>();
    for (const deposit of await all(office, "Deposit", LINES)) {
      const lines = elementsOf(deposit, "DepositLineRet");
      expect(sum(lines.map((line) => cents(textOf(line, "Amount"))))).toBe(
        cents(textOf(deposit, "DepositTotal")),
      );
      for (const line of lines.filter((one) => one.includes("<TxnID>"))) {
        const id = textOf(line, "TxnID");
        expect(payments.has(id)).toBe(false);
        payments.add(id);
      }
    }
    expect(payments.size).toBeGreaterThan(10);
  });

  it("has customers whose balance is what they owe, jobs included", async () => {
    const office = await anOffice({ records: 1000 });
    const customers = await all(office, "Customer", "<ActiveStatus>All</ActiveStatus>");
    const owed = sum(customers.map((customer) => cents(textOf(customer, "Balance"))));
    const tops = customers.filter((customer) => textOf(customer, "Sublevel") === "0");
    expect(tops.length).toBeLessThan(customers.length);
    expect(sum(tops.map((customer) => cents(textOf(customer, "TotalBalance"))))).toBe(owed);
    const [receivable] = (await all(office, "Account")).filter(
      (account) => textOf(account, "AccountType") === "AccountsReceivable",
    );
    expect(cents(textOf(receivable ?? "", "Balance"))).toBe(owed);
  });

  it("has many transactions of the same second, and names beyond ASCII", async () => {
    const office = await anOffice({ records: 1000 });
    const counts = new Map<string, number>();
    for (const invoice of await all(office, "Invoice")) {
      const at = textOf(invoice, "TimeModified");
      counts.set(at, (counts.get(at) ?? 0) + 1);
    }
    expect(Math.max(...counts.values())).toBeGreaterThan(5);
    const answer = await ask(office.session, "<CustomerQueryRq />");
    expect(answer).toMatch(/^[\n\x20-\x7e]*$/);
    expect(textsOf(answer, "FullName").some((name) => name.includes("é"))).toBe(true);
    expect(textsOf(answer, "FullName").some((name) => name.includes("&"))).toBe(true);
    office.file.change({ rawAccents: true });
    expect(await ask(office.session, "<CustomerQueryRq />")).toContain("é");
  });
});
