import { FaultError } from "../../core/faults.ts";
import { kindLabel, type RecordKind } from "../../core/record-kinds.ts";

/** One query of qbXML that brings records of a kind. */
export interface DesktopQuery {
  /** Its name without `QueryRq`. */
  name: string;
  /** The elements that hold a record in its answer. */
  rets: readonly string[];
  /** Can QuickBooks hand out its answer in pages (an iterator)? */
  hasIterator: boolean;
  /** The first version of qbXML that has it. */
  since: number;
  /** Lines come only when asked for. */
  lines: boolean;
  /** So do links to other transactions; from this version on, null where it has none. */
  linksSince: number | null;
  /** Can QuickBooks pick out what is not paid yet? */
  paidStatus: boolean;
  /** What ListDeletedQuery and TxnDeletedQuery call it; empty where deletions are not told. */
  deletedTypes: readonly string[];
}

/** Where the columns of a kind come from: the first of these elements that is there. */
export interface DesktopKind {
  family: "list" | "transaction";
  /** Its records lie under one another, and are called Parent:Child. */
  hasParents: boolean;
  queries: readonly DesktopQuery[];
  number: readonly string[];
  party: readonly string[];
  total: readonly string[] | { sum: readonly string[] };
  balance: readonly string[];
  /** What is open where `balance` is not there, unless the record says that it is paid. */
  balanceUnlessPaid: readonly string[];
  /** The elements, one for each, that say what it is applied to or what is applied to it. */
  applied: readonly string[];
}

const list = (name: string, over: Partial<DesktopQuery> = {}): DesktopQuery => ({
  name,
  rets: [`${name}Ret`],
  hasIterator: false,
  since: 1.1,
  lines: false,
  linksSince: null,
  paidStatus: false,
  deletedTypes: [name],
  ...over,
});

const transaction = (name: string, over: Partial<DesktopQuery> = {}): DesktopQuery => ({
  ...list(name),
  hasIterator: true,
  lines: true,
  ...over,
});

const LIST = {
  family: "list",
  hasParents: false,
  number: [],
  total: [],
  balance: [],
  balanceUnlessPaid: [],
  applied: [],
} as const;
const TXN = {
  family: "transaction",
  hasParents: false,
  number: ["RefNumber"],
  balance: [],
  balanceUnlessPaid: [],
  applied: [],
} as const;
const NAME = ["FullName", "Name"] as const;
const CUSTOMER = ["CustomerRef/FullName"] as const;
const VENDOR = ["VendorRef/FullName"] as const;
const PAYEE = ["PayeeEntityRef/FullName"] as const;
const TOTALS = ["TotalAmount"] as const;
const PAID = ["AppliedToTxnRet"] as const;
const LINKS = ["LinkedTxn"] as const;

const ITEM_TYPES = [
  "Service",
  "NonInventory",
  "OtherCharge",
  "Inventory",
  "InventoryAssembly",
  "FixedAsset",
  "Subtotal",
  "Discount",
  "Payment",
  "SalesTax",
  "SalesTaxGroup",
  "Group",
].map((type) => `Item${type}`);

const linked = { linksSince: 2 } as const;

/** Every kind of record that QuickBooks Desktop has. Adding one is a matter of this table. */
export const DESKTOP_KINDS: Partial<Record<RecordKind, DesktopKind>> = {
  customer: {
    ...LIST,
    queries: [list("Customer", { hasIterator: true })],
    party: NAME,
    number: ["AccountNumber"],
    balance: ["Balance"],
  },
  vendor: {
    ...LIST,
    queries: [list("Vendor", { hasIterator: true })],
    party: ["Name"],
    number: ["AccountNumber"],
    balance: ["Balance"],
  },
  employee: { ...LIST, queries: [list("Employee")], party: ["Name"] },
  account: {
    ...LIST,
    hasParents: true,
    queries: [list("Account")],
    party: NAME,
    number: ["AccountNumber"],
    balance: ["Balance"],
  },
  class: { ...LIST, hasParents: true, queries: [list("Class")], party: NAME },
  term: {
    ...LIST,
    queries: [
      list("Terms", {
        rets: ["StandardTermsRet", "DateDrivenTermsRet"],
        deletedTypes: ["StandardTerms", "DateDrivenTerms"],
      }),
    ],
    party: ["Name"],
  },
  payment_method: { ...LIST, queries: [list("PaymentMethod")], party: ["Name"] },
  tax_code: { ...LIST, queries: [list("SalesTaxCode")], party: ["Name"] },
  item: {
    ...LIST,
    queries: [
      list("Item", {
        hasIterator: true,
        rets: ITEM_TYPES.map((type) => `${type}Ret`),
        deletedTypes: ITEM_TYPES,
      }),
    ],
    party: NAME,
  },
  invoice: {
    ...TXN,
    queries: [transaction("Invoice", { ...linked, paidStatus: true })],
    party: CUSTOMER,
    // An invoice says no total of its own.
    total: { sum: ["Subtotal", "SalesTaxTotal"] },
    balance: ["BalanceRemaining"],
    applied: LINKS,
  },
  payment: {
    ...TXN,
    queries: [transaction("ReceivePayment")],
    party: CUSTOMER,
    total: TOTALS,
    balance: ["UnusedPayment"],
    applied: PAID,
  },
  credit_memo: {
    ...TXN,
    queries: [transaction("CreditMemo", linked)],
    party: CUSTOMER,
    total: TOTALS,
    balance: ["CreditRemaining"],
    applied: LINKS,
  },
  sales_receipt: {
    ...TXN,
    queries: [transaction("SalesReceipt")],
    party: CUSTOMER,
    total: TOTALS,
  },
  refund_receipt: {
    ...TXN,
    queries: [transaction("ARRefundCreditCard", { since: 5 })],
    party: CUSTOMER,
    total: TOTALS,
    applied: ["RefundAppliedToTxnRet"],
  },
  estimate: {
    ...TXN,
    queries: [transaction("Estimate", linked)],
    party: CUSTOMER,
    total: TOTALS,
  },
  sales_order: {
    ...TXN,
    queries: [transaction("SalesOrder", { ...linked, since: 2.1 })],
    party: CUSTOMER,
    total: TOTALS,
  },
  purchase_order: {
    ...TXN,
    queries: [transaction("PurchaseOrder", linked)],
    party: VENDOR,
    total: TOTALS,
  },
  bill: {
    ...TXN,
    queries: [transaction("Bill", { ...linked, paidStatus: true })],
    party: VENDOR,
    total: ["AmountDue"],
    balance: ["OpenAmount"],
    balanceUnlessPaid: ["AmountDue"],
    applied: LINKS,
  },
  bill_payment: {
    ...TXN,
    queries: [
      transaction("BillPaymentCheck", { since: 2 }),
      transaction("BillPaymentCreditCard", { since: 2 }),
    ],
    party: PAYEE,
    total: ["Amount"],
    applied: PAID,
  },
  vendor_credit: {
    ...TXN,
    queries: [transaction("VendorCredit", linked)],
    party: VENDOR,
    total: ["CreditAmount"],
    balance: ["OpenAmount"],
    applied: LINKS,
  },
  expense: {
    ...TXN,
    queries: [transaction("Check", { linksSince: 7 }), transaction("CreditCardCharge")],
    party: PAYEE,
    total: ["Amount"],
  },
  journal_entry: { ...TXN, queries: [transaction("JournalEntry")], party: [], total: [] },
  deposit: {
    ...TXN,
    queries: [transaction("Deposit", { since: 2 })],
    party: [],
    total: ["DepositTotal"],
  },
  transfer: {
    ...TXN,
    queries: [transaction("Transfer", { since: 12, lines: false, deletedTypes: [] })],
    party: [],
    total: ["Amount"],
  },
  inventory_adjustment: {
    ...TXN,
    queries: [transaction("InventoryAdjustment", { since: 2 })],
    party: CUSTOMER,
    total: [],
  },
  time_activity: {
    ...TXN,
    queries: [transaction("TimeTracking", { lines: false })],
    number: [],
    party: ["CustomerRef/FullName", "EntityRef/FullName"],
    total: [],
  },
};

/** The element that holds a record's id. */
export const idElement = ({ family }: Pick<DesktopKind, "family">): string =>
  family === "list" ? "ListID" : "TxnID";

/** A kind's row. Throws the fault `kind-not-available` for one that QuickBooks Desktop does not have. */
export function desktopKind(kind: RecordKind): DesktopKind {
  const desktop = DESKTOP_KINDS[kind];
  if (desktop !== undefined) return desktop;
  throw new FaultError({
    kind: "kind-not-available",
    message: `QuickBooks Desktop has no ${kindLabel(kind)}.`,
  });
}

/** Names of transactions that real answers hold and the schema does not know (facts 3.5). */
const NAMES_BESIDE: readonly (readonly [string, RecordKind])[] = [
  ["PaymentReceipt", "payment"],
  ["BillPayment", "bill_payment"],
];

/** Our kind for the name of a transaction (`ReceivePayment`), as links call it. */
export const KIND_OF_TXN: ReadonlyMap<string, RecordKind> = new Map([
  ...(Object.entries(DESKTOP_KINDS) as [RecordKind, DesktopKind][]).flatMap(([kind, { queries }]) =>
    queries.map(({ name }) => [name, kind] as const),
  ),
  ...NAMES_BESIDE,
]);

/** Our kind by what ListDeletedQuery and TxnDeletedQuery call it. */
export const KIND_OF_DELETED: ReadonlyMap<string, RecordKind> = new Map(
  (Object.entries(DESKTOP_KINDS) as [RecordKind, DesktopKind][]).flatMap(([kind, { queries }]) =>
    queries.flatMap(({ deletedTypes }) => deletedTypes.map((type) => [type, kind] as const)),
  ),
);
