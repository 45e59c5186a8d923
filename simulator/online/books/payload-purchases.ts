import type { Application, Books } from "./books.ts";
import { generatedOf, idOf, patchOf } from "./books.ts";
import { currencyOf, decimalsOf, decimalsOfRow, homeOf, isMulticurrency } from "./coins.ts";
import { dueOf, totalOf } from "./columns.ts";
import type { Kind } from "./kinds.ts";
import { kindNumber } from "./kinds.ts";
import { money } from "./money.ts";
import * as names from "./names.ts";
import { docNumberOf } from "./numbers.ts";
import {
  billBalance,
  billLinks,
  billPaymentApplications,
  billPaymentTotal,
  expenseLines,
  vendorCreditBalance,
  vendorCreditTotal,
  vendorOfPayable,
  type ExpenseLine,
} from "./payables.ts";
import { head, privateNote, txnDate } from "./payload-head.ts";
import { txnType } from "./payload-payment.ts";
import { hash } from "./random.ts";
import { dayText } from "./time.ts";

const BILLS_PER_ORDER = 20;

function expenseLine(books: Books, line: ExpenseLine, n: number, decimals: number): string {
  const { bits } = line;
  const amount = money(line.amount, decimals);
  const start =
    `{"Id":"${n + 1}","LineNum":${n + 1},"Description":"${names.goodsText(bits >>> 3)}",` +
    `"Amount":${amount},`;
  if (bits % 2 === 0) {
    return (
      `${start}"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{` +
      `"AccountRef":${names.refTo(books, "Account", names.EXPENSE)},` +
      `"BillableStatus":"NotBillable","TaxCodeRef":{"value":"NON"}}}`
    );
  }
  const item = (bits >>> 4) % Math.max(1, generatedOf(books, "Item"));
  return (
    `${start}"DetailType":"ItemBasedExpenseLineDetail","ItemBasedExpenseLineDetail":{` +
    `"BillableStatus":"NotBillable","ItemRef":${names.refTo(books, "Item", item)},` +
    `"UnitPrice":${amount},"Qty":1,"TaxCodeRef":{"value":"NON"}}}`
  );
}

const lines = (books: Books, list: readonly ExpenseLine[], decimals: number): string =>
  list.map((line, n) => expenseLine(books, line, n, decimals)).join(",");

const vendorRef = (books: Books, kind: Kind, index: number): string =>
  `"VendorRef":${names.refTo(books, "Vendor", vendorOfPayable(books, kind, index))}`;

const payable = (books: Books): string =>
  `"APAccountRef":${names.refTo(books, "Account", names.PAYABLE)}`;

const total = (books: Books, kind: Kind, index: number): string =>
  money(totalOf(books, kind, index), decimalsOfRow(books, kind, index));

/** `"HomeBalance":...,` of a bill of a multicurrency company, or nothing. */
function homeBalance(books: Books, index: number): string {
  if (!isMulticurrency(books)) return "";
  const units = homeOf(books, { kind: "Bill", index }, billBalance(books, index));
  return `"HomeBalance":${money(units, decimalsOf(books.plan.currency))},`;
}

/** What bills, orders, credits and expenses share behind their own fields. */
function body(books: Books, kind: Kind, index: number, list: readonly ExpenseLine[]): string {
  const bits = hash(books.plan.seed, kindNumber(kind) + 1000, index);
  const decimals = decimalsOfRow(books, kind, index);
  return (
    `${head(books, kind, index)},"DocNumber":"${docNumberOf(kind, index)}",` +
    `${txnDate(books, kind, index)},${currencyOf(books, kind, index)}` +
    `${privateNote(books, kind, index, names.memoText(bits))},"Line":[${lines(books, list, decimals)}]`
  );
}

/** A bill's payload; its links say BillPaymentCheck even for cards (facts 8). */
export function bill(books: Books, index: number): string {
  const links = billLinks(books, index).map(
    (link) => `{"TxnId":"${idOf(books, "BillPayment", link.index)}","TxnType":"BillPaymentCheck"}`,
  );
  const bits = hash(books.plan.seed, kindNumber("Bill") + 1001, index);
  const decimals = decimalsOfRow(books, "Bill", index);
  return (
    `{"SalesTermRef":${names.refTo(books, "Term", 2)},` +
    `"DueDate":"${dayText(dueOf(books, "Bill", index))}",` +
    `"Balance":${money(billBalance(books, index), decimals)},${homeBalance(books, index)}` +
    `${body(books, "Bill", index, expenseLines(books, "Bill", index))},` +
    `"LinkedTxn":[${links.join(",")}],"VendorAddr":${names.address(index + 5000, bits)},` +
    `${vendorRef(books, "Bill", index)},${payable(books)},` +
    `"TotalAmt":${money(totalOf(books, "Bill", index), decimals)}}`
  );
}

/** A vendor credit's payload. */
export function vendorCredit(books: Books, index: number): string {
  const amount = vendorCreditTotal(books, index);
  const decimals = decimalsOfRow(books, "VendorCredit", index);
  const only = [{ amount, bits: hash(books.plan.seed, 42, index) }];
  return (
    `{${body(books, "VendorCredit", index, only)},${vendorRef(books, "VendorCredit", index)},` +
    `${payable(books)},"TotalAmt":${money(amount, decimals)},` +
    `"Balance":${money(vendorCreditBalance(books, index), decimals)}}`
  );
}

/** A purchase order's payload; one that became a bill is closed. */
export function purchaseOrder(books: Books, index: number): string {
  const became = index * BILLS_PER_ORDER;
  const isClosed = became < generatedOf(books, "Bill");
  const bits = hash(books.plan.seed, kindNumber("PurchaseOrder") + 1001, index);
  return (
    `{"POStatus":"${isClosed ? "Closed" : "Open"}",` +
    `${body(books, "PurchaseOrder", index, expenseLines(books, "PurchaseOrder", index))},` +
    `${vendorRef(books, "PurchaseOrder", index)},${payable(books)},` +
    `"VendorAddr":${names.address(index + 7000, bits)},` +
    `"ShipAddr":${names.address(index + 8000, bits >>> 2)},` +
    `"EmailStatus":"NotSet","TotalAmt":${total(books, "PurchaseOrder", index)}}`
  );
}

const PAY_TYPES = ["Cash", "Check", "CreditCard"] as const;

interface Payee {
  kind: "Customer" | "Vendor";
  index: number;
}

const entityRef = (books: Books, { kind, index }: Payee): string =>
  `"EntityRef":{"value":"${idOf(books, kind, index)}",` +
  `"name":"${names.nameOf(kind, index)}","type":"${kind}"}`;

/** A cheque that pays a credit out to a customer: its line is on what customers owe. */
function refund(books: Books, index: number, customer: number): string {
  const amount = total(books, "Purchase", index);
  return (
    `{"AccountRef":${names.refTo(books, "Account", names.CHECKING)},"PaymentType":"Check",` +
    `${entityRef(books, { kind: "Customer", index: customer })},"TotalAmt":${amount},` +
    `${head(books, "Purchase", index)},"DocNumber":"${docNumberOf("Purchase", index)}",` +
    `${txnDate(books, "Purchase", index)},${currencyOf(books, "Purchase", index)}` +
    `${privateNote(books, "Purchase", index)},"Line":[{"Id":"1","Amount":${amount},` +
    `"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{` +
    `"AccountRef":${names.refTo(books, "Account", names.RECEIVABLE)},` +
    `"CustomerRef":${names.refTo(books, "Customer", customer)},` +
    `"BillableStatus":"NotBillable","TaxCodeRef":{"value":"NON"}}}]}`
  );
}

/** An expense's payload (Purchase): cash, check or credit card, sometimes a refund. */
export function purchase(books: Books, index: number): string {
  const customer = patchOf(books, "Purchase", index)?.customer;
  if (customer !== undefined) return refund(books, index, customer);
  const bits = hash(books.plan.seed, kindNumber("Purchase") + 1001, index);
  const type = PAY_TYPES[bits % 3] ?? "Cash";
  const account = type === "CreditCard" ? names.CARD : names.CHECKING;
  const vendor = vendorOfPayable(books, "Purchase", index);
  return (
    `{"AccountRef":${names.refTo(books, "Account", account)},"PaymentType":"${type}",` +
    `${entityRef(books, { kind: "Vendor", index: vendor })},` +
    `"Credit":${type === "CreditCard" && bits % 7 === 0},` +
    `"TotalAmt":${total(books, "Purchase", index)},` +
    `${body(books, "Purchase", index, expenseLines(books, "Purchase", index))}}`
  );
}

function billPaymentLine(books: Books, application: Application, decimals: number): string {
  const { kind, index, cents } = application;
  return (
    `{"Amount":${money(cents, decimals)},` +
    `"LinkedTxn":[{"TxnId":"${idOf(books, kind, index)}","TxnType":"${txnType(kind)}"}]}`
  );
}

/** A bill payment's payload: by check or by card. */
export function billPayment(books: Books, index: number): string {
  const bits = hash(books.plan.seed, kindNumber("BillPayment") + 1001, index);
  const applications = billPaymentApplications(books, index);
  const decimals = decimalsOfRow(books, "BillPayment", index);
  const how =
    bits % 3 === 0
      ? `"PayType":"CreditCard","CreditCardPayment":{` +
        `"CCAccountRef":${names.refTo(books, "Account", names.CARD)}}`
      : `"PayType":"Check","CheckPayment":{` +
        `"BankAccountRef":${names.refTo(books, "Account", names.CHECKING)},` +
        `"PrintStatus":"NeedToPrint"}`;
  return (
    `{${vendorRef(books, "BillPayment", index)},${how},` +
    `"TotalAmt":${money(billPaymentTotal(books, index), decimals)},${head(books, "BillPayment", index)},` +
    `"DocNumber":"${docNumberOf("BillPayment", index)}",${txnDate(books, "BillPayment", index)},` +
    `${currencyOf(books, "BillPayment", index)}${privateNote(books, "BillPayment", index)},` +
    `"Line":[${applications.map((one) => billPaymentLine(books, one, decimals)).join(",")}]}`
  );
}
