import type { Books, Row, Txn } from "../file/books.ts";
import { balanceOf, remainingOf } from "../file/form.ts";
import type { TxnKind } from "../file/kinds.ts";
import { Random } from "../file/random.ts";
import { dayText } from "../file/times.ts";
import type { TxnChange } from "./file-orders.ts";

type Order = TxnChange | undefined;
type Pay = Extract<TxnChange, { do: "pay" }>;
type PaidLine = Pay["lines"][number];
type Credit = NonNullable<PaidLine["credits"]>[number];

const LINES_MAX = 3;
const BACK_DAYS = 500;
const LAST_DAY = 20_750;

/** What a random edit is made from; sales are what customers owe, the others what vendors are owed. */
interface Draw {
  books: Books;
  random: Random;
  isSale: boolean;
}

const oneOf = <T>({ random }: Draw, list: readonly T[]): T | undefined =>
  list.length === 0 ? undefined : random.of(list);

const part = ({ random }: Draw, cents: number): number =>
  random.oneIn(3) ? cents : 1 + random.below(cents);

const owedKind = ({ isSale }: Draw) => (isSale ? ("Invoice" as const) : ("Bill" as const));
const creditKind = ({ isSale }: Draw) =>
  isSale ? ("CreditMemo" as const) : ("VendorCredit" as const);

const open = (draw: Draw): Txn[] =>
  draw.books.txns[owedKind(draw)].filter((txn) => balanceOf(txn) > 0);

function credits(draw: Draw, party: Row | null): Txn[] {
  const side = draw.isSale ? "Customer" : "Vendor";
  const { txns } = draw.books;
  const journals = txns.JournalEntry.filter((entry) => entry.party?.kind === side);
  return [...txns[creditKind(draw)], ...journals].filter(
    (txn) => txn.party === party && remainingOf(txn) > 0,
  );
}

/** A few open documents of somebody. */
function owed(draw: Draw): Txn[] {
  const all = open(draw);
  const first = oneOf(draw, all);
  if (first === undefined) return [];
  const others = all.filter((txn) => txn !== first && txn.party === first.party);
  const start = draw.random.below(Math.max(1, others.length));
  return [first, ...others.slice(start, start + draw.random.below(LINES_MAX))];
}

/** Amounts on documents: money, now and then a discount, and credits where they are wanted. */
function lines(
  draw: Draw,
  documents: readonly Txn[],
  how: "money" | "both" | "credits",
): PaidLine[] {
  const { random } = draw;
  const waiting = how === "money" ? [] : credits(draw, documents[0]?.party ?? null);
  return documents.flatMap((txn): PaidLine[] => {
    let due = balanceOf(txn);
    const set: Credit[] = [];
    const credit = waiting.shift();
    if (credit !== undefined) {
      const cents = part(draw, Math.min(due, remainingOf(credit)));
      due -= cents;
      set.push({ kind: credit.kind as Credit["kind"], id: credit.id, cents });
    }
    const cents = how === "credits" || due === 0 ? 0 : part(draw, due);
    const discountCents =
      cents > 0 && due > cents && random.oneIn(3) ? 1 + random.below(due - cents) : 0;
    if (cents === 0 && set.length === 0) return [];
    return [{ id: txn.id, cents, ...(discountCents > 0 ? { discountCents } : {}), credits: set }];
  });
}

const payKind = ({ isSale, random }: Draw): Pay["kind"] =>
  isSale ? "ReceivePayment" : random.oneIn(3) ? "BillPaymentCreditCard" : "BillPaymentCheck";

const moneyOn = (list: readonly PaidLine[]): number =>
  list.reduce((sum, { cents }) => sum + cents, 0);

const pay = (draw: Draw): Order => {
  const chosen = lines(draw, owed(draw), draw.random.oneIn(2) ? "money" : "both");
  if (chosen.length === 0) return undefined;
  const money = moneyOn(chosen);
  const hasRest = draw.isSale && money > 0 && draw.random.oneIn(3);
  const rest = hasRest ? { totalCents: money + draw.random.below(5000) } : {};
  const date = draw.random.oneIn(3) ? { date: oldDate(draw) } : {};
  return { do: "pay", kind: payKind(draw), lines: chosen, ...rest, ...date };
};

const oldDate = ({ random }: Draw): string => dayText(LAST_DAY - random.below(BACK_DAYS));

/** Sets credits without any money. */
const join = (draw: Draw): Order => {
  const chosen = lines(draw, owed(draw), "credits");
  return chosen.length === 0 ? undefined : { do: "pay", kind: payKind(draw), lines: chosen };
};

/** A payment that pays something. */
function payment(draw: Draw): (Txn & { kind: Pay["kind"] }) | undefined {
  const { txns } = draw.books;
  const all = draw.isSale
    ? txns.ReceivePayment
    : [...txns.BillPaymentCheck, ...txns.BillPaymentCreditCard];
  return oneOf(
    draw,
    all.filter((txn): txn is Txn & { kind: Pay["kind"] } => txn.out.length > 0),
  );
}

const change = (draw: Draw): Order => {
  const txn = payment(draw);
  if (txn === undefined) return undefined;
  const { kind, id } = txn;
  const chosen = txn.out.map(({ to, cents }) => ({ id: to.id, cents: part(draw, cents) }));
  const total = draw.isSale && txn.deposit === null ? { totalCents: moneyOn(chosen) + 100 } : {};
  return { do: "change-payment", kind, id, lines: chosen, ...total };
};

const move = (draw: Draw): Order => {
  const txn = payment(draw);
  const from = txn?.out[0]?.to;
  if (txn === undefined || from === undefined) return undefined;
  const others = open(draw).filter((one) => one !== from && one.party === from.party);
  const to = oneOf(draw, others);
  const { kind, id } = txn;
  return to === undefined ? undefined : { do: "move", kind, id, from: from.id, to: to.id };
};

const backDate = (draw: Draw): Order => {
  const txn = payment(draw);
  if (txn === undefined) return undefined;
  return { do: "edit", kind: txn.kind, id: txn.id, draft: { date: oldDate(draw) } };
};

const undone = ({ random }: Draw, txn: Txn | undefined): Order => {
  if (txn === undefined) return undefined;
  const { kind, id } = txn;
  return random.oneIn(2) ? { do: "void", kind, id } : { do: "delete", kind, id };
};

const undo = (draw: Draw): Order => undone(draw, payment(draw));

const undoOther = (draw: Draw): Order => {
  const { random, books } = draw;
  const kinds: TxnKind[] = [owedKind(draw), creditKind(draw), creditKind(draw)];
  if (random.oneIn(4)) kinds.push("JournalEntry", "ARRefundCreditCard");
  const kind = random.of(kinds);
  return undone(
    draw,
    oneOf(
      draw,
      books.txns[kind].filter(({ totalCents }) => totalCents > 0),
    ),
  );
};

const refund = (draw: Draw): Order => {
  const memo = oneOf(
    draw,
    draw.books.txns.CreditMemo.filter((txn) => remainingOf(txn) > 0),
  );
  if (memo === undefined) return undefined;
  return { do: "refund", id: memo.id, cents: part(draw, remainingOf(memo)) };
};

const deposit = (draw: Draw): Order => {
  const waiting = draw.books.txns.ReceivePayment.filter(
    (txn) => txn.deposit === null && txn.totalCents > 0,
  );
  const txn = oneOf(draw, waiting);
  return txn === undefined ? undefined : { do: "deposit", payments: [txn.id] };
};

/** More to work with, of somebody who owes already. */
const create = (draw: Draw): Order => {
  const { random } = draw;
  const party = oneOf(draw, open(draw))?.party;
  if (party === undefined || party === null) return undefined;
  if (random.oneIn(3)) {
    const side = draw.isSale ? "Customer" : "Vendor";
    return {
      do: "journal-credit",
      party: { kind: side, id: party.id },
      cents: 1 + random.below(20_000),
    };
  }
  const kind = random.oneIn(2) ? owedKind(draw) : creditKind(draw);
  const amounts = [{ amountCents: 1 + random.below(90_000) }];
  return { do: "create", kind, draft: { party: party.id, lines: amounts } };
};

/** Each as often as it stands here. */
const MAKERS: readonly ((draw: Draw) => Order)[] = [
  pay,
  pay,
  pay,
  join,
  join,
  change,
  change,
  move,
  move,
  backDate,
  undo,
  undoOther,
  undoOther,
  refund,
  deposit,
  create,
  create,
];

/** The n-th random order for books as they are now; undefined where the drawn sort cannot be done. */
export function randomOrder(books: Books, seed: number, n: number): Order {
  const random = new Random(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b));
  const draw = { books, random, isSale: !random.oneIn(3) };
  return random.of(MAKERS)(draw);
}
