import type { Books, Link } from "./books.ts";
import { idOf } from "./books.ts";
import { partyOf } from "./columns.ts";
import { depositOf } from "./deposits.ts";
import { bump, bury, owe, type Edit } from "./edit.ts";
import type { Kind } from "./kinds.ts";
import {
  fitted,
  isSame,
  leftOf,
  linesOf,
  moneyOf,
  payersOf,
  settle,
  type Payer,
  type PayerKind,
} from "./lines.ts";
import { ChangeRefused } from "./named.ts";
import { appliedCash } from "./sales.ts";

const isPayer = (kind: Kind): kind is PayerKind => kind === "Payment" || kind === "BillPayment";

/** A payment in a deposit is frozen (facts 7.3, 6540). Throws ChangeRefused. */
export function refuseDeposited(books: Books, kind: Kind, index: number): void {
  if (kind !== "Payment" || moneyOf(books, { kind, index }) === 0) return;
  const deposit = depositOf(books, index);
  if (deposit === undefined) return;
  const [payment, holder] = [idOf(books, "Payment", index), idOf(books, "Deposit", deposit)];
  throw new ChangeRefused(`payment ${payment} is part of deposit ${holder} (6540)`);
}

/**
 * Takes the line about a row, which is gone or void, out of a payment. Money stays: of a payment as
 * unapplied, while a bill payment shrinks. A payment that is nothing any more goes with the line.
 */
function dropLine(edit: Edit, payer: Payer, gone: Link): void {
  const { books } = edit;
  const { kind, index } = payer;
  const rest = linesOf(books, payer).filter((line) => !isSame(line, gone));
  const money = moneyOf(books, payer);
  const applications = fitted(rest, money);
  const total = kind === "Payment" ? money : appliedCash(applications);
  if (applications.length === 0 && total === 0) bury(edit, kind, index);
  else bump(edit, kind, index, { applications, total });
  settle(edit, payer, rest, applications);
}

function stopOwing(edit: Edit, kind: Kind, index: number): void {
  if (kind !== "Invoice" && kind !== "Bill") return;
  const { books } = edit;
  const side = kind === "Invoice" ? "Customer" : "Vendor";
  owe(edit, side, partyOf(books, kind, index), -leftOf(books, { kind, index }));
}

/**
 * Deletes a transaction and undoes what it did to others, so that the books still agree; what a
 * deposit held loses its link without a trace in its times (facts 10.1). Throws ChangeRefused.
 */
export function deleteTransaction(edit: Edit, kind: Kind, index: number): void {
  const { books } = edit;
  if (isPayer(kind)) {
    refuseDeposited(books, kind, index);
    const lines = linesOf(books, { kind, index });
    bury(edit, kind, index);
    settle(edit, { kind, index }, lines, []);
    return;
  }
  const payers = payersOf(books, { kind, index });
  stopOwing(edit, kind, index);
  bury(edit, kind, index);
  for (const payer of payers) dropLine(edit, payer, { kind, index });
}

/** Voids a payment, invoice or credit memo: it stays, with nothing in it (facts 7.1). Throws ChangeRefused. */
export function voidTransaction(
  edit: Edit,
  kind: PayerKind | "Invoice" | "CreditMemo",
  index: number,
): void {
  const { books } = edit;
  const voided = { isVoid: true, note: "Voided" };
  if (isPayer(kind)) {
    refuseDeposited(books, kind, index);
    const lines = linesOf(books, { kind, index });
    bump(edit, kind, index, { ...voided, total: 0, applications: [] });
    settle(edit, { kind, index }, lines, []);
    return;
  }
  const payers = payersOf(books, { kind, index });
  stopOwing(edit, kind, index);
  bump(edit, kind, index, { ...voided, balance: 0, paidOnIt: 0, links: [] });
  for (const payer of payers) dropLine(edit, payer, { kind, index });
}
