import { z } from "zod";

import { isDecimal } from "../../core/money.ts";
import type { OpenBalances } from "../source.ts";
import type { OnlineClient } from "./client.ts";

const Report = z.object({
  Rows: z
    .object({
      Row: z
        .array(
          z.object({
            group: z.string().optional(),
            Summary: z
              .object({ ColData: z.array(z.object({ value: z.string().optional() })) })
              .optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

/** What is open in all by QuickBooks' own aging summaries: two metered calls; null where a report says no total. */
export async function readOpenBalances(
  client: OnlineClient,
  signal: AbortSignal,
): Promise<OpenBalances> {
  const [receivables, payables] = await Promise.all(
    ["AgedReceivables", "AgedPayables"].map(async (name) => {
      const { bytes } = await client.get(`reports/${name}`, {}, signal);
      return totalOf(bytes);
    }),
  );
  return { receivables: receivables ?? null, payables: payables ?? null };
}

/** The last column of the row that sums up all others; a report without rows is over nothing. */
function totalOf(bytes: Buffer): string | null {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
  const report = Report.safeParse(json);
  if (!report.success) return null;
  const rows = report.data.Rows?.Row ?? [];
  if (rows.length === 0) return "0";
  const total = rows.find(({ group }) => group === "GrandTotal") ?? rows.at(-1);
  const text = total?.Summary?.ColData.at(-1)?.value ?? null;
  return text !== null && isDecimal(text) ? text : null;
}
