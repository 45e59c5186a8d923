import type { Books } from "./books.ts";
import type { Kind } from "./kinds.ts";
import * as ledger from "./payload-ledger.ts";
import * as lists from "./payload-lists.ts";
import { deposit, payment } from "./payload-payment.ts";
import * as purchases from "./payload-purchases.ts";
import * as sales from "./payload-sales.ts";

const PAYLOAD: Record<Kind, (books: Books, index: number) => string> = {
  Customer: lists.customer,
  Vendor: lists.vendor,
  Employee: lists.employee,
  Account: lists.account,
  Class: (books, index) => lists.segment(books, "Class", index),
  Department: (books, index) => lists.segment(books, "Department", index),
  Term: lists.term,
  PaymentMethod: lists.paymentMethod,
  TaxCode: lists.taxCode,
  TaxRate: lists.taxRate,
  Item: lists.item,
  Invoice: sales.invoice,
  Payment: payment,
  CreditMemo: sales.creditMemo,
  SalesReceipt: sales.salesReceipt,
  RefundReceipt: sales.refundReceipt,
  Estimate: sales.estimate,
  PurchaseOrder: purchases.purchaseOrder,
  Bill: purchases.bill,
  BillPayment: purchases.billPayment,
  VendorCredit: purchases.vendorCredit,
  Purchase: purchases.purchase,
  JournalEntry: ledger.journalEntry,
  Deposit: deposit,
  Transfer: ledger.transfer,
  InventoryAdjustment: ledger.inventoryAdjustment,
  TimeActivity: ledger.timeActivity,
};

/** One row as QuickBooks answers it, JSON text made by joining strings. */
export const payloadOf = (books: Books, kind: Kind, index: number): string =>
  PAYLOAD[kind](books, index);
