import type { Customer } from "./customer.ts";
import type { GraphQLClient } from "./graphql-client.ts";
import { heldCounts } from "./syncing.ts";
import type { CountView } from "./view.ts";

/** QuickBooks' names that are not those of the API in other letters. */
const KINDS: Readonly<Record<string, string>> = {
  Purchase: "EXPENSE",
  Check: "EXPENSE",
  CreditCardCharge: "EXPENSE",
  BillPaymentCheck: "BILL_PAYMENT",
  BillPaymentCreditCard: "BILL_PAYMENT",
  StandardTerms: "TERM",
  DateDrivenTerms: "TERM",
  ReceivePayment: "PAYMENT",
  SalesTaxCode: "TAX_CODE",
  ARRefundCreditCard: "REFUND_RECEIPT",
  TimeTracking: "TIME_ACTIVITY",
};

/** Counts of a company file that sum up others. */
const SUMS = new Set(["Item", "Terms"]);

/** Records of each kind here and in the simulated QuickBooks, as each side counts them itself. */
export async function compareCounts(
  client: GraphQLClient,
  companyId: string,
  { edition, counts }: Customer,
): Promise<CountView[]> {
  const ours = await heldCounts(client, companyId);
  const theirs = byKind(edition, await counts());
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .map((kind) => ({
      kind: kind.toLowerCase().replaceAll("_", " "),
      ours: ours.get(kind) ?? 0,
      theirs: theirs.get(kind) ?? 0,
    }))
    .filter((count) => count.ours > 0 || count.theirs > 0);
}

/** Counts by the API's names of kinds; what QuickBooks keeps apart, and is one kind here, is added up. */
export function byKind(
  edition: Customer["edition"],
  counts: Record<string, number>,
): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const [name, count] of Object.entries(counts)) {
    if (edition === "DESKTOP" && SUMS.has(name)) continue;
    const kind = edition === "DESKTOP" && name.startsWith("Item") ? "ITEM" : kindOf(name);
    kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  }
  return kinds;
}

/** `CreditMemo` is `CREDIT_MEMO`. */
const kindOf = (name: string): string =>
  KINDS[name] ?? name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
