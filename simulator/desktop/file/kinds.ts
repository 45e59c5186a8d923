/** The lists of a company file whose records the simulator makes. */
export const LIST_KINDS = [
  "Account",
  "Class",
  "StandardTerms",
  "DateDrivenTerms",
  "PaymentMethod",
  "SalesTaxCode",
  "Vendor",
  "Customer",
  "Employee",
  "ItemService",
  "ItemNonInventory",
  "ItemInventory",
  "ItemOtherCharge",
  "ItemDiscount",
  "ItemSalesTax",
] as const;
export type ListKind = (typeof LIST_KINDS)[number];

/** The transactions of a company file that the simulator makes. */
export const TXN_KINDS = [
  "Invoice",
  "ReceivePayment",
  "CreditMemo",
  "SalesReceipt",
  "ARRefundCreditCard",
  "Estimate",
  "SalesOrder",
  "PurchaseOrder",
  "Bill",
  "BillPaymentCheck",
  "BillPaymentCreditCard",
  "VendorCredit",
  "Check",
  "CreditCardCharge",
  "JournalEntry",
  "Deposit",
  "Transfer",
  "InventoryAdjustment",
  "TimeTracking",
] as const;
export type TxnKind = (typeof TXN_KINDS)[number];
export type Kind = ListKind | TxnKind;

export const isListKind = (kind: string): kind is ListKind =>
  (LIST_KINDS as readonly string[]).includes(kind);

export const isTxnKind = (kind: string): kind is TxnKind =>
  (TXN_KINDS as readonly string[]).includes(kind);

export const ITEM_KINDS = LIST_KINDS.filter((kind) => kind.startsWith("Item"));

export const RECORDS_MIN = 200;
export const RECORDS_MAX = 100_000;

/** Of a thousand records; never fewer than the floor, never more than the ceiling. */
const SHARES: Readonly<Record<Exclude<Kind, "Invoice">, readonly [number, number, number]>> = {
  Account: [20, 20, 120],
  Class: [6, 3, 40],
  StandardTerms: [4, 3, 4],
  DateDrivenTerms: [2, 1, 2],
  PaymentMethod: [7, 4, 7],
  SalesTaxCode: [2, 2, 2],
  Vendor: [30, 6, 4000],
  Customer: [110, 12, 12_000],
  Employee: [8, 3, 300],
  ItemService: [14, 4, 1500],
  ItemNonInventory: [10, 3, 1500],
  ItemInventory: [16, 4, 2500],
  ItemOtherCharge: [3, 1, 20],
  ItemDiscount: [2, 1, 10],
  ItemSalesTax: [2, 1, 10],
  ReceivePayment: [200, 10, RECORDS_MAX],
  CreditMemo: [20, 3, RECORDS_MAX],
  SalesReceipt: [35, 3, RECORDS_MAX],
  ARRefundCreditCard: [4, 1, RECORDS_MAX],
  Estimate: [25, 2, RECORDS_MAX],
  SalesOrder: [15, 2, RECORDS_MAX],
  PurchaseOrder: [15, 2, RECORDS_MAX],
  Bill: [60, 5, RECORDS_MAX],
  BillPaymentCheck: [30, 3, RECORDS_MAX],
  BillPaymentCreditCard: [8, 1, RECORDS_MAX],
  VendorCredit: [6, 1, RECORDS_MAX],
  Check: [30, 2, RECORDS_MAX],
  CreditCardCharge: [20, 2, RECORDS_MAX],
  JournalEntry: [8, 1, RECORDS_MAX],
  Deposit: [30, 2, RECORDS_MAX],
  Transfer: [4, 1, RECORDS_MAX],
  InventoryAdjustment: [4, 1, RECORDS_MAX],
  TimeTracking: [30, 2, RECORDS_MAX],
};

/** How many records of each kind make up `records` in all; invoices are the rest. */
export function planOf(records: number): Record<Kind, number> {
  const entries = Object.entries(SHARES).map(([kind, [share, floor, ceiling]]) => {
    const part = Math.round((records * share) / 1000);
    return [kind, Math.min(ceiling, Math.max(floor, part))] as const;
  });
  const rest = entries.reduce((left, [, count]) => left - count, records);
  return { ...Object.fromEntries(entries), Invoice: rest } as Record<Kind, number>;
}
