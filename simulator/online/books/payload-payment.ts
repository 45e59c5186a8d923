import type { Application, Books } from "./books.ts";
import { generatedOf, idOf, patchOf } from "./books.ts";
import { currencyOf, decimalsOfRow } from "./coins.ts";
import { depositOf, heldBy, otherDeposit, depositTotal } from "./deposits.ts";
import type { Kind } from "./kinds.ts";
import { kindNumber } from "./kinds.ts";
import { leftOf } from "./lines.ts";
import { decimal, money } from "./money.ts";
import * as names from "./names.ts";
import { docNumberOf, paymentRefOf } from "./numbers.ts";
import { head, privateNote, txnDate } from "./payload-head.ts";
import { hash } from "./random.ts";
import { customerOfSale, paymentApplications, paymentTotal, paymentUnapplied } from "./sales.ts";

const nameValue = (name: string, value: string): string =>
  `{"name":"{http://schema.intuit.com/finance/v3}NameValue",` +
  `"declaredType":"com.intuit.schema.finance.v3.NameValue",` +
  `"scope":"javax.xml.bind.JAXBElement$GlobalScope",` +
  `"value":{"Name":"${name}","Value":"${value}"},` +
  `"nil":false,"globalScope":true,"typeSubstituted":false}`;

/** What a line's LinkedTxn calls a row (facts 8.1). */
export const txnType = (kind: Kind): string => (kind === "Purchase" ? "Check" : kind);

/** The open balance that a payment's line shows is the present one plus this line (facts 10.3). */
function openBalance(books: Books, line: Application): number {
  const left = leftOf(books, line);
  return (Number.isFinite(left) ? left : 0) + line.cents;
}

function paymentLine(books: Books, application: Application, decimals: number): string {
  const { kind, index, cents } = application;
  const id = idOf(books, kind, index);
  const open = decimal(openBalance(books, application), decimals);
  return (
    `{"Amount":${money(cents, decimals)},` +
    `"LinkedTxn":[{"TxnId":"${id}","TxnType":"${txnType(kind)}"}],` +
    `"LineEx":{"any":[${nameValue("txnId", id)},${nameValue("txnOpenBalance", open)},` +
    `${nameValue("txnReferenceNumber", docNumberOf(kind, index))}]}}`
  );
}

/** A payment's payload; one without cash joins a credit memo to an invoice (facts 8.1). */
export function payment(books: Books, index: number): string {
  const applications = paymentApplications(books, index);
  const total = paymentTotal(books, index);
  const bits = hash(books.plan.seed, kindNumber("Payment") + 1000, index);
  const decimals = decimalsOfRow(books, "Payment", index);
  const isZero = total === 0;
  const holder = depositOf(books, index);
  const held =
    holder === undefined || isZero
      ? ""
      : `{"TxnId":"${idOf(books, "Deposit", holder)}","TxnType":"Deposit"}`;
  const method = bits % Math.max(1, Math.min(4, generatedOf(books, "PaymentMethod")));
  const cash = isZero
    ? ""
    : `"DepositToAccountRef":${names.refTo(books, "Account", names.UNDEPOSITED)},` +
      `"PaymentMethodRef":{"value":"${idOf(books, "PaymentMethod", method)}"},` +
      `"PaymentRefNum":"${paymentRefOf(books, index)}",`;
  const note = isZero ? "Created by QB Online to link credits to charges." : names.memoText(bits);
  const customer = customerOfSale(books, "Payment", index);
  return (
    `{"CustomerRef":${names.refTo(books, "Customer", customer)},${cash}` +
    `"TotalAmt":${money(total, decimals)},` +
    `"UnappliedAmt":${money(paymentUnapplied(books, index), decimals)},` +
    `"ProcessPayment":false,${head(books, "Payment", index)},` +
    `${txnDate(books, "Payment", index)},${currencyOf(books, "Payment", index)}` +
    `${privateNote(books, "Payment", index, note)},"LinkedTxn":[${held}],` +
    `"Line":[${applications.map((one) => paymentLine(books, one, decimals)).join(",")}]}`
  );
}

/** Money from elsewhere: anything, or what a vendor pays back (facts 8). */
function otherLine(books: Books, index: number, number: number): string {
  const vendor = patchOf(books, "Deposit", index)?.vendor;
  const account = vendor === undefined ? names.INCOME : names.PAYABLE;
  const entity =
    vendor === undefined
      ? ""
      : `"Entity":{"value":"${idOf(books, "Vendor", vendor)}",` +
        `"name":"${names.nameOf("Vendor", vendor)}","type":"VENDOR"},`;
  return (
    `{"Id":"${number}","LineNum":${number},"Description":"Refund of a security deposit",` +
    `"Amount":${money(otherDeposit(books, index), decimalsOfRow(books, "Deposit", index))},"DetailType":"DepositLineDetail",` +
    `"DepositLineDetail":{${entity}"AccountRef":${names.refTo(books, "Account", account)},` +
    `"PaymentMethodRef":${names.refTo(books, "PaymentMethod", 1)}}}`
  );
}

/** A deposit's payload: the payments that it holds, and money from elsewhere. */
export function deposit(books: Books, index: number): string {
  const decimals = decimalsOfRow(books, "Deposit", index);
  const lines = heldBy(books, index).map(
    (paid) =>
      `{"Amount":${money(paymentTotal(books, paid), decimals)},` +
      `"LinkedTxn":[{"TxnId":"${idOf(books, "Payment", paid)}","TxnType":"Payment",` +
      `"TxnLineId":"0"}]}`,
  );
  const rest = otherDeposit(books, index);
  if (rest > 0) lines.push(otherLine(books, index, lines.length + 1));
  return (
    `{"DepositToAccountRef":${names.refTo(books, "Account", names.CHECKING)},` +
    `"TotalAmt":${money(depositTotal(books, index), decimals)},${head(books, "Deposit", index)},` +
    `${txnDate(books, "Deposit", index)},${currencyOf(books, "Deposit", index)}` +
    `${privateNote(books, "Deposit", index)},"Line":[${lines.join(",")}]}`
  );
}
