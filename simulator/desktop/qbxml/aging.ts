import type { Books, Row, Txn } from "../file/books.ts";
import { fullName } from "../file/books.ts";
import { balanceOf, remainingOf } from "../file/form.ts";
import { byName } from "../file/make-lists.ts";
import { amount } from "../file/money.ts";
import { localDay } from "../file/times.ts";
import { attribute, leaf, type Ink } from "../render/ink.ts";
import type { Desk } from "./desk.ts";
import { textOf, type XmlElement } from "./document.ts";
import { columnDesc, endOf, refuseFilters, subtitle } from "./report-parts.ts";
import { StatusError } from "./status.ts";

/** Up to so many days late, for every column but the last. */
const BOUNDS = [0, 30, 60, 90];
const TITLES = ["Current", "1 - 30", "31 - 60", "61 - 90", "> 90"];
type Side = "Customer" | "Vendor";

/** Cents by age. */
type Ages = readonly number[];

const NOTHING: Ages = TITLES.map(() => 0);
const sum = (ages: Ages): number => ages.reduce((all, cents) => all + cents, 0);
const added = (one: Ages, other: Ages): Ages => one.map((cents, n) => cents + (other[n] ?? 0));

function bucketOf(daysLate: number): number {
  const found = BOUNDS.findIndex((bound) => daysLate <= bound);
  return found === -1 ? BOUNDS.length : found;
}

/** What every customer or vendor owes or is owed by age, less what waits to be applied. */
function agesOf({ txns }: Books, side: Side, end: number, today: number): Map<Row, Ages> {
  const owed = side === "Customer" ? txns.Invoice : txns.Bill;
  const credits: Txn[] =
    side === "Customer"
      ? [...txns.ReceivePayment, ...txns.CreditMemo]
      : [...txns.BillPaymentCheck, ...txns.BillPaymentCreditCard, ...txns.VendorCredit];
  credits.push(...txns.JournalEntry);
  const found = new Map<Row, number[]>();
  const add = ({ party, day }: Txn, cents: number, due: number): void => {
    if (party?.kind !== side || cents === 0 || day > end) return;
    const ages = found.get(party) ?? [...NOTHING];
    const bucket = bucketOf(today - due);
    ages[bucket] = (ages[bucket] ?? 0) + cents;
    found.set(party, ages);
  };
  for (const txn of owed) add(txn, balanceOf(txn), txn.dueDay);
  for (const txn of credits) add(txn, -remainingOf(txn), txn.day);
  return found;
}

/** Rows of a report as they are numbered. */
class Sheet {
  private text = "";
  count = 0;

  private readonly ink: Ink;
  private readonly side: Side;

  constructor(ink: Ink, side: Side) {
    this.ink = ink;
    this.side = side;
  }

  private cells(label: string, ages: Ages): string {
    const amounts = [...ages, sum(ages)].map(
      (cents, n) => `<ColData colID="${n + 2}" value="${amount(cents)}" />\n`,
    );
    return `<ColData colID="1"${attribute(this.ink, "value", label)} />\n${amounts.join("")}`;
  }

  row(
    name: "DataRow" | "SubtotalRow" | "TotalRow",
    label: string,
    what: { ages: Ages; of?: Row },
  ): void {
    const { ages, of } = what;
    const type = this.side.toLowerCase();
    const data =
      of === undefined
        ? ""
        : `<RowData rowType="${type}"${attribute(this.ink, "value", fullName(of))} />\n`;
    this.text += `<${name} rowNumber="${++this.count}">\n${data}${this.cells(label, ages)}</${name}>\n`;
  }

  title(label: string): void {
    this.text += `<TextRow rowNumber="${++this.count}"${attribute(this.ink, "value", label)} />\n`;
  }

  taken(): string {
    return this.count === 0 ? "" : `<ReportData>\n${this.text}</ReportData>\n`;
  }
}

const jobsOf = (rows: readonly Row[], of: Row): Row[] =>
  rows.filter(({ parent }) => parent === of).sort(byName);

/** Writes a customer with its jobs: jobs stand under their customer, which then has a subtotal. */
function writeParty(sheet: Sheet, rows: readonly Row[], ages: Map<Row, Ages>, party: Row): Ages {
  const own = ages.get(party);
  const jobs = jobsOf(rows, party).filter((job) => hasAny(rows, ages, job));
  if (jobs.length === 0) {
    if (own !== undefined) sheet.row("DataRow", party.name, { ages: own, of: party });
    return own ?? NOTHING;
  }
  sheet.title(party.name);
  let total = own ?? NOTHING;
  for (const job of jobs) total = added(total, writeParty(sheet, rows, ages, job));
  if (own !== undefined) {
    sheet.row("DataRow", `${party.name} - Other`, { ages: own, of: party });
  }
  sheet.row("SubtotalRow", `Total ${party.name}`, { ages: total, of: party });
  return total;
}

const hasAny = (rows: readonly Row[], ages: Map<Row, Ages>, row: Row): boolean =>
  ages.has(row) || jobsOf(rows, row).some((job) => hasAny(rows, ages, job));

/**
 * The inside of ReportRet for ARAgingSummary and APAgingSummary; balances are the present ones, also
 * in a report about an earlier day. Throws StatusError.
 */
export function agingReport({ file }: Desk, request: XmlElement): string {
  const type = textOf(request, "AgingReportType");
  if (type !== "ARAgingSummary" && type !== "APAgingSummary") {
    throw new StatusError(1030, `The report ${type} is not simulated.`);
  }
  refuseFilters(request);
  const side = type === "ARAgingSummary" ? "Customer" : "Vendor";
  const today = localDay(file.now(), file.settings);
  const end = endOf(request, today);
  const isOfToday = textOf(request, "ReportAgingAsOf") === "Today";
  const ages = agesOf(file.books, side, end, isOfToday ? today : end);
  const rows = file.books.rows[side];
  const sheet = new Sheet(file.settings, side);
  let total = NOTHING;
  const tops = rows.filter(({ parent }) => parent === null).sort(byName);
  for (const party of tops) {
    if (hasAny(rows, ages, party)) total = added(total, writeParty(sheet, rows, ages, party));
  }
  if (sheet.count > 0) sheet.row("TotalRow", "TOTAL", { ages: total });
  const titles = [...TITLES, "TOTAL"];
  return (
    leaf("ReportTitle", side === "Customer" ? "A/R Aging Summary" : "A/P Aging Summary") +
    leaf("ReportSubtitle", subtitle(end)) +
    leaf("NumRows", String(sheet.count)) +
    leaf("NumColumns", String(titles.length + 1)) +
    leaf("NumColTitleRows", "1") +
    ["", ...titles].map((title, n) => columnDesc(file.settings, n + 1, title)).join("") +
    sheet.taken()
  );
}
