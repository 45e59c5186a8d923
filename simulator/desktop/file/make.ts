import { emptyBooks, txnId, type Books, type Row, type Txn } from "./books.ts";
import { planOf, RECORDS_MAX, RECORDS_MIN, TXN_KINDS } from "./kinds.ts";
import { makeLedger } from "./make-ledger.ts";
import { makeLists } from "./make-lists.ts";
import { makePurchases } from "./make-purchases.ts";
import { makeSales, type Accounts } from "./make-sales.ts";
import { Random } from "./random.ts";
import { DAY_SECONDS } from "./times.ts";

const HISTORY_DAYS = 3 * 365;
/** Lists are typed in before business begins. */
const LISTS_DAYS = 30;
const OPENING_SECONDS = 16 * 3600;
const WORK_SECONDS = 8 * 3600;
/** Every so often a run of transactions comes in by an import, all in one second. */
const IMPORT_EVERY = 300;
const IMPORT_LENGTH = 25;
/** One transaction in so many was touched by the same mass edit. */
const MASS_EDIT_ONE_IN = 33;
const EDITED_ONE_IN = 4;

export interface Recipe {
  companyName: string;
  ein: string;
  records: number;
  seed: number;
  /** The books end here; seconds since 1970. */
  until: number;
}

/** Makes a company's books; the same recipe always makes the same. */
export function makeBooks({ companyName, ein, records, seed, until }: Recipe): Books {
  if (records < RECORDS_MIN || records > RECORDS_MAX) {
    throw new Error(`a company file has ${RECORDS_MIN} to ${RECORDS_MAX} records`);
  }
  const books = emptyBooks(seed, companyName, ein);
  const random = new Random(seed);
  const plan = planOf(records);
  const lastDay = Math.floor(until / DAY_SECONDS) - 1;
  const firstDay = lastDay - HISTORY_DAYS;
  makeLists(books, plan, random, (firstDay - LISTS_DAYS) * DAY_SECONDS + OPENING_SECONDS);
  const { ItemService, ItemNonInventory, ItemInventory } = books.rows;
  const goods = [...ItemService, ...ItemNonInventory, ...ItemInventory];
  const making = { books, plan, random, firstDay, lastDay, accounts: accountsOf(books), goods };
  makeSales(making);
  makePurchases(making);
  makeLedger(making);
  enter(books, random, until);
  return books;
}

/** The accounts that transactions post to. */
export function accountsOf({ rows: { Account } }: Books): Accounts {
  const at = (index: number): Row => {
    const found = Account[index];
    if (found === undefined) throw new Error("a company file needs its first accounts");
    return found;
  };
  return {
    checking: at(0),
    receivable: at(1),
    undeposited: at(2),
    payable: at(3),
    card: at(4),
    expenses: at(8),
    savings: at(9),
  };
}

/** Gives all transactions their times, ids and numbers, in the order of their entry. */
function enter(books: Books, random: Random, until: number): void {
  const all = TXN_KINDS.flatMap((kind) => books.txns[kind]);
  for (const txn of all) {
    txn.created = txn.day * DAY_SECONDS + OPENING_SECONDS + random.below(WORK_SECONDS);
  }
  for (const txn of all) {
    const before = [
      ...txn.out.map(({ to }) => to),
      ...txn.lines.flatMap(({ source }) => source ?? []),
    ];
    for (const other of before) txn.created = Math.max(txn.created, other.created + 60);
  }
  all.sort((one, other) => one.created - other.created);
  const massEdit = until - 20 * DAY_SECONDS;
  let imported = 0;
  all.forEach((txn, index) => {
    if (index % IMPORT_EVERY === 0) imported = txn.created;
    if (index % IMPORT_EVERY < IMPORT_LENGTH) txn.created = imported;
    txn.modified = txn.created;
    if (random.oneIn(EDITED_ONE_IN)) txn.modified += random.below(30 * DAY_SECONDS);
    if (random.oneIn(MASS_EDIT_ONE_IN) && txn.created < massEdit) txn.modified = massEdit;
    txn.modified = Math.min(txn.modified, until - 1);
    number(books, txn);
  });
  for (const kind of TXN_KINDS) {
    books.txns[kind].sort((one, other) => one.serial - other.serial);
    for (const txn of books.txns[kind]) books.byId[kind].set(txn.id, txn);
  }
}

/** Gives a transaction and its lines the next ids: the first line has the transaction's plus two. */
export function number(books: Books, txn: Txn): void {
  txn.serial = books.nextTxnSerial;
  txn.id = txnId(txn.serial, txn.created);
  txn.number = books.nextTxnNumber++;
  txn.lines.forEach((line, index) => {
    line.serial = txn.serial + 2 + index;
    line.created = txn.created;
  });
  books.nextTxnSerial = txn.serial + 3 + txn.lines.length;
}
