import type { Txn } from "./books.ts";
import { blankTxn, lineOf, sumUp } from "./form.ts";
import { dayAt, laterDay, put, takeRef, type Making } from "./make-sales.ts";
import { memoText } from "./names.ts";

const DEPOSITED_MAX = 4;

/** Deposits take payments and receipts out of undeposited funds; one without any has cash in it. */
function deposits(making: Making): void {
  const { books, plan, random, accounts } = making;
  const waiting = [...books.txns.ReceivePayment, ...books.txns.SalesReceipt]
    .filter(({ toAccount, totalCents }) => toAccount === accounts.undeposited && totalCents > 0)
    .sort((one, other) => one.day - other.day);
  let next = 0;
  for (let index = 0; index < plan.Deposit; index++) {
    const sources = waiting.slice(next, next + 1 + random.below(DEPOSITED_MAX));
    next += sources.length;
    const day = sources.reduce(
      (last, { day: one }) => Math.max(last, one),
      dayAt(making, index, plan.Deposit),
    );
    const deposit = blankTxn(
      "Deposit",
      random.bits(),
      sources.length === 0 ? day : laterDay(making, sources.at(-1)?.day ?? day),
    );
    deposit.toAccount = accounts.checking;
    deposit.memo = "Deposit";
    deposit.lines = sources.map((source) => depositLine(source));
    if (sources.length === 0) {
      deposit.lines.push(
        lineOf({ account: accounts.savings, amountCents: 100 + random.below(90_000) }),
      );
    }
    for (const source of sources) source.deposit = deposit;
    sumUp(deposit);
    put(making, deposit);
  }
}

export const depositLine = (source: Txn) =>
  lineOf({
    source,
    party: source.party,
    account: source.toAccount,
    amountCents: source.totalCents,
  });

function journals(making: Making): void {
  const { books, plan, random, accounts } = making;
  for (let index = 0; index < plan.JournalEntry; index++) {
    const entry = blankTxn("JournalEntry", random.bits(), dayAt(making, index, plan.JournalEntry));
    const cents = 1000 + random.below(500_000);
    const half = Math.floor(cents / 3);
    const text = memoText(entry.bits);
    entry.refNumber = takeRef(books);
    entry.lines = [
      lineOf({ account: accounts.expenses, amountCents: half, isDebit: true, text }),
      lineOf({ account: accounts.savings, amountCents: cents - half, isDebit: true, text }),
      lineOf({ account: accounts.checking, amountCents: cents, text }),
    ];
    sumUp(entry);
    put(making, entry);
  }
}

/** Money and goods that move within the company, and the time that people spend. */
export function makeLedger(making: Making): void {
  const { books, plan, random, accounts } = making;
  deposits(making);
  journals(making);
  for (let index = 0; index < plan.Transfer; index++) {
    const transfer = blankTxn("Transfer", random.bits(), dayAt(making, index, plan.Transfer));
    transfer.account = accounts.checking;
    transfer.toAccount = accounts.savings;
    transfer.memo = "Funds Transfer";
    transfer.totalCents = 10_000 * (1 + random.below(50));
    put(making, transfer);
  }
  for (let index = 0; index < plan.InventoryAdjustment; index++) {
    const day = dayAt(making, index, plan.InventoryAdjustment);
    const adjustment = blankTxn("InventoryAdjustment", random.bits(), day);
    const item = random.of(books.rows.ItemInventory);
    const pieces = random.below(9) - 4;
    adjustment.account = accounts.expenses;
    adjustment.refNumber = takeRef(books);
    adjustment.lines = [lineOf({ item, quantity: 100 * pieces, amountCents: 1250 * pieces })];
    put(making, adjustment);
  }
  for (let index = 0; index < plan.TimeTracking; index++) {
    const time = blankTxn("TimeTracking", random.bits(), dayAt(making, index, plan.TimeTracking));
    const item = random.of(books.rows.ItemService);
    time.party = random.of(books.rows.Employee);
    time.class = random.oneIn(4) ? random.of(books.rows.Class) : null;
    time.lines = [
      lineOf({
        item,
        party: random.of(books.rows.Customer),
        quantity: 15 * (1 + random.below(40)),
      }),
    ];
    time.memo = memoText(time.bits);
    put(making, time);
  }
}
