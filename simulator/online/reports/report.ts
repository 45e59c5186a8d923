import { decimal } from "../books/money.ts";
import type { Books } from "../books/books.ts";
import { decimalsOf } from "../books/coins.ts";
import { stamp } from "../books/time.ts";

/** One cell of a report; the first one of a row may name a record. */
export interface Cell {
  value: string;
  id?: string;
}

/** A row with cells, or a section with a header, rows and a sum (XSD Report). */
export interface ReportRow {
  Header?: { ColData: Cell[] };
  Rows?: { Row: ReportRow[] };
  Summary?: { ColData: Cell[] };
  ColData?: Cell[];
  type?: "Section" | "Data";
  group?: string;
}

export interface Report {
  Header: object;
  Columns: { Column: { ColTitle: string; ColType: string }[] };
  Rows: { Row?: ReportRow[] };
}

/** What a report is asked for; days count from 1970. */
export interface ReportQuestion {
  books: Books;
  /** The day that it is about. */
  day: number;
  /** The day as the request gave it; undefined for today. */
  date: string | undefined;
  now: number;
}

/** Minor units of the company's currency as reports print them: always with all decimals. */
export const printed = ({ books }: ReportQuestion, units: number): string =>
  decimal(units, decimalsOf(books.plan.currency));

/** What every header says. */
export const headOf = (
  { books, now }: ReportQuestion,
  name: string,
): { Time: string; ReportName: string; Currency: string } => ({
  Time: stamp(Math.floor(now / 1000)),
  ReportName: name,
  Currency: books.plan.currency,
});

export const column = (ColTitle: string, ColType: string) => ({ ColTitle, ColType });
