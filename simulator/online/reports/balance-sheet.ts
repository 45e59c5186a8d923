import { idOf, shelfOf } from "../books/books.ts";
import { accountAt, nameOf, PAYABLE, RECEIVABLE } from "../books/names.ts";
import { accountBalance } from "../books/payload-lists.ts";
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

/** A part of the sheet: rows and their sum in minor units. */
interface Part {
  row: ReportRow;
  units: number;
}

function section(
  question: ReportQuestion,
  [group, title, total]: readonly [string, string, string],
  parts: readonly Part[],
): Part {
  const units = parts.reduce((sum, part) => sum + part.units, 0);
  const row: ReportRow = {
    Header: { ColData: [{ value: title }, { value: "" }] },
    Rows: { Row: parts.map((part) => part.row) },
    Summary: { ColData: [{ value: total }, { value: printed(question, units) }] },
    type: "Section",
    group,
  };
  return { row, units };
}

const line = (question: ReportQuestion, value: string, units: number, id?: string): Part => ({
  row: {
    ColData: [{ value, ...(id === undefined ? {} : { id }) }, { value: printed(question, units) }],
    type: "Data",
  },
  units,
});

const openSum = (question: ReportQuestion, side: "Customer" | "Vendor"): number =>
  [...openAmounts(question, side)].reduce((sum, { units }) => sum + units, 0);

const SIDES: ReadonlyMap<number, "Customer" | "Vendor"> = new Map([
  [RECEIVABLE, "Customer"],
  [PAYABLE, "Vendor"],
]);

/** The accounts of a type; what customers owe and vendors are owed stands on the first of its type alone. */
function accounts(question: ReportQuestion, type: string): Part[] {
  const { books } = question;
  const parts: Part[] = [];
  for (let index = 0; index < shelfOf(books, "Account").size; index++) {
    if (accountAt(index).type !== type) continue;
    const side = SIDES.get(index);
    const isOpen = type === "Accounts Receivable" || type === "Accounts Payable";
    if (isOpen && side === undefined) continue;
    const units = side === undefined ? accountBalance(books, index) : openSum(question, side);
    const name = String(JSON.parse(`"${nameOf("Account", index)}"`));
    parts.push(line(question, name, units, idOf(books, "Account", index)));
  }
  return parts;
}

const LIABILITIES: readonly (readonly [string, string, string])[] = [
  ["AP", "Accounts Payable", "Total Accounts Payable"],
  ["CreditCards", "Credit Cards", "Total Credit Cards"],
];
const ASSETS: readonly (readonly [string, string, string])[] = [
  ["BankAccounts", "Bank Accounts", "Total Bank Accounts"],
  ["AR", "Accounts Receivable", "Total Accounts Receivable"],
  ["OtherCurrentAssets", "Other Current Assets", "Total Other Current Assets"],
];
const TYPES: Readonly<Record<string, string>> = {
  BankAccounts: "Bank",
  AR: "Accounts Receivable",
  OtherCurrentAssets: "Other Current Asset",
  AP: "Accounts Payable",
  CreditCards: "Credit Card",
};

/** BalanceSheet: what is open as it is, other accounts with their balances, and equity as the rest. */
export function balanceSheet(question: ReportQuestion): Report {
  const { day } = question;
  const parts = (list: typeof ASSETS): Part[] =>
    list.map((names) => section(question, names, accounts(question, TYPES[names[0]] ?? "")));
  const current = ["CurrentAssets", "Current Assets", "Total Current Assets"] as const;
  const assets = section(
    question,
    ["TotalAssets", "ASSETS", "TOTAL ASSETS"],
    [section(question, current, parts(ASSETS))],
  );
  const owed = section(
    question,
    ["Liabilities", "Liabilities", "Total Liabilities"],
    [
      section(
        question,
        ["CurrentLiabilities", "Current Liabilities", "Total Current Liabilities"],
        parts(LIABILITIES),
      ),
    ],
  );
  const equity = section(
    question,
    ["Equity", "Equity", "Total Equity"],
    [line(question, "Retained Earnings", assets.units - owed.units)],
  );
  const others = section(
    question,
    ["TotalLiabilitiesAndEquity", "LIABILITIES AND EQUITY", "TOTAL LIABILITIES AND EQUITY"],
    [owed, equity],
  );
  return {
    Header: {
      ...headOf(question, "BalanceSheet"),
      ReportBasis: "Accrual",
      StartPeriod: `${dayText(day).slice(0, 4)}-01-01`,
      EndPeriod: dayText(day),
      SummarizeColumnsBy: "Total",
      Option: [
        { Name: "AccountingStandard", Value: "GAAP" },
        { Name: "NoReportData", Value: "false" },
      ],
    },
    Columns: { Column: [column("", "Account"), column("Total", "Money")] },
    Rows: { Row: [assets.row, others.row] },
  };
}
