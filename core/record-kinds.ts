/** Every kind of record, in the order of a sync: lists first, then transactions by how soon people need them. */
export const RECORD_KINDS = [
  "customer",
  "vendor",
  "employee",
  "account",
  "class",
  "department",
  "term",
  "payment_method",
  "tax_code",
  "item",
  "invoice",
  "payment",
  "credit_memo",
  "sales_receipt",
  "refund_receipt",
  "estimate",
  "sales_order",
  "purchase_order",
  "bill",
  "bill_payment",
  "vendor_credit",
  "expense",
  "journal_entry",
  "deposit",
  "transfer",
  "inventory_adjustment",
  "time_activity",
] as const;

export type RecordKind = (typeof RECORD_KINDS)[number];

/** Is this text one of our kinds? */
export const isRecordKind = (text: string): text is RecordKind =>
  (RECORD_KINDS as readonly string[]).includes(text);

/** What a person calls this kind: `credit_memo` is "credit memo". */
export const kindLabel = (kind: RecordKind): string => kind.replaceAll("_", " ");

const FIRST_TRANSACTION = RECORD_KINDS.indexOf("invoice");

/** Transactions have a date; the other kinds are lists. */
export const isTransactionKind = (kind: RecordKind): boolean =>
  RECORD_KINDS.indexOf(kind) >= FIRST_TRANSACTION;
