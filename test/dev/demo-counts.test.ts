import { expect, test } from "vitest";

import { byKind } from "../../dev/demo/counts.ts";
import { runView } from "../../dev/demo/keep-even.ts";
import { createCompanyFile } from "../../simulator/desktop/quickbooks.ts";

test("what a company file keeps apart is added up to our kinds, and sums are not counted twice", () => {
  const file = { path: "C:\\a.qbw", companyName: "A", ein: "1", records: 1_000, seed: 1 };
  const counts = createCompanyFile(file).counts();
  const kinds = byKind("DESKTOP", counts);
  const of = (...names: string[]): number =>
    names.reduce((sum, name) => sum + (counts[name] ?? NaN), 0);
  expect(Object.fromEntries(kinds)).toEqual({
    CUSTOMER: of("Customer"),
    VENDOR: of("Vendor"),
    EMPLOYEE: of("Employee"),
    ACCOUNT: of("Account"),
    CLASS: of("Class"),
    TERM: of("StandardTerms", "DateDrivenTerms"),
    PAYMENT_METHOD: of("PaymentMethod"),
    TAX_CODE: of("SalesTaxCode"),
    ITEM: of("Item"),
    INVOICE: of("Invoice"),
    PAYMENT: of("ReceivePayment"),
    CREDIT_MEMO: of("CreditMemo"),
    SALES_RECEIPT: of("SalesReceipt"),
    REFUND_RECEIPT: of("ARRefundCreditCard"),
    ESTIMATE: of("Estimate"),
    SALES_ORDER: of("SalesOrder"),
    PURCHASE_ORDER: of("PurchaseOrder"),
    BILL: of("Bill"),
    BILL_PAYMENT: of("BillPaymentCheck", "BillPaymentCreditCard"),
    VENDOR_CREDIT: of("VendorCredit"),
    EXPENSE: of("Check", "CreditCardCharge"),
    JOURNAL_ENTRY: of("JournalEntry"),
    DEPOSIT: of("Deposit"),
    TRANSFER: of("Transfer"),
    INVENTORY_ADJUSTMENT: of("InventoryAdjustment"),
    TIME_ACTIVITY: of("TimeTracking"),
  });
  expect([...kinds.values()].reduce((sum, count) => sum + count, 0)).toBe(1_000);
});

test("the kinds of QuickBooks Online are ours in other letters, but for purchases", () => {
  const kinds = byKind("ONLINE", { Item: 3, CreditMemo: 2, TaxCode: 1, Purchase: 4 });
  expect([...kinds]).toEqual([
    ["ITEM", 3],
    ["CREDIT_MEMO", 2],
    ["TAX_CODE", 1],
    ["EXPENSE", 4],
  ]);
});

const ended = {
  kind: "AUTOSYNC",
  trigger: "WEBHOOK",
  status: "SUCCEEDED",
  waitingFor: null,
  queuedAt: new Date(1_000),
  startedAt: new Date(2_000),
  finishedAt: new Date(2_440),
  created: 1,
  updated: 1_200,
  deleted: 1,
  failure: null,
};

test("a run says who wanted it, what it brought and how long it took, or how it stands", () => {
  expect(runView(ended)).toEqual({
    at: new Date(2_000),
    by: "by Intuit's webhook",
    outcome: "1,202 records, 0.4 s",
    hasEnded: true,
  });
  expect(runView({ ...ended, created: 0, updated: 0 }).outcome).toBe("1 record, 0.4 s");
  const idle = { ...ended, trigger: "SCHEDULE", created: 0, updated: 0, deleted: 0 };
  expect(runView(idle)).toMatchObject({ by: "by its schedule", outcome: "nothing new, 0.4 s" });
  const waiting = { ...ended, status: "WAITING", waitingFor: "connector-away", finishedAt: null };
  expect(runView({ ...waiting, trigger: "USER" })).toMatchObject({
    by: "asked for",
    outcome: "waits: connector-away",
    hasEnded: false,
  });
  const queued = { ...ended, status: "QUEUED", startedAt: null, finishedAt: null };
  expect(runView(queued)).toMatchObject({ at: new Date(1_000), outcome: "queued" });
  const failed = { ...ended, status: "FAILED", failure: { message: "Intuit said no." } };
  expect(runView(failed).outcome).toBe("failed: Intuit said no.");
});
