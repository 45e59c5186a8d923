import type { Books, Link } from "./books.ts";
import { ACTIVE, idOf, patchOf, shelfOf } from "./books.ts";
import type { SingleChange } from "./changes.ts";
import { columnOf } from "./columns.ts";
import { depositOf } from "./deposits.ts";
import type { Kind } from "./kinds.ts";
import { leftOf, linesOf, type PayerKind } from "./lines.ts";
import { partyOfRow } from "./party.ts";
import { hash } from "./random.ts";
import { dayText } from "./time.ts";

type Order = SingleChange | undefined;
type Maker = (draw: Draw) => Order;
type Line = Extract<SingleChange, { op: "make-payment" }>["lines"][number];

const LINES_MAX = 3;
const BACK_DAYS = 500;

/** What a random edit is made from: books, and numbers that the seed alone decides. */
interface Draw {
  books: Books;
  /** From 0 up to, and without, `limit`. */
  below: (limit: number) => number;
  /** In or out: customers and what they owe, or vendors and what they are owed. */
  payer: PayerKind;
}

const owedKind = ({ payer }: Draw) => (payer === "Payment" ? "Invoice" : "Bill");
const creditKind = ({ payer }: Draw) => (payer === "Payment" ? "CreditMemo" : "VendorCredit");

/** The present rows of a kind that pass a test. */
function rowsOf(books: Books, kind: Kind, isMeant: (index: number) => boolean): number[] {
  const shelf = shelfOf(books, kind);
  const rows: number[] = [];
  for (let index = 0; index < shelf.size; index++) {
    if (shelf.state[index] === ACTIVE && isMeant(index)) rows.push(index);
  }
  return rows;
}

const oneOf = ({ below }: Draw, rows: readonly number[]): number | undefined =>
  rows.length === 0 ? undefined : rows[below(rows.length)];

function openRows({ books }: Draw, kind: Kind): number[] {
  if (kind === "JournalEntry") {
    return rowsOf(books, kind, (index) => leftOf(books, { kind, index }) > 0);
  }
  if (kind === "VendorCredit") {
    return rowsOf(books, kind, (index) => leftOf(books, { kind, index }) > 0);
  }
  const balance = columnOf(books, shelfOf(books, kind), "balance");
  return rowsOf(books, kind, (index) => (balance[index] ?? 0) > 0);
}

/** The credits of a party that something is left of, journal entries of its side among them. */
function creditsOf(draw: Draw, party: number): Link[] {
  const { books, payer } = draw;
  const kind = creditKind(draw);
  const own = openRows(draw, kind).map((index): Link => ({ kind, index }));
  const journals = openRows(draw, "JournalEntry")
    .filter((index) => {
      const patch = patchOf(books, "JournalEntry", index);
      return (payer === "Payment" ? patch?.customer : patch?.vendor) !== undefined;
    })
    .map((index): Link => ({ kind: "JournalEntry", index }));
  return [...own, ...journals].filter((credit) => partyOfRow(books, credit) === party);
}

function lineOf({ books }: Draw, row: Link, cents: number): Line {
  return { entity: row.kind, id: idOf(books, row.kind, row.index), cents } as Line;
}

const part = ({ below }: Draw, cents: number): number =>
  below(3) === 0 ? cents : 1 + below(Math.max(1, cents));

/** A few open documents of somebody, each paid wholly or in part. */
function owedLines(draw: Draw): { lines: Line[]; party: number } | undefined {
  const { books, below } = draw;
  const kind = owedKind(draw);
  const open = openRows(draw, kind);
  const first = oneOf(draw, open);
  if (first === undefined) return undefined;
  const party = partyOfRow(books, { kind, index: first });
  const others = open.filter(
    (index) => index !== first && partyOfRow(books, { kind, index }) === party,
  );
  const start = below(Math.max(1, others.length));
  const chosen = [first, ...others.slice(start, start + below(LINES_MAX))];
  const lines = chosen.map((index) => {
    const row = { kind, index } as const;
    return lineOf(draw, row, part(draw, leftOf(books, row)));
  });
  return { lines, party };
}

/** Credits of a party for so much at most. */
function creditLines(draw: Draw, party: number, most: number): Line[] {
  let left = most;
  const lines: Line[] = [];
  for (const credit of creditsOf(draw, party).slice(0, LINES_MAX - 1)) {
    if (left <= 0) break;
    const cents = part(draw, Math.min(left, leftOf(draw.books, credit)));
    left -= cents;
    lines.push(lineOf(draw, credit, cents));
  }
  return lines;
}

const sumOf = (lines: readonly Line[]): number => lines.reduce((sum, { cents }) => sum + cents, 0);

const pay: Maker = (draw) => {
  const owed = owedLines(draw);
  if (owed === undefined) return undefined;
  const { below, payer } = draw;
  const credits = below(2) === 0 ? creditLines(draw, owed.party, sumOf(owed.lines)) : [];
  const unapplied = payer === "Payment" && below(3) === 0 ? below(5000) : 0;
  const date = below(3) === 0 ? { date: oldDate(draw) } : {};
  return {
    op: "make-payment",
    entity: payer,
    lines: [...owed.lines, ...credits],
    unapplied,
    ...date,
  };
};

/** Joins credits to what is owed, without money. */
const join: Maker = (draw) => {
  const owed = owedLines(draw);
  if (owed === undefined) return undefined;
  const credits = creditLines(draw, owed.party, sumOf(owed.lines));
  let left = sumOf(credits);
  const lines = owed.lines.flatMap((line) => {
    const cents = Math.min(left, line.cents);
    left -= cents;
    return cents > 0 ? [{ ...line, cents }] : [];
  });
  if (lines.length === 0) return undefined;
  return { op: "make-payment", entity: draw.payer, lines: [...lines, ...credits], unapplied: 0 };
};

const oldDate = ({ books, below }: Draw): string =>
  dayText(Math.floor(books.plan.anchor / 86_400) - below(BACK_DAYS));

/** A payment that is neither void nor in a deposit. */
function editable({ books, below, payer }: Draw): Link | undefined {
  const { size } = shelfOf(books, payer);
  const start = below(Math.max(1, size));
  for (let step = 0; step < size; step++) {
    const index = (start + step) % size;
    const isFree = payer === "BillPayment" || depositOf(books, index) === undefined;
    const isThere = shelfOf(books, payer).state[index] === ACTIVE;
    const lines = linesOf(books, { kind: payer, index });
    if (isThere && isFree && lines.length > 0) return { kind: payer, index };
  }
  return undefined;
}

const idOfPayer = ({ books, payer }: Draw, row: Link): string => idOf(books, payer, row.index);

/** Smaller amounts on the lines of a payment; credits shrink with what they were put on. */
const change: Maker = (draw) => {
  const row = editable(draw);
  if (row === undefined) return undefined;
  const { books, payer, below } = draw;
  const before = linesOf(books, { kind: payer, index: row.index });
  const lines = before.map((line) => lineOf(draw, line, part(draw, line.cents)));
  const unapplied = payer === "Payment" ? { unapplied: below(3000) } : {};
  return { op: "change-payment", entity: payer, id: idOfPayer(draw, row), lines, ...unapplied };
};

const move: Maker = (draw) => {
  const row = editable(draw);
  if (row === undefined) return undefined;
  const { books, payer } = draw;
  const kind = owedKind(draw);
  const line = linesOf(books, { kind: payer, index: row.index }).find((one) => one.kind === kind);
  if (line === undefined) return undefined;
  const party = partyOfRow(books, line);
  const others = openRows(draw, kind).filter(
    (index) => index !== line.index && partyOfRow(books, { kind, index }) === party,
  );
  const to = oneOf(draw, others);
  if (to === undefined) return undefined;
  const [from, target] = [idOf(books, kind, line.index), idOf(books, kind, to)];
  return { op: "move-line", entity: payer, id: idOfPayer(draw, row), from, to: target };
};

const backDate: Maker = (draw) => {
  const row = editable(draw);
  if (row === undefined) return undefined;
  return {
    op: "back-date",
    entity: draw.payer,
    id: idOfPayer(draw, row),
    date: oldDate(draw),
  };
};

const undo: Maker = (draw) => {
  const row = editable(draw);
  if (row === undefined) return undefined;
  const id = idOfPayer(draw, row);
  return draw.below(2) === 0
    ? { op: "void", entity: draw.payer, id }
    : { op: "delete", entity: draw.payer, id };
};

const undoCredit: Maker = (draw) => {
  const kind = creditKind(draw);
  const index = oneOf(
    draw,
    rowsOf(draw.books, kind, () => true),
  );
  if (index === undefined) return undefined;
  const id = idOf(draw.books, kind, index);
  return kind === "CreditMemo" && draw.below(2) === 0
    ? { op: "void", entity: kind, id }
    : { op: "delete", entity: kind, id };
};

const undoOwed: Maker = (draw) => {
  const kind = owedKind(draw);
  const index = oneOf(
    draw,
    rowsOf(draw.books, kind, () => true),
  );
  if (index === undefined) return undefined;
  const id = idOf(draw.books, kind, index);
  return kind === "Invoice" && draw.below(2) === 0
    ? { op: "void", entity: kind, id }
    : { op: "delete", entity: kind, id };
};

const refund: Maker = (draw) => {
  const kind = creditKind(draw);
  const index = oneOf(draw, openRows(draw, kind));
  if (index === undefined) return undefined;
  const cents = part(draw, leftOf(draw.books, { kind, index }));
  return { op: "refund", entity: kind, id: idOf(draw.books, kind, index), cents };
};

const deposit: Maker = (draw) => {
  const row = editable({ ...draw, payer: "Payment" });
  if (row === undefined) return undefined;
  return { op: "deposit", payments: [idOf(draw.books, "Payment", row.index)] };
};

const undeposit: Maker = (draw) => {
  const index = oneOf(
    draw,
    rowsOf(draw.books, "Deposit", () => true),
  );
  if (index === undefined) return undefined;
  return { op: "delete", entity: "Deposit", id: idOf(draw.books, "Deposit", index) };
};

/** More to work with, of somebody who owes already. */
const create: Maker = (draw) => {
  const { books, below } = draw;
  const kind = owedKind(draw);
  const index = oneOf(draw, openRows(draw, kind));
  if (index === undefined) return undefined;
  const side = kind === "Invoice" ? "Customer" : "Vendor";
  const party = idOf(books, side, partyOfRow(books, { kind, index }));
  if (below(3) === 0) return { op: "journal-credit", side, party, cents: 1 + below(20_000) };
  const entity = below(2) === 0 ? kind : creditKind(draw);
  const paid = entity === "Invoice" && below(4) === 0 ? { deposit: 1 + below(3000) } : {};
  return { op: "create", entity, party, ...paid };
};

/** Each as often as it stands here. */
const MAKERS: readonly Maker[] = [
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
  undoCredit,
  undoOwed,
  refund,
  deposit,
  undeposit,
  create,
  create,
];

/** The n-th random order for books as they are now; undefined where the drawn sort cannot be done. */
export function randomOrder(books: Books, seed: number, n: number): SingleChange | undefined {
  let draws = 0;
  const below = (limit: number): number => hash(seed, n, draws++) % limit;
  const draw: Draw = { books, below, payer: below(3) === 0 ? "BillPayment" : "Payment" };
  return MAKERS[below(MAKERS.length)]?.(draw);
}
