import { dayOf } from "../file/times.ts";
import { attribute, type Ink } from "../render/ink.ts";
import { childOf, textOf, type XmlElement } from "./document.ts";
import { StatusError } from "./status.ts";

const MONTHS =
  "January February March April May June July August September October November December".split(
    " ",
  );
/** What a report may be narrowed by, and is not here. */
const FILTERS = [
  "ReportAccountFilter",
  "ReportEntityFilter",
  "ReportItemFilter",
  "ReportClassFilter",
  "ReportTxnTypeFilter",
  "ReportModifiedDateRangeFilter",
  "ReportModifiedDateRangeMacro",
];

/** Throws StatusError for a report that is narrowed. */
export function refuseFilters(request: XmlElement): void {
  const filter = FILTERS.find((name) => childOf(request, name) !== undefined);
  if (filter !== undefined) throw new StatusError(1030, `${filter} is not simulated.`);
}

/** The day that a report is about, as days since 1970. Throws StatusError. */
export function endOf(request: XmlElement, today: number): number {
  const macro = textOf(request, "ReportDateMacro");
  if (macro !== "" && macro !== "Today" && macro !== "All") {
    throw new StatusError(1030, `The date macro ${macro} is not simulated.`);
  }
  const period = childOf(request, "ReportPeriod");
  const text = period === undefined ? "" : textOf(period, "ToReportDate");
  if (text === "") return today;
  const day = dayOf(text);
  if (day !== undefined) return day;
  throw new StatusError(3020, `There was an error when converting the date value "${text}".`);
}

/** A column: the names without a title, amounts by age, or the sum of all. */
export const columnDesc = (ink: Ink, id: number, title: string): string =>
  `<ColDesc colID="${id}" dataType="${title === "" ? "STRTYPE" : "AMTTYPE"}">\n` +
  `<ColTitle titleRow="1"${title === "" ? "" : attribute(ink, "value", title)} />\n` +
  `<ColType>${title === "" ? "Blank" : title === "TOTAL" ? "Total" : "Aging"}</ColType>\n</ColDesc>\n`;

/** "As of June 1, 2026". */
export function subtitle(day: number): string {
  const date = new Date(day * 86_400_000);
  return `As of ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
}
