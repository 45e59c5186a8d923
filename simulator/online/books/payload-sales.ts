import type { Books } from "./books.ts";
import { DELETED, generatedOf, idOf, isGenerated, patchOf, shelfOf } from "./books.ts";
import { dueOf } from "./columns.ts";
import { docNumberOf } from "./numbers.ts";
import type { Kind } from "./kinds.ts";
import { kindNumber } from "./kinds.ts";
import { money, plain } from "./money.ts";
import * as names from "./names.ts";
import { head, privateNote, txnDate } from "./payload-head.ts";
import { hash } from "./random.ts";
import { DISCOUNT_PERCENT, formOf, salesForm, type SalesForm } from "./sales-form.ts";
import {
  customerOfSale,
  invoiceBalance,
  invoiceLinks,
  isVoided,
  memoRemaining,
  memoTotal,
} from "./sales.ts";
import { dayText } from "./time.ts";

const INVOICES_PER_ESTIMATE = 50;
const ESTIMATE_OFFSET = 3;

/** The invoice that an estimate became: every fiftieth. */
const invoiceOfEstimate = (index: number): number =>
  index * INVOICES_PER_ESTIMATE + ESTIMATE_OFFSET;

const isThere = (books: Books, kind: Kind, index: number): boolean =>
  index >= 0 && isGenerated(books, kind, index) && shelfOf(books, kind).state[index] !== DELETED;

function saleLines(books: Books, form: SalesForm, isVoid: boolean): string {
  const taxable = form.tax > 0 ? "TAX" : "NON";
  let text = "";
  for (const [n, line] of form.lines.entries()) {
    const amount = isVoid ? "0" : money(line.amount);
    const numbers = isVoid ? "" : `"UnitPrice":${plain(line.price)},"Qty":${plain(line.quantity)},`;
    text +=
      `{"Id":"${n + 1}","LineNum":${n + 1},"Description":"${names.goodsText(line.bits >>> 3)}",` +
      `"Amount":${amount},"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{` +
      `"ItemRef":${names.refTo(books, "Item", line.item)},${numbers}` +
      `"ItemAccountRef":${names.refTo(books, "Account", names.INCOME)},` +
      `"TaxCodeRef":{"value":"${taxable}"}}},`;
  }
  const subtotal = isVoid ? "0" : money(form.subtotal);
  text += `{"Amount":${subtotal},"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{}}`;
  // A discount follows the sub-total (facts 10.10).
  if (form.discount > 0 && !isVoid) {
    text +=
      `,{"Amount":${money(form.discount)},"DetailType":"DiscountLineDetail",` +
      `"DiscountLineDetail":{"PercentBased":true,"DiscountPercent":${DISCOUNT_PERCENT},` +
      `"DiscountAccountRef":${names.refTo(books, "Account", names.INCOME)}}}`;
  }
  return text;
}

function taxDetail(form: SalesForm, isVoid: boolean): string {
  if (form.tax === 0 || isVoid) return `"TxnTaxDetail":{"TotalTax":0}`;
  const tax = money(form.tax);
  return (
    `"TxnTaxDetail":{"TxnTaxCodeRef":{"value":"2"},"TotalTax":${tax},"TaxLine":[{"Amount":${tax},` +
    `"DetailType":"TaxLineDetail","TaxLineDetail":{"TaxRateRef":{"value":"3"},` +
    `"PercentBased":true,"TaxPercent":8,"NetAmountTaxable":${money(form.subtotal)}}}]}`
  );
}

interface Sheet {
  kind: Kind;
  index: number;
  form: SalesForm;
  customer: number;
  isVoid?: boolean;
  /** Entity's own fields before and behind the common ones; each ends with a comma, or is empty. */
  before?: string;
  links?: string;
  behind?: string;
}

/** What all sales forms share; recordings show this order of fields. */
function salesSheet(books: Books, sheet: Sheet): string {
  const { kind, index, form, customer, isVoid = false } = sheet;
  const bits = hash(books.plan.seed, kindNumber(kind) + 1000, index);
  const total = isVoid ? "0" : money(form.total);
  const crew = bits % 3 === 0 ? `,"StringValue":"Crew ${bits % 12}"` : "";
  const note = names.memoText(bits >>> 9);
  const classRef = bits % 5 === 0 ? `"ClassRef":${classOf(books, bits)},` : "";
  const memo = names.memoText(bits);
  return (
    `{${sheet.before ?? ""}${head(books, kind, index)},` +
    `"CustomField":[{"DefinitionId":"1","Name":"Crew #","Type":"StringType"${crew}}],` +
    `"DocNumber":"${docNumberOf(kind, index)}",${txnDate(books, kind, index)},` +
    `${names.currency(books)}${privateNote(books, kind, index, isVoid ? "Voided" : note)},` +
    `${sheet.links ?? ""}"Line":[${saleLines(books, form, isVoid)}],${taxDetail(form, isVoid)},` +
    `"CustomerRef":${names.refTo(books, "Customer", customer)},` +
    (memo === "" ? "" : `"CustomerMemo":{"value":"${memo}"},`) +
    `"BillAddr":${names.address(2 * customer + 2, bits)},` +
    `"ShipAddr":${names.address(2 * customer + 3, bits >>> 2)},${classRef}` +
    `"TotalAmt":${total},"ApplyTaxAfterDiscount":false,"PrintStatus":"NeedToPrint",` +
    `"EmailStatus":"NotSet"${sheet.behind ?? ""}}`
  );
}

const classOf = (books: Books, bits: number): string =>
  names.refTo(books, "Class", bits % Math.max(1, generatedOf(books, "Class")));

const depositTo = (books: Books): string =>
  `"DepositToAccountRef":${names.refTo(books, "Account", names.UNDEPOSITED)}`;

const email = (customer: number): string =>
  `,"BillEmail":{"Address":"books+${customer}@example.com"}`;

/** An invoice's payload. */
export function invoice(books: Books, index: number): string {
  const isVoid = isVoided(books, index);
  const customer = customerOfSale(books, "Invoice", index);
  const links = invoiceLinks(books, index).map(
    (link) => `{"TxnId":"${idOf(books, link.kind, link.index)}","TxnType":"${link.kind}"}`,
  );
  const origin = (index - ESTIMATE_OFFSET) / INVOICES_PER_ESTIMATE;
  if (Number.isInteger(origin) && isThere(books, "Estimate", origin)) {
    links.push(`{"TxnId":"${idOf(books, "Estimate", origin)}","TxnType":"Estimate"}`);
  }
  return salesSheet(books, {
    kind: "Invoice",
    index,
    form: salesForm(books, "Invoice", index),
    customer,
    isVoid,
    before:
      `"AllowIPNPayment":false,"AllowOnlinePayment":false,"AllowOnlineCreditCardPayment":false,` +
      `"AllowOnlineACHPayment":false,`,
    links: `"LinkedTxn":[${links.join(",")}],`,
    behind:
      `${email(customer)},"SalesTermRef":${names.refTo(books, "Term", 2)},` +
      `"DueDate":"${dayText(dueOf(books, "Invoice", index))}",` +
      `"Balance":${money(invoiceBalance(books, index))}`,
  });
}

/** A credit memo's payload; it names no payment that took it up (facts 8.1). */
export function creditMemo(books: Books, index: number): string {
  const total = memoTotal(books, index);
  const own = salesForm(books, "CreditMemo", index);
  const rest = money(memoRemaining(books, index));
  return salesSheet(books, {
    kind: "CreditMemo",
    index,
    form: own.total === total ? own : formOf(books, index, total),
    customer: customerOfSale(books, "CreditMemo", index),
    isVoid: patchOf(books, "CreditMemo", index)?.isVoid === true,
    behind: `,"Balance":${rest},"RemainingCredit":${rest}`,
  });
}

function anyCustomer(books: Books, kind: Kind, index: number): number {
  const customers = Math.max(1, generatedOf(books, "Customer"));
  return hash(books.plan.seed, kindNumber(kind) + 1100, index) % customers;
}

/** Position of the customer of a sales receipt, refund receipt or estimate. */
export function customerOfForm(books: Books, kind: Kind, index: number): number {
  if (kind !== "Estimate") return anyCustomer(books, kind, index);
  const sold = invoiceOfEstimate(index);
  return sold < generatedOf(books, "Invoice")
    ? customerOfSale(books, "Invoice", sold)
    : anyCustomer(books, kind, index);
}

/** A sales receipt's payload. */
export const salesReceipt = (books: Books, index: number): string =>
  salesSheet(books, {
    kind: "SalesReceipt",
    index,
    form: salesForm(books, "SalesReceipt", index),
    customer: customerOfForm(books, "SalesReceipt", index),
    behind:
      `,"Balance":0,"PaymentMethodRef":${names.refTo(books, "PaymentMethod", 1)},` +
      `"PaymentRefNum":"${10_000 + index}",${depositTo(books)}`,
  });

/** A refund receipt's payload. */
export const refundReceipt = (books: Books, index: number): string =>
  salesSheet(books, {
    kind: "RefundReceipt",
    index,
    form: salesForm(books, "RefundReceipt", index),
    customer: customerOfForm(books, "RefundReceipt", index),
    behind: `,"Balance":0,${depositTo(books)}`,
  });

/** An estimate's payload; one that became an invoice is closed and names it. */
export function estimate(books: Books, index: number): string {
  const sold = invoiceOfEstimate(index);
  const isSold = isGenerated(books, "Estimate", index) && isThere(books, "Invoice", sold);
  const link = isSold ? `{"TxnId":"${idOf(books, "Invoice", sold)}","TxnType":"Invoice"}` : "";
  const customer = customerOfForm(books, "Estimate", index);
  return salesSheet(books, {
    kind: "Estimate",
    index,
    form: salesForm(books, "Estimate", index),
    customer,
    links: `"TxnStatus":"${isSold ? "Closed" : "Pending"}","LinkedTxn":[${link}],`,
    behind: email(customer),
  });
}
