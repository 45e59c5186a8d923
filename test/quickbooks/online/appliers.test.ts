import { describe, expect, test } from "vitest";

import { appliersIn, depositedIn, isDeposited } from "../../../quickbooks/online/applications.ts";
import { line, textOf } from "./payments.ts";

describe("what a payload names", () => {
  const linked = (...links: [string, string][]): string =>
    textOf(
      `"LinkedTxn":[${links.map(([id, type]) => `{"TxnId":"${id}","TxnType":"${type}"}`).join(",")}]`,
    );

  test("the payments of a document, and nothing that pays nothing", () => {
    const payload = linked(
      ["1", "Payment"],
      ["2", "Estimate"],
      ["3", "BillPaymentCheck"],
      ["4", "BillPaymentCreditCard"],
      ["5", "BillPayment"],
      ["6", "CreditMemo"],
      ["7", "toString"],
    );
    expect(appliersIn(payload)).toEqual([
      { kind: "payment", quickbooksId: "1" },
      { kind: "bill_payment", quickbooksId: "3" },
      { kind: "bill_payment", quickbooksId: "4" },
      { kind: "bill_payment", quickbooksId: "5" },
    ]);
    expect(appliersIn(textOf(""))).toEqual([]);
    expect(appliersIn(textOf(`"Line":[${line("1", "Payment", "1")}]`))).toEqual([]);
  });

  test("a payment lies in a deposit if its own links say so, not those of its lines", () => {
    expect(isDeposited(linked(["1", "Invoice"], ["2", "Deposit"]))).toBe(true);
    expect(isDeposited(linked(["1", "Invoice"]))).toBe(false);
    expect(isDeposited(textOf(""))).toBe(false);
    expect(isDeposited(textOf(`"Line":[${line("1", "Deposit", "2")}]`))).toBe(false);
    expect(isDeposited(textOf(`"LinkedTxn":null,"DepositToAccountRef":{"value":"4"}`))).toBe(false);
  });

  test("what lies in a deposit, by the links of its lines", () => {
    const lines = [
      line("1", "Payment", "7"),
      line("2", "SalesReceipt", "8"),
      '{"Amount":3}',
      "null",
    ];
    expect(depositedIn(textOf(`"Line":[${lines.join(",")}]`))).toEqual([
      { kind: "payment", quickbooksId: "7" },
      { kind: "sales_receipt", quickbooksId: "8" },
    ]);
    expect(depositedIn(textOf(`"Line":null`))).toEqual([]);
    expect(depositedIn(textOf(""))).toEqual([]);
  });
});
