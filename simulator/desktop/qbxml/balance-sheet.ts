import { fullName, type Books, type Row, type Txn } from "../file/books.ts";
import { balanceOf, remainingOf } from "../file/form.ts";
import { byName } from "../file/make-lists.ts";
import { amount } from "../file/money.ts";
import { localDay } from "../file/times.ts";
import { attribute, leaf, type Ink } from "../render/ink.ts";
import type { Desk } from "./desk.ts";
import { textOf, type XmlElement } from "./document.ts";
import { columnDesc, endOf, refuseFilters, subtitle } from "./report-parts.ts";
import { StatusError } from "./status.ts";

/** What is open on every account up to a day, in cents. */
function openByAccount({ txns }: Books, end: number): Map<Row, number> {
  const open = new Map<Row, number>();
  const add = ({ account, day }: Txn, cents: number): void => {
    if (account === null || cents === 0 || day > end) return;
    open.set(account, (open.get(account) ?? 0) + cents);
  };
  for (const txn of [...txns.Invoice, ...txns.Bill]) add(txn, balanceOf(txn));
  const payments = [txns.ReceivePayment, txns.BillPaymentCheck, txns.BillPaymentCreditCard];
  const credits = [txns.CreditMemo, txns.VendorCredit, txns.JournalEntry];
  for (const txn of [...payments, ...credits].flat()) add(txn, -remainingOf(txn));
  return open;
}

/** Rows of a sheet as they are numbered. */
class Sheet {
  text = "";
  count = 0;

  private readonly ink: Ink;

  constructor(ink: Ink) {
    this.ink = ink;
  }

  title(label: string): void {
    this.text += `<TextRow rowNumber="${++this.count}"${attribute(this.ink, "value", label)} />\n`;
  }

  row(is: "DataRow" | "SubtotalRow" | "TotalRow", label: string, cents: number, of?: Row): void {
    const data =
      of === undefined
        ? ""
        : `<RowData rowType="account"${attribute(this.ink, "value", fullName(of))} />\n`;
    this.text +=
      `<${is} rowNumber="${++this.count}">\n${data}` +
      `<ColData colID="1"${attribute(this.ink, "value", label)} />\n` +
      `<ColData colID="2" value="${amount(cents)}" />\n</${is}>\n`;
  }
}

/**
 * The inside of ReportRet for BalanceSheetStandard: receivables and payables by account, those with
 * nothing on them left out, and equity as the rest; other accounts have no balance here. Balances are the
 * present ones, also in a report about an earlier day. Throws StatusError.
 */
export function balanceSheet({ file }: Desk, request: XmlElement): string {
  const type = textOf(request, "GeneralSummaryReportType");
  if (type !== "BalanceSheetStandard") {
    throw new StatusError(1030, `The report ${type} is not simulated.`);
  }
  refuseFilters(request);
  const columns = textOf(request, "SummarizeColumnsBy");
  if (columns !== "" && columns !== "TotalOnly") {
    throw new StatusError(1030, `Columns by ${columns} are not simulated.`);
  }
  const { settings, books } = file;
  const end = endOf(request, localDay(file.now(), settings));
  const open = openByAccount(books, end);
  const sheet = new Sheet(settings);
  const section = (accountType: string, title: string): number => {
    const rows = books.rows.Account.filter(
      (row) => row.values["AccountType"] === accountType && open.has(row),
    );
    if (rows.length === 0) return 0;
    sheet.title(title);
    for (const row of rows.sort(byName)) sheet.row("DataRow", row.name, open.get(row) ?? 0, row);
    const total = rows.reduce((sum, row) => sum + (open.get(row) ?? 0), 0);
    sheet.row("SubtotalRow", `Total ${title}`, total);
    return total;
  };
  sheet.title("ASSETS");
  const assets = section("AccountsReceivable", "Accounts Receivable");
  sheet.row("TotalRow", "TOTAL ASSETS", assets);
  sheet.title("LIABILITIES & EQUITY");
  const owed = section("AccountsPayable", "Accounts Payable");
  sheet.row("SubtotalRow", "Total Equity", assets - owed);
  sheet.row("TotalRow", "TOTAL LIABILITIES & EQUITY", assets);
  return (
    leaf("ReportTitle", "Balance Sheet") +
    leaf("ReportSubtitle", subtitle(end)) +
    leaf("ReportBasis", textOf(request, "ReportBasis") || "Accrual") +
    leaf("NumRows", String(sheet.count)) +
    leaf("NumColumns", "2") +
    leaf("NumColTitleRows", "1") +
    columnDesc(settings, 1, "") +
    columnDesc(settings, 2, "TOTAL") +
    `<ReportData>\n${sheet.text}</ReportData>\n`
  );
}
