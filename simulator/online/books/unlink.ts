import type { Application, Books } from "./books.ts";
import { DELETED, generatedOf, idOf, shelfOf } from "./books.ts";
import { partyOf } from "./columns.ts";
import { depositOf } from "./deposits.ts";
import { bump, bury, owe, type Edit } from "./edit.ts";
import type { Kind } from "./kinds.ts";
import {
  CELL_BILL_PAYMENTS,
  billBalance,
  billLinks,
  billPaymentApplications,
  billPaymentTotal,
  cellOfVendorCredit,
  vendorCreditBalance,
} from "./payables.ts";
import {
  CELL_PAYMENTS,
  appliedCash,
  cellOfMemo,
  invoiceBalance,
  invoiceLinks,
  memoRemaining,
  paymentApplications,
  paymentTotal,
} from "./sales.ts";

/** A deletion that QuickBooks would refuse. */
export class CannotDelete extends Error {
  override readonly name = "CannotDelete";
}

const isGone = (books: Books, kind: Kind, index: number): boolean =>
  shelfOf(books, kind).state[index] === DELETED;

/** Gives a document the amount back that a payment had put on it. */
function giveBack(edit: Edit, from: { kind: Kind; index: number }, one: Application): void {
  const { books } = edit;
  const { kind, index, cents } = one;
  if (isGone(books, kind, index)) return;
  if (kind === "CreditMemo") {
    bump(edit, kind, index, { balance: memoRemaining(books, index) + cents });
  } else if (kind === "VendorCredit") {
    bump(edit, kind, index, { balance: vendorCreditBalance(books, index) + cents });
  } else if (kind === "Invoice" || kind === "Bill") {
    const links = kind === "Invoice" ? invoiceLinks(books, index) : billLinks(books, index);
    const balance = kind === "Invoice" ? invoiceBalance(books, index) : billBalance(books, index);
    bump(edit, kind, index, {
      balance: balance + cents,
      links: links.filter((link) => link.kind !== from.kind || link.index !== from.index),
    });
    owe(edit, kind === "Invoice" ? "Customer" : "Vendor", partyOf(books, kind, index), cents);
  }
}

function deletePayment(edit: Edit, index: number): void {
  const { books } = edit;
  const deposit = depositOf(books, index);
  if (deposit !== undefined && paymentTotal(books, index) > 0) {
    const [payment, holder] = [idOf(books, "Payment", index), idOf(books, "Deposit", deposit)];
    throw new CannotDelete(`payment ${payment} is part of deposit ${holder} (6540)`);
  }
  const applications = paymentApplications(books, index);
  bury(edit, "Payment", index);
  for (const one of applications) giveBack(edit, { kind: "Payment", index }, one);
}

function deleteInvoice(edit: Edit, index: number): void {
  const { books } = edit;
  const party = partyOf(books, "Invoice", index);
  const balance = invoiceBalance(books, index);
  const links = invoiceLinks(books, index);
  bury(edit, "Invoice", index);
  owe(edit, "Customer", party, -balance);
  for (const { index: payment } of links) {
    const applications = paymentApplications(books, payment);
    const total = paymentTotal(books, payment);
    if (total === 0) {
      deletePayment(edit, payment);
      continue;
    }
    const rest = applications.filter((one) => one.kind !== "Invoice" || one.index !== index);
    bump(edit, "Payment", payment, { applications: rest, total });
  }
}

function deleteMemo(edit: Edit, index: number): void {
  const { books } = edit;
  const payment = cellOfMemo(index) * CELL_PAYMENTS + 5;
  bury(edit, "CreditMemo", index);
  const isTaken =
    payment < generatedOf(books, "Payment") &&
    !isGone(books, "Payment", payment) &&
    paymentApplications(books, payment).some(
      (one) => one.kind === "CreditMemo" && one.index === index,
    );
  if (isTaken) deletePayment(edit, payment);
}

function deleteBillPayment(edit: Edit, index: number): void {
  const applications = billPaymentApplications(edit.books, index);
  bury(edit, "BillPayment", index);
  for (const one of applications) giveBack(edit, { kind: "BillPayment", index }, one);
}

/** Takes one line out of a bill payment; a payment that would then be nothing goes with it. */
function shrinkBillPayment(edit: Edit, payment: number, gone: { kind: Kind; index: number }): void {
  const { books } = edit;
  const rest = billPaymentApplications(books, payment).filter(
    (one) => one.kind !== gone.kind || one.index !== gone.index,
  );
  const total = appliedCash(rest);
  if (total <= 0) deleteBillPayment(edit, payment);
  else bump(edit, "BillPayment", payment, { applications: rest, total });
}

function deleteBill(edit: Edit, index: number): void {
  const { books } = edit;
  const links = billLinks(books, index);
  const party = partyOf(books, "Bill", index);
  const balance = billBalance(books, index);
  bury(edit, "Bill", index);
  owe(edit, "Vendor", party, -balance);
  for (const link of links) shrinkBillPayment(edit, link.index, { kind: "Bill", index });
}

function deleteVendorCredit(edit: Edit, index: number): void {
  const { books } = edit;
  const payment = cellOfVendorCredit(index) * CELL_BILL_PAYMENTS + 2;
  bury(edit, "VendorCredit", index);
  if (payment >= generatedOf(books, "BillPayment") || isGone(books, "BillPayment", payment)) return;
  const isTaken = billPaymentApplications(books, payment).some(
    (one) => one.kind === "VendorCredit" && one.index === index,
  );
  if (isTaken && billPaymentTotal(books, payment) > 0) {
    shrinkBillPayment(edit, payment, { kind: "VendorCredit", index });
  }
}

/** Deletes a transaction and undoes what it did to others, so that the books still agree. */
export function deleteTransaction(edit: Edit, kind: Kind, index: number): void {
  if (kind === "Payment") deletePayment(edit, index);
  else if (kind === "Invoice") deleteInvoice(edit, index);
  else if (kind === "CreditMemo") deleteMemo(edit, index);
  else if (kind === "Bill") deleteBill(edit, index);
  else if (kind === "BillPayment") deleteBillPayment(edit, index);
  else if (kind === "VendorCredit") deleteVendorCredit(edit, index);
  // What a deposit held loses its link without a trace in its times (facts 10.1).
  else bury(edit, kind, index);
}
