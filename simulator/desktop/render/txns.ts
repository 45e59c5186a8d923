import type { Books, Txn } from "../file/books.ts";
import { dayText } from "../file/times.ts";
import { inventoryAdjustment, deposit, journalEntry, timeTracking, transfer } from "./ledger.ts";
import { leaf, times, type Ink } from "./ink.ts";
import { billPayment, receivePayment, refund } from "./payments.ts";
import { bill, check, purchaseOrder, vendorCredit } from "./purchases.ts";
import { creditMemo, estimate, invoice, salesOrder, salesReceipt } from "./sales.ts";
import type { TxnKind } from "../file/kinds.ts";
import type { Render, Wanted } from "./wanted.ts";

const RENDERS: Readonly<Record<TxnKind, Render>> = {
  Invoice: invoice,
  ReceivePayment: receivePayment,
  CreditMemo: creditMemo,
  SalesReceipt: salesReceipt,
  ARRefundCreditCard: refund,
  Estimate: estimate,
  SalesOrder: salesOrder,
  PurchaseOrder: purchaseOrder,
  Bill: bill,
  BillPaymentCheck: billPayment,
  BillPaymentCreditCard: billPayment,
  VendorCredit: vendorCredit,
  Check: check,
  CreditCardCharge: check,
  JournalEntry: journalEntry,
  Deposit: deposit,
  Transfer: transfer,
  InventoryAdjustment: inventoryAdjustment,
  TimeTracking: timeTracking,
};

/** A transaction as the inside of its …Ret element. */
export function renderTxn(ink: Ink, books: Books, txn: Txn, wanted: Wanted): string {
  return (
    `<TxnID>${txn.id}</TxnID>\n` +
    times(ink, txn.created, txn.modified) +
    leaf("TxnNumber", String(txn.number)) +
    RENDERS[txn.kind]({ ink, books, txn, wanted, date: leaf("TxnDate", dayText(txn.day)) })
  );
}
