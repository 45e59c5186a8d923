import { isListKind } from "../file/kinds.ts";
import { BooksRefused } from "../file/refused.ts";
import type { CompanyFile } from "../quickbooks.ts";
import type { ListChange, RandomChanges, TxnChange } from "./file-orders.ts";
import { randomOrder } from "./random-edits.ts";

const TRIES_PER_EDIT = 20;

/** What changes were about, and the random ones as they might have been ordered. */
export interface Changed {
  ids: string[];
  made: TxnChange[];
}

/** Makes changes one after another. Throws BooksRefused; what came before has happened. */
export function changed(
  file: CompanyFile,
  changes: readonly (ListChange | TxnChange | RandomChanges)[],
): Changed {
  const done: Changed = { ids: [], made: [] };
  for (const one of changes) {
    if (one.do === "random") makeRandom(file, one, done);
    else done.ids.push(isOfList(one) ? changeList(file, one) : changeTransactions(file, one));
  }
  return done;
}

/** Makes so many random changes; a draw that cannot be done is another draw. Throws BooksRefused. */
function makeRandom(file: CompanyFile, { seed, edits }: RandomChanges, done: Changed): void {
  let count = 0;
  for (let n = 0; count < edits; n++) {
    if (n >= edits * TRIES_PER_EDIT) {
      throw new BooksRefused(3180, `Only ${count} random changes could be made.`);
    }
    const order = randomOrder(file.books, seed, n);
    if (order === undefined) continue;
    try {
      done.ids.push(changeTransactions(file, order));
    } catch (error) {
      if (!(error instanceof BooksRefused)) throw error;
      continue;
    }
    done.made.push(order);
    count++;
  }
}

const isOfList = (one: ListChange | TxnChange): one is ListChange =>
  "kind" in one && isListKind(one.kind);

function changeList(file: CompanyFile, one: ListChange): string {
  switch (one.do) {
    case "create":
      return file.create(one.kind, one.draft);
    case "edit":
      file.edit(one.kind, one.id, one.draft);
      break;
    case "deactivate":
      file.deactivate(one.kind, one.id);
      break;
    case "delete":
      file.remove(one.kind, one.id);
  }
  return one.id;
}

/** Makes one change and answers the id of the record; of an application, that of the payment. */
function changeTransactions(file: CompanyFile, one: TxnChange): string {
  switch (one.do) {
    case "create":
      return file.create(one.kind, one.draft);
    case "pay": {
      const { do: _do, kind, ...draft } = one;
      return file.pay(kind, draft);
    }
    case "refund":
      return file.refund(one.id, one.cents);
    case "journal-credit":
      return file.journalCredit(one.party, one.cents);
    case "deposit": {
      const lines = one.payments.map((id) => ({
        source: { kind: "ReceivePayment" as const, id },
      }));
      return file.create("Deposit", { lines });
    }
    case "apply":
      file.apply(one.from, one.to, one.cents);
      return one.from.id;
    case "unapply":
      file.unapply(one.from, one.to);
      return one.from.id;
    case "change-payment": {
      const { do: _do, kind, id, ...change } = one;
      file.changePayment({ kind, id }, change);
      break;
    }
    case "move":
      file.moveLine(one, one.from, one.to);
      break;
    case "edit":
      file.edit(one.kind, one.id, one.draft);
      break;
    case "delete":
      file.remove(one.kind, one.id);
      break;
    case "void":
      file.void(one.kind, one.id);
  }
  return one.id;
}
