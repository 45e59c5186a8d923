import type { Application, Books, Txn } from "../file/books.ts";
import { balanceOf, remainingOf } from "../file/form.ts";
import type { TxnKind } from "../file/kinds.ts";
import { amount } from "../file/money.ts";

/** Kinds as the product's API calls them, of everything that owes or gives. */
const KIND_TEXTS: Partial<Record<TxnKind, string>> = {
  Invoice: "invoice",
  ReceivePayment: "payment",
  CreditMemo: "credit_memo",
  ARRefundCreditCard: "refund_receipt",
  Bill: "bill",
  BillPaymentCheck: "bill_payment",
  BillPaymentCreditCard: "bill_payment",
  VendorCredit: "vendor_credit",
  JournalEntry: "journal_entry",
};

const OWED: readonly TxnKind[] = ["Invoice", "Bill"];

const textOf = ({ kind }: Txn): string => KIND_TEXTS[kind] ?? kind;

interface Applied {
  fromKind: string;
  fromId: string;
  toKind: string;
  toId: string;
  amount: string;
  /** Beside the amount. */
  discount?: string;
}

interface DocumentState {
  kind: string;
  id: string;
  total: string;
  /** What is owed, unapplied or left of a credit. */
  balance: string;
  customerOrVendor: string | null;
  partyKind: string | null;
}

const row = ({ from, to, cents, discountCents }: Application): Applied => ({
  fromKind: textOf(from),
  fromId: from.id,
  toKind: textOf(to),
  toId: to.id,
  amount: amount(cents),
  ...(discountCents === 0 ? {} : { discount: amount(discountCents) }),
});

const stateOf = (txn: Txn): DocumentState => ({
  kind: textOf(txn),
  id: txn.id,
  total: amount(txn.totalCents),
  balance: amount(OWED.includes(txn.kind) ? balanceOf(txn) : remainingOf(txn)),
  customerOrVendor: txn.party?.id ?? null,
  // Ids repeat between the two lists.
  partyKind: txn.party?.kind.toLowerCase() ?? null,
});

/** A journal entry counts where it gives credit to somebody. */
const counts = ({ kind, party }: Txn): boolean => kind !== "JournalEntry" || party !== null;

/** What applies now and what is open of every document, from the books and not from answers. */
export function applications({ txns }: Books): {
  applications: Applied[];
  documents: DocumentState[];
} {
  const kinds = Object.keys(KIND_TEXTS) as TxnKind[];
  const all = kinds.flatMap((kind) => txns[kind].filter(counts));
  return {
    applications: all.flatMap(({ out }) => out.map(row)),
    documents: all.map(stateOf),
  };
}
