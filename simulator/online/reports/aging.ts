import { idOf } from "../books/books.ts";
import { nameOf } from "../books/names.ts";
import { dayText } from "../books/time.ts";
import { openAmounts } from "./open.ts";
import {
  column,
  headOf,
  printed,
  type Report,
  type ReportQuestion,
  type ReportRow,
} from "./report.ts";

/** Up to so many days late, for every column but the last. */
const BOUNDS = [0, 30, 60, 90];
const TITLES = ["Current", "1 - 30", "31 - 60", "61 - 90", "91 and over"];

function bucketOf(daysLate: number): number {
  const found = BOUNDS.findIndex((bound) => daysLate <= bound);
  return found === -1 ? BOUNDS.length : found;
}

const sumOf = (units: readonly number[]): number => units.reduce((sum, one) => sum + one, 0);

/** Amounts by age and their sum; a column without any stays empty. */
const cells = (question: ReportQuestion, units: readonly number[]) => [
  ...units.map((one) => ({ value: one === 0 ? "" : printed(question, one) })),
  { value: printed(question, sumOf(units)) },
];

/** AgedReceivables or AgedPayables: by customer or vendor, and by how late it is. */
export function agingReport(question: ReportQuestion, side: "Customer" | "Vendor"): Report {
  const { books, day, date } = question;
  const byParty = new Map<number, number[]>();
  for (const { party, units, due } of openAmounts(question, side)) {
    const ages = byParty.get(party) ?? TITLES.map(() => 0);
    const bucket = bucketOf(day - due);
    ages[bucket] = (ages[bucket] ?? 0) + units;
    byParty.set(party, ages);
  }
  const rows = [...byParty]
    .filter(([, ages]) => ages.some((units) => units !== 0))
    .map(([party, ages]) => ({ name: String(JSON.parse(`"${nameOf(side, party)}"`)), party, ages }))
    .sort((one, other) => one.name.localeCompare(other.name));
  const total = TITLES.map((_, n) => sumOf(rows.map(({ ages }) => ages[n] ?? 0)));
  const lines: ReportRow[] = rows.map(({ name, party, ages }) => ({
    ColData: [{ value: name, id: idOf(books, side, party) }, ...cells(question, ages)],
  }));
  const grand: ReportRow = {
    Summary: { ColData: [{ value: "TOTAL" }, ...cells(question, total)] },
    type: "Section",
    group: "GrandTotal",
  };
  return {
    Header: {
      ...headOf(question, side === "Customer" ? "AgedReceivables" : "AgedPayables"),
      ...(date === undefined ? { DateMacro: "today" } : {}),
      StartPeriod: dayText(day),
      EndPeriod: dayText(day),
      Option: [
        { Name: "report_date", Value: dayText(day) },
        { Name: "NoReportData", Value: String(lines.length === 0) },
      ],
    },
    Columns: {
      Column: [column("", side), ...[...TITLES, "Total"].map((title) => column(title, "Money"))],
    },
    Rows: lines.length === 0 ? {} : { Row: [...lines, grand] },
  };
}
