import { rowOf, txnOf, type Books, type Line, type Row, type Txn } from "./books.ts";
import { itemLine, lineOf, priceOf } from "./form.ts";
import { ITEM_KINDS, type ListKind, type TxnKind } from "./kinds.ts";
import { accountsOf } from "./make.ts";
import { depositLine } from "./make-ledger.ts";
import { BooksRefused } from "./refused.ts";
import { dayOf } from "./times.ts";

/** A new record of a list, or what is to change in one. */
export interface RowDraft {
  name?: string;
  /** The id of the parent in the same list. */
  parent?: string;
  isActive?: boolean;
  /** Other elements by their qbXML name: { Phone: "555-1234" }. */
  values?: Record<string, string>;
}

/** A new transaction, or what is to change in one. What is left out stays, or gets a usual value. */
export interface TxnDraft {
  /** The id of the customer, vendor or employee. */
  party?: string;
  /** YYYY-MM-DD */
  date?: string;
  refNumber?: string;
  memo?: string;
  /** Of transactions without lines. */
  totalCents?: number;
  lines?: LineDraft[];
  /** Other elements by their qbXML name: { PONumber: "8000" }. */
  values?: Record<string, string>;
}

export interface LineDraft {
  /** The id of an item of any kind; or of an account; or a transaction that a deposit takes. */
  item?: string;
  account?: string;
  source?: { kind: "ReceivePayment" | "SalesReceipt"; id: string };
  text?: string;
  /** Pieces, or minutes of a time record. */
  quantity?: number;
  rateCents?: number;
  amountCents?: number;
  isDebit?: boolean;
  /** Whose account a journal line is on. */
  party?: { kind: "Customer" | "Vendor"; id: string };
}

const VENDORS: readonly TxnKind[] = [
  "PurchaseOrder",
  "Bill",
  "BillPaymentCheck",
  "BillPaymentCreditCard",
  "VendorCredit",
  "Check",
  "CreditCardCharge",
];
const NOBODY: readonly TxnKind[] = ["JournalEntry", "Deposit", "Transfer", "InventoryAdjustment"];

/** In which list the party of a transaction stands; undefined where there is none. */
export function partyKind(kind: TxnKind): "Customer" | "Vendor" | "Employee" | undefined {
  if (VENDORS.includes(kind)) return "Vendor";
  if (NOBODY.includes(kind)) return undefined;
  return kind === "TimeTracking" ? "Employee" : "Customer";
}

/** A record of a list by its id. Throws BooksRefused 3140. */
export function reference(books: Books, kind: ListKind, id: string): Row {
  const row = rowOf(books, kind, id);
  if (row !== undefined) return row;
  throw new BooksRefused(3140, `There is an invalid reference to QuickBooks ${kind} "${id}".`);
}

function itemOf(books: Books, id: string): Row {
  const found = ITEM_KINDS.map((kind) => rowOf(books, kind, id)).find((row) => row !== undefined);
  return found ?? reference(books, "ItemService", id);
}

function lineFrom(books: Books, draft: LineDraft): Line {
  if (draft.source !== undefined) {
    const source = txnOf(books, draft.source.kind, draft.source.id);
    if (source === undefined || source.deposit !== null) {
      throw new BooksRefused(3140, "There is no such payment to deposit.");
    }
    return depositLine(source);
  }
  const hundredths = Math.round((draft.quantity ?? 1) * 100);
  if (draft.item !== undefined) {
    const item = itemOf(books, draft.item);
    const line = itemLine(item, hundredths, draft.rateCents ?? priceOf(item));
    line.amountCents = draft.amountCents ?? line.amountCents;
    line.text = draft.text ?? line.text;
    return line;
  }
  const { expenses } = accountsOf(books);
  const { party } = draft;
  return lineOf({
    party: party === undefined ? null : reference(books, party.kind, party.id),
    account: draft.account === undefined ? expenses : reference(books, "Account", draft.account),
    text: draft.text ?? "",
    amountCents: draft.amountCents ?? 0,
    isDebit: draft.isDebit ?? false,
  });
}

/** The lines of a draft; times count in minutes. */
export function linesFrom(books: Books, kind: TxnKind, drafts: readonly LineDraft[]): Line[] {
  const lines = drafts.map((draft) => lineFrom(books, draft));
  if (kind !== "TimeTracking") return lines;
  return lines.map((line) => ({ ...line, quantity: Math.round(line.quantity / 100) }));
}

/** Puts everything of a draft but its lines into a transaction. Throws BooksRefused. */
export function fillHead(books: Books, txn: Txn, draft: TxnDraft): void {
  const who = partyKind(txn.kind);
  if (draft.party !== undefined && who !== undefined) {
    txn.party = reference(books, who, draft.party);
  }
  if (draft.date !== undefined) {
    const day = dayOf(draft.date);
    if (day === undefined)
      throw new BooksRefused(3020, "There was an error when converting the date value.");
    txn.dueDay += day - txn.day;
    txn.day = day;
  }
  txn.refNumber = draft.refNumber ?? txn.refNumber;
  txn.memo = draft.memo ?? txn.memo;
  txn.totalCents = draft.totalCents ?? txn.totalCents;
  Object.assign(txn.values, draft.values);
}

/** Gives a new transaction the accounts that its kind posts to. */
export function fillAccounts(books: Books, txn: Txn): void {
  const accounts = accountsOf(books);
  const { checking, receivable, undeposited, payable, card, expenses, savings } = accounts;
  const pairs: Record<TxnKind, readonly [Row | null, Row | null]> = {
    Invoice: [receivable, null],
    ReceivePayment: [receivable, undeposited],
    CreditMemo: [receivable, null],
    SalesReceipt: [null, undeposited],
    ARRefundCreditCard: [receivable, card],
    Estimate: [null, null],
    SalesOrder: [null, null],
    PurchaseOrder: [null, null],
    Bill: [payable, null],
    BillPaymentCheck: [payable, checking],
    BillPaymentCreditCard: [payable, card],
    VendorCredit: [payable, null],
    Check: [checking, null],
    CreditCardCharge: [card, null],
    JournalEntry: [null, null],
    Deposit: [null, checking],
    Transfer: [checking, savings],
    InventoryAdjustment: [expenses, null],
    TimeTracking: [null, null],
  };
  [txn.account, txn.toAccount] = pairs[txn.kind];
}
