import { describe, expect, test } from "vitest";

import { readRecord } from "../../../quickbooks/online/record.ts";
import { line, paid, saidBy, textOf } from "./payments.ts";

describe("lines that are not as they should be", () => {
  const good = line("10.00", "Invoice", "1");
  const expected = ["payment: payment 9 -> invoice 1: 10.00"];

  test.each([
    ["null", "null"],
    ["a number", "5"],
    ["a list", "[]"],
    ["a text", '"Line"'],
    ["without LinkedTxn", '{"Amount":7}'],
    ["with a LinkedTxn that is no list", '{"Amount":7,"LinkedTxn":{"TxnId":"2"}}'],
    ["with an empty LinkedTxn", '{"Amount":7,"LinkedTxn":[]}'],
    ["with links that are none", '{"Amount":7,"LinkedTxn":[null,5,"x",[],{}]}'],
    ["with an id that is a number", '{"Amount":7,"LinkedTxn":[{"TxnId":2,"TxnType":"Invoice"}]}'],
    ["about a kind that nobody knows", line("7", "Loan", "2")],
    ["about a kind named like a property of every object", line("7", "constructor", "2")],
    ["with an amount that is a text", line('"7.00"', "Invoice", "2")],
    ["with no amount", '{"LinkedTxn":[{"TxnId":"2","TxnType":"Invoice"}]}'],
    ["with an amount of null", line("null", "Invoice", "2")],
    ["with an amount below the top", `{"LineEx":{"Amount":7},${line('"7"', "Bill", "2").slice(1)}`],
  ])("%s is left out, and its neighbours stay", (_, bad) => {
    for (const lines of [
      [bad, good],
      [good, bad],
    ]) {
      expect(saidBy("payment", paid("10.00", "0", lines))).toEqual(expected);
    }
  });

  test.each(["null", "5", '"x"', "{}", `{"0":${good}}`, good])("Line is %s", (lines) => {
    expect(saidBy("payment", `"TotalAmt":10.00,"Line":${lines}`)).toEqual([]);
  });

  test.each([
    ["no list", `null,"Line":[${good}]`],
    ["a list of something else", `[5,{},[]],"Line":[${good}]`],
    ["another list", `[${line("3", "Invoice", "4")}],"Line":[${good}]`],
  ])("Line comes twice, the first time as %s: the last one counts", (_, lines) => {
    expect(saidBy("payment", `"TotalAmt":10.00,"Line":${lines}`)).toEqual(expected);
  });

  test("names inside a line that are those of the line, wherever they stand", () => {
    const inside = `"LineEx":{"any":[{"Amount":1},{"name":"Amount","Amount":"\\"Amount\\":2"}]}`;
    const link = `"LinkedTxn":[{"TxnId":"1","TxnType":"Invoice","Amount":3}]`;
    const bareLink = `"LinkedTxn":[{"TxnId":"1","TxnType":"Invoice"}]`;
    const spaced = `"LineEx" : {"Amount" : 3}, "Amount" :\n 10.00`;
    for (const members of [
      [inside, link, `"Amount":10.00`],
      [`"Amount":10.00`, inside, link],
      [spaced, bareLink],
    ]) {
      expect(saidBy("payment", `"TotalAmt":10.00,"Line":[{${members.join(",")}}]`)).toEqual([
        "payment: payment 9 -> invoice 1: 10.00",
      ]);
    }
  });

  test.each([
    ["the amount of a line", paid("10", "0", [line("1e400", "Invoice", "1")])],
    ["the total", paid("1e400", "0", [good])],
    ["what is unapplied", paid("10", "123456789012345678901", [good])],
    ["the exchange rate", `"ExchangeRate":1e400,${paid("10", "0", [good])}`],
  ])("%s is no amount: the record is a trouble of its own", (_, members) => {
    const read = readRecord("payment", Buffer.from(textOf(members)));
    expect(read).toMatchObject({ is: "trouble", trouble: { kind: "payment", quickbooksId: "9" } });
  });
});
