import { json, success, type Answer } from "../answer.ts";
import type { Asked } from "../asked.ts";
import { pacificDay, parseDay } from "../books/time.ts";
import { invalidValue, serviceFault, unsupported } from "../fault-shapes.ts";
import { agingReport } from "./aging.ts";
import { balanceSheet } from "./balance-sheet.ts";
import type { Report, ReportQuestion } from "./report.ts";

/** The reports that are made here, with the parameter that names their day. */
const REPORTS: ReadonlyMap<string, { of: (question: ReportQuestion) => Report; by: string }> =
  new Map([
    [
      "AgedReceivables",
      { of: (question: ReportQuestion) => agingReport(question, "Customer"), by: "report_date" },
    ],
    [
      "AgedPayables",
      { of: (question: ReportQuestion) => agingReport(question, "Vendor"), by: "report_date" },
    ],
    ["BalanceSheet", { of: balanceSheet, by: "end_date" }],
  ]);

/** Answers GET /reports/{Name}. */
export function report({ realm, incoming, now, startedAt }: Asked): Answer {
  const [, name = ""] = incoming.segments;
  const made = REPORTS.get(name);
  if (made === undefined) return serviceFault(unsupported(`report ${name}`), now);
  const date = incoming.url.searchParams.get(made.by) ?? undefined;
  const day = date === undefined ? pacificDay(Math.floor(now / 1000)) : parseDay(date);
  if (day === undefined) {
    return serviceFault(invalidValue("2060", `Invalid date: ${date ?? ""}`), now);
  }
  return success(json(200, made.of({ books: realm.books, day, date, now })).body, 0, startedAt);
}
