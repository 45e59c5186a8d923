import type { Books } from "./books.ts";
import { generatedOf, patchOf } from "./books.ts";
import { currencyOf, decimalsOfRow } from "./coins.ts";
import { kindNumber } from "./kinds.ts";
import { money } from "./money.ts";
import * as names from "./names.ts";
import { docNumberOf } from "./numbers.ts";
import { head, privateNote, txnDate } from "./payload-head.ts";
import { hash } from "./random.ts";

interface Side {
  cents: number;
  account: number;
  decimals: number;
  /** Whose account it is: of what customers owe or vendors are owed (facts 8). */
  party?: { kind: "Customer" | "Vendor"; index: number };
}

function side(books: Books, id: number, text: string, one: Side): string {
  const { cents, account, party, decimals } = one;
  const entity =
    party === undefined
      ? ""
      : `"Entity":{"Type":"${party.kind}",` +
        `"EntityRef":${names.refTo(books, party.kind, party.index)}},`;
  return (
    `{"Id":"${id}","Description":"${text}","Amount":${money(cents, decimals)},` +
    `"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{` +
    `"PostingType":"${id === 0 ? "Debit" : "Credit"}",${entity}` +
    `"AccountRef":${names.refTo(books, "Account", account)}}}`
  );
}

/** Debit and credit of an entry; one that gives credit has a side with a customer or vendor. */
function sides(books: Books, index: number, bits: number): [Side, Side] {
  const { total, customer, vendor } = patchOf(books, "JournalEntry", index) ?? {};
  const cents = total ?? 100 + (bits % 500_000);
  const decimals = decimalsOfRow(books, "JournalEntry", index);
  const expenses = { cents, decimals, account: names.EXPENSE };
  if (customer !== undefined) {
    const party = { kind: "Customer", index: customer } as const;
    return [expenses, { cents, decimals, account: names.RECEIVABLE, party }];
  }
  if (vendor !== undefined) {
    const party = { kind: "Vendor", index: vendor } as const;
    return [{ cents, decimals, account: names.PAYABLE, party }, expenses];
  }
  return [expenses, { cents, decimals, account: names.CHECKING }];
}

/** A journal entry's payload; debits equal credits, and there is no TotalAmt (facts 10.8). */
export function journalEntry(books: Books, index: number): string {
  const bits = hash(books.plan.seed, kindNumber("JournalEntry") + 1000, index);
  const text = names.goodsText(bits);
  const lines = sides(books, index, bits).map((one, id) => side(books, id, text, one));
  return (
    `{"Adjustment":false,${head(books, "JournalEntry", index)},` +
    `"DocNumber":"${docNumberOf("JournalEntry", index)}",` +
    `${txnDate(books, "JournalEntry", index)},${currencyOf(books, "JournalEntry", index)}` +
    `${privateNote(books, "JournalEntry", index, names.memoText(bits))},` +
    `"Line":[${lines.join(",")}],"TxnTaxDetail":{}}`
  );
}

/** A transfer's payload: Amount, no TotalAmt (facts 10.8). */
export function transfer(books: Books, index: number): string {
  const bits = hash(books.plan.seed, kindNumber("Transfer") + 1000, index);
  const decimals = decimalsOfRow(books, "Transfer", index);
  return (
    `{"FromAccountRef":${names.refTo(books, "Account", 0)},` +
    `"ToAccountRef":${names.refTo(books, "Account", 1)},"Amount":${money(100 + (bits % 900_000), decimals)},` +
    `${head(books, "Transfer", index)},${txnDate(books, "Transfer", index)},` +
    `${currencyOf(books, "Transfer", index)}${privateNote(books, "Transfer", index)}}`
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
