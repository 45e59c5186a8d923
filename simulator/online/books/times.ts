import type { Books } from "./books.ts";
import { generatedOf, isGenerated, patchOf } from "./books.ts";
import type { Kind } from "./kinds.ts";
import { isList, kindNumber } from "./kinds.ts";
import {
  CELL_BILLS,
  CELL_BILL_PAYMENTS,
  billLinks,
  billPaymentApplications,
  cellOfBill,
  cellOfBillPayment,
  cellOfVendorCredit,
  payableCells,
} from "./payables.ts";
import { hash } from "./random.ts";
import {
  CELL_INVOICES,
  CELL_PAYMENTS,
  cellOfInvoice,
  cellOfMemo,
  cellOfPayment,
  invoiceLinks,
  memoOfCell,
  paymentApplications,
  salesCells,
} from "./sales.ts";
import { DAY_SECONDS, pacificDay } from "./time.ts";

/** How far back generated books reach, and how long before the anchor they end. */
const YEARS_SECONDS = 5 * 365 * DAY_SECONDS;
const REST_SECONDS = 3600;
/** The hour of `spread: hour`: 10:00 to 11:00 UTC on the day before the anchor. */
const HOUR_BEGINS_BEFORE_ANCHOR = 14 * 3600;
const PAID_WITHIN_DAYS = 40;
const BACKDATED_DAYS = 26;

const startOf = (books: Books): number => books.plan.anchor - YEARS_SECONDS;
const endOf = (books: Books): number => books.plan.anchor - REST_SECONDS;

const bitsOf = (books: Books, kind: Kind, index: number): number =>
  hash(books.plan.seed, kindNumber(kind) + 800, index);

/** A moment on the company's timeline, `part` of `parts`, never past its end. */
function along(books: Books, part: number, parts: number, bits: number): number {
  const span = endOf(books) - startOf(books);
  const at = startOf(books) + Math.floor(((part + 0.5) / Math.max(1, parts)) * span);
  return late(books, at + (bits % (2 * DAY_SECONDS)), startOf(books), bits);
}

function late(books: Books, at: number, earliest: number, bits: number): number {
  const end = endOf(books);
  if (at <= end) return at;
  return Math.max(earliest, end - (bits % DAY_SECONDS));
}

function after(books: Books, earliest: number, bits: number): number {
  const wait = DAY_SECONDS * (1 + (bits % PAID_WITHIN_DAYS)) + (bits % 7919);
  return late(books, earliest + wait, earliest + 1, bits);
}

const createdInvoice = (books: Books, index: number): number =>
  along(books, cellOfInvoice(index), salesCells(books), bitsOf(books, "Invoice", index));

function createdMemo(books: Books, index: number): number {
  const invoice = cellOfMemo(index) * CELL_INVOICES + 5;
  const bits = bitsOf(books, "CreditMemo", index);
  if (!isGenerated(books, "Invoice", invoice)) {
    return along(books, index, generatedOf(books, "CreditMemo"), bits);
  }
  return after(books, createdInvoice(books, invoice), bits);
}

function createdPayment(books: Books, index: number): number {
  const cell = cellOfPayment(index);
  const bits = bitsOf(books, "Payment", index);
  const memo = index % CELL_PAYMENTS === 5 ? memoOfCell(books, cell) : undefined;
  // QuickBooks joins a credit memo to an invoice one second after it is made (facts 8.1).
  if (memo !== undefined) return createdMemo(books, memo) + 1;
  const slot = [0, 6, 3, 4, 4, 5][index % CELL_PAYMENTS] ?? 0;
  return after(books, createdInvoice(books, cell * CELL_INVOICES + slot), bits);
}

const createdBill = (books: Books, index: number): number =>
  along(books, cellOfBill(index), payableCells(books), bitsOf(books, "Bill", index));

function createdBillPayment(books: Books, index: number): number {
  const slot = [0, 2, 3][index % CELL_BILL_PAYMENTS] ?? 0;
  const bill = cellOfBillPayment(index) * CELL_BILLS + slot;
  return after(books, createdBill(books, bill), bitsOf(books, "BillPayment", index));
}

function createdInYears(books: Books, kind: Kind, index: number): number {
  if (kind === "Invoice") return createdInvoice(books, index);
  if (kind === "Payment") return createdPayment(books, index);
  if (kind === "CreditMemo") return createdMemo(books, index);
  if (kind === "Bill") return createdBill(books, index);
  if (kind === "BillPayment") return createdBillPayment(books, index);
  const bits = bitsOf(books, kind, index);
  if (kind === "VendorCredit") {
    return along(books, cellOfVendorCredit(index), payableCells(books), bits);
  }
  return along(books, index, generatedOf(books, kind), bits);
}

/** The last payment that touched a document moved its LastUpdatedTime (facts 5.1, echo). */
function touched(books: Books, kind: Kind, index: number): number {
  if (kind === "Invoice") {
    return invoiceLinks(books, index).reduce(
      (latest, link) => Math.max(latest, createdPayment(books, link.index)),
      0,
    );
  }
  if (kind === "Bill") {
    return billLinks(books, index).reduce(
      (latest, link) => Math.max(latest, createdBillPayment(books, link.index)),
      0,
    );
  }
  if (kind === "CreditMemo") {
    const payment = cellOfMemo(index) * CELL_PAYMENTS + 5;
    const isTaken =
      isGenerated(books, "Payment", payment) &&
      paymentApplications(books, payment).some((one) => one.kind === "CreditMemo");
    return isTaken ? createdPayment(books, payment) : 0;
  }
  if (kind === "VendorCredit") {
    const payment = cellOfVendorCredit(index) * CELL_BILL_PAYMENTS + 2;
    const isTaken =
      isGenerated(books, "BillPayment", payment) &&
      billPaymentApplications(books, payment).some((one) => one.kind === "VendorCredit");
    return isTaken ? createdBillPayment(books, payment) : 0;
  }
  return 0;
}

/** LastUpdatedTime of a generated row, before anything happened at run time. */
export function generatedUpdatedAt(books: Books, kind: Kind, index: number): number {
  const bits = bitsOf(books, kind, index);
  if (books.plan.spread === "hour") {
    return books.plan.anchor - HOUR_BEGINS_BEFORE_ANCHOR + (bits % 3600);
  }
  const created = createdInYears(books, kind, index);
  const edited = bits % 6 === 0 ? after(books, created, bits >>> 3) : created;
  const settled = isList(kind) && bits % 3 === 0 ? along(books, bits % 1000, 1000, bits) : 0;
  return Math.max(edited, settled, touched(books, kind, index));
}

/** CreateTime of a row in seconds. */
export function createdAt(books: Books, kind: Kind, index: number): number {
  const patched = patchOf(books, kind, index)?.createdAt;
  if (patched !== undefined) return patched;
  if (books.plan.spread === "hour") {
    return generatedUpdatedAt(books, kind, index) - (bitsOf(books, kind, index) % 50);
  }
  return createdInYears(books, kind, index);
}

/** How often a payment has settled a part of a document; each is a version of it (facts 5.1). */
function settlements(books: Books, kind: Kind, index: number): number {
  if (kind === "Invoice") return invoiceLinks(books, index).length;
  if (kind === "Bill") return billLinks(books, index).length;
  return (kind === "CreditMemo" || kind === "VendorCredit") && touched(books, kind, index) > 0
    ? 1
    : 0;
}

/** SyncToken of a row; two digits now and then, so that it must be compared as a number. */
export function syncTokenOf(books: Books, kind: Kind, index: number): number {
  const patched = patchOf(books, kind, index)?.syncToken;
  if (patched !== undefined) return patched;
  const bits = bitsOf(books, kind, index);
  if (bits % 97 === 0) return 9 + (bits % 5);
  return settlements(books, kind, index) + (bits % 6 === 0 ? 1 : 0);
}

/** TxnDate as days since 1970: the company's calendar day of entry, sometimes backdated. */
export function dayOf(books: Books, kind: Kind, index: number): number {
  const patch = patchOf(books, kind, index);
  if (patch?.day !== undefined) return patch.day;
  const day = pacificDay(patch?.createdAt ?? createdInYears(books, kind, index));
  const isBackdated = bitsOf(books, kind, index) % 50 === 0;
  return isBackdated ? day - BACKDATED_DAYS : day;
}
