import type { RecordKind } from "../../core/record-kinds.ts";

/** QuickBooks Online has every kind but the sales order. */
export type OnlineKind = Exclude<RecordKind, "sales_order">;

interface OnlineEntity {
  /** Intuit's name. */
  entity: string;
  /** Lists hide what is inactive unless asked, and are never deleted; transactions have a date. */
  family: "list" | "transaction";
  /** Change data capture carries it (facts 5.1: not TaxCode, not TimeActivity). */
  inChangeFeed: boolean;
  /** The property that holds the number people know. */
  number: string | null;
  /** Where the other party's name stands, first found wins; `Ref` properties hold it under `name`. */
  party: readonly string[];
  total: string | null;
  /** What is still open on it, first found wins. */
  balance: readonly string[];
  /** The condition that picks open documents, for kinds that people need before all others. */
  open: string | null;
}

const list = (entity: string, more: Partial<OnlineEntity> = {}): OnlineEntity => ({
  entity,
  family: "list",
  inChangeFeed: true,
  number: null,
  party: ["DisplayName", "FullyQualifiedName", "Name"],
  total: null,
  balance: [],
  open: null,
  ...more,
});

const transaction = (entity: string, more: Partial<OnlineEntity> = {}): OnlineEntity => ({
  entity,
  family: "transaction",
  inChangeFeed: true,
  number: "DocNumber",
  party: [],
  total: "TotalAmt",
  balance: [],
  open: null,
  ...more,
});

const CUSTOMER = ["CustomerRef"] as const;
const VENDOR = ["VendorRef"] as const;
const OPEN_BALANCE = "Balance > '0'";

/** The one place that says where each kind comes from. A kind added to RECORD_KINDS does not compile without its row. */
export const ONLINE_KINDS: Record<OnlineKind, OnlineEntity> = {
  customer: list("Customer", { balance: ["Balance"] }),
  vendor: list("Vendor", { balance: ["Balance"] }),
  employee: list("Employee"),
  account: list("Account", { number: "AcctNum", balance: ["CurrentBalance"] }),
  class: list("Class"),
  department: list("Department"),
  term: list("Term"),
  payment_method: list("PaymentMethod"),
  tax_code: list("TaxCode", { inChangeFeed: false }),
  item: list("Item", { number: "Sku" }),
  invoice: transaction("Invoice", { party: CUSTOMER, balance: ["Balance"], open: OPEN_BALANCE }),
  payment: transaction("Payment", {
    number: "PaymentRefNum",
    party: CUSTOMER,
    balance: ["UnappliedAmt"],
    open: "UnappliedAmt > '0'",
  }),
  credit_memo: transaction("CreditMemo", {
    party: CUSTOMER,
    balance: ["Balance", "RemainingCredit"],
    open: OPEN_BALANCE,
  }),
  sales_receipt: transaction("SalesReceipt", { party: CUSTOMER, balance: ["Balance"] }),
  refund_receipt: transaction("RefundReceipt", { party: CUSTOMER, balance: ["Balance"] }),
  estimate: transaction("Estimate", { party: CUSTOMER }),
  purchase_order: transaction("PurchaseOrder", { party: VENDOR }),
  bill: transaction("Bill", { party: VENDOR, balance: ["Balance"], open: OPEN_BALANCE }),
  bill_payment: transaction("BillPayment", { party: VENDOR }),
  vendor_credit: transaction("VendorCredit", {
    party: VENDOR,
    balance: ["Balance"],
    open: OPEN_BALANCE,
  }),
  expense: transaction("Purchase", { party: ["EntityRef"] }),
  journal_entry: transaction("JournalEntry", { total: null }),
  deposit: transaction("Deposit"),
  transfer: transaction("Transfer", { number: null, total: "Amount" }),
  inventory_adjustment: transaction("InventoryAdjustment", { total: null }),
  time_activity: transaction("TimeActivity", {
    number: null,
    total: null,
    inChangeFeed: false,
    party: ["CustomerRef", "EmployeeRef", "VendorRef"],
  }),
};

/** Is this a kind that QuickBooks Online has? */
export const isOnlineKind = (kind: RecordKind): kind is OnlineKind => kind in ONLINE_KINDS;

/** Our kind for Intuit's name, or null. */
export const kindOfEntity = (entity: string): OnlineKind | null =>
  KIND_OF_ENTITY.get(entity) ?? null;

const KIND_OF_ENTITY = new Map(
  Object.entries(ONLINE_KINDS).map(([kind, { entity }]) => [entity, kind as OnlineKind]),
);
