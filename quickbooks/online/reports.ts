import { z } from "zod";

import { faultIn, type FaultKind } from "../../core/faults.ts";
import { isDecimal } from "../../core/money.ts";
import type { OpenBalances } from "../source.ts";
import type { OnlineClient } from "./client.ts";

interface ReportRow {
  group?: string | undefined;
  Summary?: { ColData: { value?: string | undefined }[] } | undefined;
  Rows?: { Row?: ReportRow[] | undefined } | undefined;
}

const Row: z.ZodType<ReportRow> = z.lazy(() =>
  z.object({
    group: z.string().optional(),
    Summary: z.object({ ColData: z.array(z.object({ value: z.string().optional() })) }).optional(),
    Rows: z.object({ Row: z.array(Row).optional() }).optional(),
  }),
);
const Report = z.object({ Rows: z.object({ Row: z.array(Row).optional() }).optional() });

/** A report that is refused like this says nothing; counts, samples and open documents need none. */
const SILENT: readonly FaultKind[] = [
  "kind-not-available",
  "not-found",
  "query-refused",
  "unknown-fault",
];

/**
 * What is open in all by QuickBooks' own reports as of a day, three metered calls: the aging summaries,
 * and the balance sheet by what was earned and owed, not by what was paid.
 */
export async function readOpenBalances(
  client: OnlineClient,
  asOf: string,
  signal: AbortSignal,
): Promise<OpenBalances> {
  const read = async (name: string, query: Record<string, string>) =>
    client.get(`reports/${name}`, query, signal).then(({ bytes }) => rowsOf(bytes), unlessSilent);
  const [receivables, payables, sheet] = await Promise.all([
    read("AgedReceivables", { report_date: asOf }),
    read("AgedPayables", { report_date: asOf }),
    read("BalanceSheet", {
      start_date: `${asOf.slice(0, 4)}-01-01`,
      end_date: asOf,
      accounting_method: "Accrual",
    }),
  ]);
  return {
    aging: { receivables: grandTotal(receivables), payables: grandTotal(payables) },
    // A section without an account is left out: what it comes to is not said then.
    balanceSheet: { receivables: sumOfGroup(sheet, "AR"), payables: sumOfGroup(sheet, "AP") },
  };
}

function unlessSilent(error: unknown): null {
  const fault = faultIn(error);
  if (fault === null || !SILENT.includes(fault.kind)) throw error;
  return null;
}

function rowsOf(bytes: Buffer): ReportRow[] | null {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
  const report = Report.safeParse(json);
  return report.success ? (report.data.Rows?.Row ?? []) : null;
}

/** The sum of the row that sums up all others; a report without rows is over nothing. */
function grandTotal(rows: ReportRow[] | null): string | null {
  if (rows === null) return null;
  if (rows.length === 0) return "0";
  return sumOf(rows.find(({ group }) => group === "GrandTotal") ?? rows.at(-1));
}

/** The sum of a section, wherever it stands. */
function sumOfGroup(rows: ReportRow[] | null, group: string): string | null {
  for (const row of rows ?? []) {
    const sum = row.group === group ? sumOf(row) : sumOfGroup(row.Rows?.Row ?? null, group);
    if (sum !== null) return sum;
  }
  return null;
}

/** The last column. */
function sumOf(row: ReportRow | undefined): string | null {
  const text = row?.Summary?.ColData.at(-1)?.value ?? null;
  return text !== null && isDecimal(text) ? text : null;
}
