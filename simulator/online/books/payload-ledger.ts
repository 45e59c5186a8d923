import type { Books } from "./books.ts";
import { generatedOf, patchOf } from "./books.ts";
import { kindNumber } from "./kinds.ts";
import { money } from "./money.ts";
import * as names from "./names.ts";
import { docNumberOf } from "./numbers.ts";
import { head, privateNote, txnDate } from "./payload-head.ts";
import { hash } from "./random.ts";

function side(books: Books, id: number, text: string, detail: { cents: number; account: number }) {
  const { cents, account } = detail;
  return (
    `{"Id":"${id}","Description":"${text}","Amount":${money(cents)},` +
    `"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{` +
    `"PostingType":"${id === 0 ? "Debit" : "Credit"}",` +
    `"AccountRef":${names.refTo(books, "Account", account)}}}`
  );
}

/** A journal entry's payload; debits equal credits, and there is no TotalAmt (facts 10.8). */
export function journalEntry(books: Books, index: number): string {
  const bits = hash(books.plan.seed, kindNumber("JournalEntry") + 1000, index);
  const cents = 100 + (bits % 500_000);
  const text = names.goodsText(bits);
  const lines = [
    side(books, 0, text, { cents, account: names.EXPENSE }),
    side(books, 1, text, { cents, account: names.CHECKING }),
  ];
  return (
    `{"Adjustment":false,${head(books, "JournalEntry", index)},` +
    `"DocNumber":"${docNumberOf("JournalEntry", index)}",` +
    `${txnDate(books, "JournalEntry", index)},${names.currency(books)}` +
    `${privateNote(books, "JournalEntry", index, names.memoText(bits))},` +
    `"Line":[${lines.join(",")}],"TxnTaxDetail":{}}`
  );
}

/** A transfer's payload: Amount, no TotalAmt (facts 10.8). */
export function transfer(books: Books, index: number): string {
  const bits = hash(books.plan.seed, kindNumber("Transfer") + 1000, index);
  return (
    `{"FromAccountRef":${names.refTo(books, "Account", 0)},` +
    `"ToAccountRef":${names.refTo(books, "Account", 1)},"Amount":${money(100 + (bits % 900_000))},` +
    `${head(books, "Transfer", index)},${txnDate(books, "Transfer", index)},` +
    `${names.currency(books)}${privateNote(books, "Transfer", index)}}`
  );
}

/** An inventory adjustment's payload. */
export function inventoryAdjustment(books: Books, index: number): string {
  const bits = hash(books.plan.seed, kindNumber("InventoryAdjustment") + 1000, index);
  const item = bits % Math.max(1, generatedOf(books, "Item"));
  const difference = (bits % 41) - 20;
  return (
    `{"AdjustAccountRef":${names.refTo(books, "Account", names.EXPENSE)},` +
    `${head(books, "InventoryAdjustment", index)},` +
    `"DocNumber":"${docNumberOf("InventoryAdjustment", index)}",` +
    txnDate(books, "InventoryAdjustment", index) +
    `${privateNote(books, "InventoryAdjustment", index)},"Line":[{"Id":"1",` +
    '"DetailType":"ItemAdjustmentLineDetail","ItemAdjustmentLineDetail":{' +
    `"ItemRef":${names.refTo(books, "Item", item)},"QtyDiff":${difference}}}]}`
  );
}

/** A time activity's payload. */
export function timeActivity(books: Books, index: number): string {
  const bits = hash(books.plan.seed, kindNumber("TimeActivity") + 1000, index);
  const employee = bits % Math.max(1, generatedOf(books, "Employee"));
  const customer = (bits >>> 5) % Math.max(1, generatedOf(books, "Customer"));
  const text = patchOf(books, "TimeActivity", index)?.note ?? names.goodsText(bits);
  return (
    `{${txnDate(books, "TimeActivity", index)},"NameOf":"Employee",` +
    `"EmployeeRef":${names.refTo(books, "Employee", employee)},` +
    `"CustomerRef":${names.refTo(books, "Customer", customer)},` +
    `"ItemRef":${names.refTo(books, "Item", 0)},"BillableStatus":"NotBillable","Taxable":false,` +
    `"HourlyRate":0,"Hours":${bits % 9},"Minutes":${(bits % 4) * 15},` +
    `"Description":"${text}",${head(books, "TimeActivity", index)}}`
  );
}
