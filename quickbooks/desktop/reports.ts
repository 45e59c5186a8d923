import { SaxesParser } from "saxes";

import { addDecimals, isDecimal } from "../../core/money.ts";
import { FaultError } from "../../core/faults.ts";
import type { OpenBalances } from "../source.ts";
import { faultIn, unreadable } from "./faults.ts";
import type { Pc } from "./pc.ts";
import type { Response } from "./reader.ts";
import type { Request } from "./writer.ts";

/** Which accounts of the chart hold what customers owe, and what vendors are owed. */
const ACCOUNT_TYPES = ["AccountsReceivable", "AccountsPayable"] as const;

/**
 * What is open in all by QuickBooks' own reports as of a day, in one message set: the aging summaries,
 * and of the balance sheet by what was earned and owed the accounts of either type. A report that
 * QuickBooks does not let us read says nothing.
 */
export async function readOpenBalances(
  pc: Pc,
  asOf: string,
  signal: AbortSignal,
): Promise<OpenBalances> {
  const period = ["ReportPeriod", [["ToReportDate", asOf] as const]] as const;
  const aging = (type: string): Request => ({
    name: "AgingReportQuery",
    content: [["AgingReportType", type], period],
  });
  const sheet: Request = {
    name: "GeneralSummaryReportQuery",
    content: [
      ["GeneralSummaryReportType", "BalanceSheetStandard"],
      period,
      ["SummarizeColumnsBy", "TotalOnly"],
      ["ReportBasis", "Accrual"],
    ],
  };
  const accounts = (type: string): Request => ({
    name: "AccountQuery",
    content: [
      ["ActiveStatus", "All"],
      ["AccountType", type],
      ["IncludeRetElement", "FullName"],
    ],
  });
  const requests = [aging("ARAgingSummary"), aging("APAgingSummary"), sheet];
  const { responses } = await pc.ask([...requests, ...ACCOUNT_TYPES.map(accounts)], signal, {
    isFresh: true,
  });
  const [receivables, payables, balances, receivable, payable] = responses;
  return {
    aging: { receivables: totalOf(receivables), payables: totalOf(payables) },
    balanceSheet: {
      receivables: sumOfAccounts(balances, receivable),
      payables: sumOfAccounts(balances, payable),
    },
  };
}

/** A row with cells. */
interface Row {
  is: string;
  /** What the row is about, where it is about a record: `account`, and its full name. */
  type: string | null;
  of: string | null;
  cells: (string | null)[];
}

const ROWS = new Set(["DataRow", "SubtotalRow", "TotalRow"]);

/** The rows of a report; null where QuickBooks does not make it, or not for us. */
function rowsOf(response: Response | undefined): Row[] | null {
  if (response === undefined || !isAnswered(response)) return null;
  const text = response.records.find(({ ret }) => ret === "ReportRet")?.text;
  if (text === undefined) return null;
  const rows: Row[] = [];
  const parser = new SaxesParser({ xmlns: false, position: false });
  parser.on("error", (error) => {
    throw unreadable(error.message, error);
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (ROWS.has(name)) rows.push({ is: name, type: null, of: null, cells: [] });
    const row = rows.at(-1);
    if (row === undefined) return;
    if (name === "RowData") {
      row.type = attributes["rowType"] ?? null;
      row.of = attributes["value"] ?? null;
    }
    if (name === "ColData") row.cells.push(attributes["value"] ?? null);
  });
  parser.write(text).close();
  return rows;
}

/** The sum of all; a report without rows is over nothing. */
function totalOf(response: Response | undefined): string | null {
  const rows = rowsOf(response);
  if (rows === null) return null;
  if (rows.length === 0) return "0";
  return amountOf(rows.findLast(({ is }) => is === "TotalRow"));
}

/** The sum of the accounts named; null where the sheet has none of them: rows of nothing are left out of it. */
function sumOfAccounts(sheet: Response | undefined, accounts: Response | undefined): string | null {
  const rows = rowsOf(sheet);
  if (rows === null || accounts === undefined || !isAnswered(accounts)) return null;
  const names = new Set(accounts.records.map(({ fields }) => fields.get("FullName")));
  const amounts = rows
    .filter(({ is, type, of }) => is === "DataRow" && type === "account" && names.has(of ?? ""))
    .map(amountOf);
  const told = amounts.filter((amount) => amount !== null);
  return told.length === 0 || told.length < amounts.length ? null : addDecimals(told);
}

/** The last column. */
function amountOf(row: Row | undefined): string | null {
  const text = row?.cells.at(-1) ?? null;
  return text !== null && isDecimal(text) ? text : null;
}

/** A report that this QuickBooks does not make, or our user may not see, stops no comparison. */
function isAnswered(response: Response): boolean {
  const fault = faultIn(response);
  if (fault === null) return true;
  if (REFUSED.has(fault.kind)) return false;
  throw new FaultError(fault);
}

const REFUSED = new Set(["kind-not-available", "request-refused", "permission-missing"]);
