import { documentsNow } from "../books/applications.ts";
import { homeOf } from "../books/coins.ts";
import { dueOf } from "../books/columns.ts";
import { dayOf } from "../books/times.ts";
import type { ReportQuestion } from "./report.ts";

/** What a document adds to what somebody owes or is owed. */
interface OpenAmount {
  party: number;
  /** Minor units of the company's currency; below zero for credits and payments that wait. */
  units: number;
  /** From when on it is late, as days since 1970. */
  due: number;
}

/**
 * What is open of the documents of one side, those dated after the report left out. Amounts are the
 * present ones, also in a report about an earlier day.
 */
export function* openAmounts(
  { books, day }: ReportQuestion,
  side: "Customer" | "Vendor",
): Generator<OpenAmount> {
  for (const { kind, index, balance, party } of documentsNow(books)) {
    if (party.kind !== side || balance === 0) continue;
    const entered = dayOf(books, kind, index);
    if (entered > day) continue;
    const isOwed = kind === "Invoice" || kind === "Bill";
    const units = homeOf(books, { kind, index }, balance);
    yield {
      party: party.index,
      units: isOwed ? units : -units,
      due: isOwed ? dueOf(books, kind, index) : entered,
    };
  }
}
