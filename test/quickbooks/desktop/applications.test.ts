import { describe, expect, test } from "vitest";

import type { RecordKind } from "../../../core/record-kinds.ts";
import { appliersIn, depositedIn } from "../../../quickbooks/desktop/applications.ts";
import { unknownWallClock } from "../../../quickbooks/desktop/clock.ts";
import { readAnswer } from "../../../quickbooks/desktop/reader.ts";
import { readRecords } from "../../../quickbooks/desktop/record.ts";
import type { AppliedAmount, PageContent } from "../../../quickbooks/source.ts";

/** The name of a transaction as QuickBooks has it, and the kind as which it is read. */
type Txn = readonly [name: string, kind: RecordKind];
const PAYMENT: Txn = ["ReceivePayment", "payment"];
const INVOICE: Txn = ["Invoice", "invoice"];
const CREDIT_MEMO: Txn = ["CreditMemo", "credit_memo"];
const REFUND: Txn = ["ARRefundCreditCard", "refund_receipt"];
const BILL: Txn = ["Bill", "bill"];
const VENDOR_CREDIT: Txn = ["VendorCredit", "vendor_credit"];
const BILL_CHECK: Txn = ["BillPaymentCheck", "bill_payment"];
const BILL_CARD: Txn = ["BillPaymentCreditCard", "bill_payment"];

const recordText = ([name]: Txn, inside: string, id = "9-1"): string =>
  `<${name}Ret><TxnID>${id}</TxnID><TimeModified>2026-08-05T15:43:18-04:00</TimeModified>` +
  `<EditSequence>1785958998</EditSequence>${inside}</${name}Ret>`;

async function readAll([name, kind]: Txn, records: readonly string[]): Promise<PageContent> {
  const [response] = await readAnswer(
    `<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><${name}QueryRs requestID="1" statusCode="0">` +
      `${records.join("\n")}</${name}QueryRs></QBXMLMsgsRs></QBXML>`,
  );
  if (response === undefined) throw new Error("no response");
  return readRecords(kind, response, unknownWallClock());
}

async function appliedBy(txn: Txn, inside: string): Promise<readonly AppliedAmount[]> {
  const { records, troubles } = await readAll(txn, [recordText(txn, inside)]);
  expect(troubles).toEqual([]);
  const [record] = records;
  if (record === undefined) throw new Error("no record");
  return record.applied;
}

/** "credit: credit_memo 5-1 -> invoice 1-1: 30.00" for each. */
const saidBy = async (txn: Txn, inside: string): Promise<string[]> =>
  (await appliedBy(txn, inside)).map(
    ({ role, fromKind, fromId, toKind, toId, amount }) =>
      `${role}: ${fromKind} ${fromId} -> ${toKind} ${toId}: ${amount}`,
  );

const elements = (members: Readonly<Record<string, string>>): string =>
  Object.entries(members)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join("\n");

const paid = (TxnID: string, [TxnType]: Txn, amounts: Record<string, string>): string =>
  `<AppliedToTxnRet>${elements({ TxnID, TxnType, TxnDate: "2026-01-31", ...amounts })}</AppliedToTxnRet>`;

const link = (TxnID: string, TxnType: string, Amount: string, LinkType = "AMTTYPE"): string =>
  `<LinkedTxn>${elements({ TxnID, TxnType, TxnDate: "2026-01-31", LinkType, Amount })}</LinkedTxn>`;

describe("a payment", () => {
  test("says which invoices it pays, and a discount as an amount of its own", async () => {
    const applied =
      paid("1-1", INVOICE, { BalanceRemaining: "0.00", Amount: "100.00", DiscountAmount: "2.50" }) +
      paid("2-1", INVOICE, { BalanceRemaining: "7.00", Amount: "43.10" }) +
      paid("3-1", ["JournalEntry", "journal_entry"], { Amount: "5.00" });
    const unused = "<TotalAmount>150.00</TotalAmount><UnusedPayment>1.90</UnusedPayment>";
    expect(await saidBy(PAYMENT, unused + applied)).toEqual([
      "payment: payment 9-1 -> invoice 1-1: 100.00",
      "discount: payment 9-1 -> invoice 1-1: 2.50",
      "payment: payment 9-1 -> invoice 2-1: 43.10",
      "payment: payment 9-1 -> journal_entry 3-1: 5.00",
    ]);
  });

  test("of a discount alone, of nothing, and of what nobody knows", async () => {
    const applied =
      paid("1-1", INVOICE, { Amount: "0.00", DiscountAmount: "2.50" }) +
      paid("2-1", INVOICE, { Amount: "0.00", DiscountAmount: "0.00" }) +
      paid("3-1", INVOICE, {}) +
      paid("4-1", ["StatementCharge", "invoice"], { Amount: "5.00" });
    expect(await saidBy(PAYMENT, applied)).toEqual(["discount: payment 9-1 -> invoice 1-1: 2.50"]);
    expect(await saidBy(PAYMENT, "<UnusedPayment>5.00</UnusedPayment>")).toEqual([]);
  });

  test("links within what it is applied to are those of the other record", async () => {
    const inner = link("5-1", "CreditMemo", "-30.00");
    const applied = paid("1-1", INVOICE, { Amount: "70.00" }).replace(
      "</AppliedToTxnRet>",
      `${inner}</AppliedToTxnRet>`,
    );
    expect(await saidBy(PAYMENT, applied)).toEqual(["payment: payment 9-1 -> invoice 1-1: 70.00"]);
  });

  test("amounts are kept digit for digit, with the rate they have", async () => {
    const rate = "<ExchangeRate>0.006711409395973154</ExchangeRate>";
    const amounts = ["1234567890123.05", "0.10", "7"];
    const applied = amounts.map((Amount, index) => paid(`${index}-1`, INVOICE, { Amount }));
    expect(await appliedBy(PAYMENT, rate + applied.join(""))).toEqual(
      amounts.map((amount, index) => ({
        fromKind: "payment",
        fromId: "9-1",
        toKind: "invoice",
        toId: `${index}-1`,
        role: "payment",
        amount,
        exchangeRate: "0.006711409395973154",
      })),
    );
    for (const none of ["", "<ExchangeRate></ExchangeRate>"]) {
      const [first] = await appliedBy(PAYMENT, none + paid("1-1", INVOICE, { Amount: "1.00" }));
      expect(first?.exchangeRate).toBeNull();
    }
  });

  test("elements in another order say the same", async () => {
    const members = { Amount: "1.00", TxnType: "Invoice", DiscountAmount: "0.25", TxnID: "1-1" };
    const applied = `<AppliedToTxnRet>${elements(members)}</AppliedToTxnRet>`;
    expect(await saidBy(PAYMENT, applied)).toEqual([
      "payment: payment 9-1 -> invoice 1-1: 1.00",
      "discount: payment 9-1 -> invoice 1-1: 0.25",
    ]);
  });
});

describe("credits", () => {
  test("say by their links which invoices they lower, whatever the sign", async () => {
    const links = link("1-1", "Invoice", "30.00") + link("2-1", "Invoice", "-12.50");
    expect(await saidBy(CREDIT_MEMO, links)).toEqual([
      "credit: credit_memo 9-1 -> invoice 1-1: 30.00",
      "credit: credit_memo 9-1 -> invoice 2-1: 12.50",
    ]);
  });

  test("that are paid out: a refund says so itself, a check does not", async () => {
    const links = link("1-1", "ARRefundCreditCard", "30.00") + link("2-1", "Check", "20.00");
    expect(await saidBy(CREDIT_MEMO, links)).toEqual([
      "payment: expense 2-1 -> credit_memo 9-1: 20.00",
    ]);
    const refunded = `<RefundAppliedToTxnRet>${elements({
      TxnID: "5-1",
      TxnType: "CreditMemo",
      CreditRemaining: "0.00",
      RefundAmount: "30.00",
    })}</RefundAppliedToTxnRet>`;
    expect(await saidBy(REFUND, refunded)).toEqual([
      "payment: refund_receipt 9-1 -> credit_memo 5-1: 30.00",
    ]);
  });
});

describe("an invoice", () => {
  test("says what journal entries and deposits lower it by: nobody else does", async () => {
    const links = link("1-1", "JournalEntry", "-125.00") + link("2-1", "Deposit", "-0.50");
    expect(await saidBy(INVOICE, `<AppliedAmount>-125.50</AppliedAmount>${links}`)).toEqual([
      "credit: journal_entry 1-1 -> invoice 9-1: 125.00",
      "credit: deposit 2-1 -> invoice 9-1: 0.50",
    ]);
  });

  test("says nothing of payments and credit memos, which would be counted twice", async () => {
    const links = link("1-1", "ReceivePayment", "-100.00") + link("2-1", "CreditMemo", "-25.00");
    expect(await saidBy(INVOICE, links)).toEqual([]);
    expect(await saidBy(PAYMENT, paid("9-1", INVOICE, { Amount: "100.00" }))).toHaveLength(1);
    expect(await saidBy(CREDIT_MEMO, link("9-1", "Invoice", "25.00"))).toHaveLength(1);
  });

  test("is not paid by links of quantities, by orders, or by what nobody knows", async () => {
    const links =
      link("1-1", "SalesOrder", "-100.00", "QUANTYPE") +
      link("2-1", "JournalEntry", "-100.00", "QUANTYPE") +
      link("4-1", "ItemReceipt", "-100.00") +
      link("5-1", "JournalEntry", "0.00");
    expect(await saidBy(INVOICE, links)).toEqual([]);
  });
});

describe("the side of vendors", () => {
  test.each([BILL_CHECK, BILL_CARD])("%s pays bills, a discount beside it", async (...txn) => {
    const applied =
      paid("1-1", BILL, { BalanceRemaining: "0.00", Amount: "98.00", DiscountAmount: "2.00" }) +
      paid("2-1", BILL, { Amount: "1.00" });
    expect(await saidBy(txn, applied)).toEqual([
      "payment: bill_payment 9-1 -> bill 1-1: 98.00",
      "discount: bill_payment 9-1 -> bill 1-1: 2.00",
      "payment: bill_payment 9-1 -> bill 2-1: 1.00",
    ]);
  });

  test("a vendor's credit lowers bills, a bill says its journal entries alone", async () => {
    const used = link("1-1", "Bill", "-40.00") + link("2-1", "BillPaymentCheck", "-5.00");
    expect(await saidBy(VENDOR_CREDIT, used)).toEqual([
      "credit: vendor_credit 9-1 -> bill 1-1: 40.00",
    ]);
    const links =
      link("1-1", "BillPaymentCheck", "-98.00") +
      link("2-1", "VendorCredit", "-40.00") +
      link("3-1", "JournalEntry", "-7.00") +
      link("4-1", "PurchaseOrder", "-9.00", "QUANTYPE");
    expect(await saidBy(BILL, links)).toEqual(["credit: journal_entry 3-1 -> bill 9-1: 7.00"]);
  });
});

describe("what is no amount", () => {
  const good = recordText(PAYMENT, paid("1-1", INVOICE, { Amount: "1.00" }), "1-9");

  test.each([
    ["an amount", paid("1-1", INVOICE, { Amount: "ten" })],
    ["an empty amount", paid("1-1", INVOICE, { Amount: "" })],
    ["an amount with commas", paid("1-1", INVOICE, { Amount: "1,000.00" })],
    ["a discount", paid("1-1", INVOICE, { Amount: "1.00", DiscountAmount: "2%" })],
    [
      "the second of two amounts",
      paid("1-1", INVOICE, { Amount: "1.00" }) + paid("2-1", INVOICE, { Amount: "1.00.00" }),
    ],
    [
      "an exchange rate",
      `<ExchangeRate>one</ExchangeRate>${paid("1-1", INVOICE, { Amount: "1.00" })}`,
    ],
  ])("%s is a trouble of that record alone", async (_, inside) => {
    const last = recordText(PAYMENT, paid("3-1", INVOICE, { Amount: "3.00" }), "3-9");
    const { records, troubles } = await readAll(PAYMENT, [
      good,
      recordText(PAYMENT, inside, "2-9"),
      last,
    ]);
    expect(records.map(({ quickbooksId }) => quickbooksId)).toEqual(["1-9", "3-9"]);
    expect(records.map(({ applied }) => applied.length)).toEqual([1, 1]);
    expect(troubles).toMatchObject([
      { kind: "payment", quickbooksId: "2-9", key: "unreadable-record:payment:2-9" },
    ]);
  });

  test("of a link of quantities nothing is read, and so nothing is wrong with it", async () => {
    expect(await saidBy(INVOICE, link("1-1", "SalesOrder", "many", "QUANTYPE"))).toEqual([]);
  });
});

test("an invoice's payload names its payments and credits, in whatever order their elements come", () => {
  const turned = elements({ TxnType: "CreditMemo", Amount: "-25.00", TxnID: "2-1" });
  const payload = recordText(
    INVOICE,
    `${link("1-1", "ReceivePayment", "-100.00")}\n<LinkedTxn>\n  ${turned}\n</LinkedTxn>` +
      link("3-1", "JournalEntry", "-1.00") +
      link("4-1", "SalesOrder", "1", "QUANTYPE") +
      "<LinkedTxn><TxnType>ReceivePayment</TxnType></LinkedTxn>" +
      link("5-1", "ReceivePayment", "-3.00"),
  );
  expect(appliersIn("invoice", payload)).toEqual([
    { kind: "payment", quickbooksId: "1-1" },
    { kind: "credit_memo", quickbooksId: "2-1" },
    { kind: "payment", quickbooksId: "5-1" },
  ]);
  expect(appliersIn("invoice", recordText(INVOICE, ""))).toEqual([]);
});

test("names what lies in a deposit by its lines, and nothing of a line that is money of its own", () => {
  const lineOf = (...inside: [string, string][]): string =>
    `<DepositLineRet>\n${elements(Object.fromEntries(inside))}\n</DepositLineRet>\n`;
  const payload =
    lineOf(
      ["TxnType", "ReceivePayment"],
      ["TxnID", "1-1"],
      ["TxnLineID", "9-9"],
      ["Amount", "1.00"],
    ) +
    lineOf(["TxnLineID", "9-8"], ["Amount", "2.00"]) +
    lineOf(["TxnType", "SalesReceipt"], ["TxnID", "2-1"], ["TxnLineID", "9-7"]) +
    lineOf(["TxnType", "Paycheck"], ["TxnID", "3-1"], ["TxnLineID", "9-6"]);
  expect(depositedIn(`<DepositRet>\n<TxnID>7-7</TxnID>\n${payload}</DepositRet>`)).toEqual([
    { kind: "payment", quickbooksId: "1-1" },
    { kind: "sales_receipt", quickbooksId: "2-1" },
  ]);
});

describe("links as real answers may write them", () => {
  const silent = (TxnID: string, TxnType: string, Amount: string): string =>
    `<LinkedTxn>${elements({ TxnID, TxnType, TxnDate: "2026-01-31", Amount })}</LinkedTxn>`;

  test("without a word for their type are by amount", async () => {
    expect(await saidBy(CREDIT_MEMO, silent("1-1", "Invoice", "-30.00"))).toEqual([
      "credit: credit_memo 9-1 -> invoice 1-1: 30.00",
    ]);
    expect(await saidBy(VENDOR_CREDIT, silent("2-1", "Bill", "-4.00"))).toEqual([
      "credit: vendor_credit 9-1 -> bill 2-1: 4.00",
    ]);
  });

  test.each(["Estimate", "SalesOrder", "PurchaseOrder"])(
    "to the %s that a document came from are no money, whatever their type",
    async (type) => {
      expect(await saidBy(INVOICE, link("1-1", type, "-100.00"))).toEqual([]);
      expect(await saidBy(BILL, silent("1-1", type, "-100.00"))).toEqual([]);
    },
  );

  test("by names that the schema does not know are payments", () => {
    const payload = `<InvoiceRet>${link("1-1", "PaymentReceipt", "-5")}${link("2-1", "BillPayment", "-5")}</InvoiceRet>`;
    expect(appliersIn("invoice", payload)).toEqual([
      { kind: "payment", quickbooksId: "1-1" },
      { kind: "bill_payment", quickbooksId: "2-1" },
    ]);
  });
});
