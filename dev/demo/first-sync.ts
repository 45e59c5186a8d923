import { booksOf, confirmCompany, createCompany } from "./connecting.ts";
import { compareCounts } from "./counts.ts";
import type { Customer } from "./customer.ts";
import type { GraphQLClient } from "./graphql-client.ts";
import { followBatch, startInitialSync } from "./syncing.ts";
import type { CompanyView, CountView } from "./view.ts";
import { number, seconds } from "./words.ts";

/** A company of ours with the first batch of its own. */
export interface Started {
  companyId: string;
  batchId: string;
  workflowUrl: string;
}

type Show = (change: Partial<CompanyView>) => void;

/** Goes a person's way with one customer, up to the start of the first sync. */
export async function startCompany(
  client: GraphQLClient,
  customer: Customer,
  show: Show,
): Promise<Started> {
  show({ wait: "Connecting" });
  const companyId = await createCompany(client, customer);
  await customer.connect(client, companyId);
  const books = await booksOf(client, companyId, (status) => show({ wait: status }));
  show({ wait: null, books });
  await confirmCompany(client, companyId);
  const { id, workflowUrl } = await startInitialSync(client, companyId);
  return { companyId, batchId: id, workflowUrl };
}

/** Follows a company's first sync to its end, and answers whether every record arrived. */
export async function followFirstSync(
  client: GraphQLClient,
  customer: Customer,
  { companyId, batchId }: Started,
  show: Show,
): Promise<boolean> {
  const began = Date.now();
  const passed = (): number => (Date.now() - began) / 1_000;
  let workableAfter: number | undefined;
  for await (const batch of followBatch(client, batchId)) {
    if (batch.company.workable && workableAfter === undefined) {
      workableAfter = passed();
      show({ workableAfter });
    }
    show({ batch });
    const { status, failure } = batch;
    if (status === "FAILED" || status === "CANCELLED") {
      const why = failure === null ? "" : `: ${failure.message} ${failure.nextStep}`;
      show({ ending: { isGood: false, sentence: `The sync ${status.toLowerCase()}${why}` } });
      return false;
    }
  }
  const counts = await compareCounts(client, companyId, customer);
  const ending = endingOf(counts, `after ${seconds(passed())}${sooner(workableAfter)}`);
  show({ counts, ending });
  return ending.isGood;
}

const sooner = (workableAfter: number | undefined): string =>
  workableAfter === undefined ? "" : ` (people could work after ${seconds(workableAfter)})`;

function endingOf(counts: CountView[], when: string): { isGood: boolean; sentence: string } {
  const differing = counts.filter(({ ours, theirs }) => ours !== theirs);
  const total = counts.reduce((sum, { ours }) => sum + ours, 0);
  const isGood = differing.length === 0 && total > 0;
  const sentence = isGood
    ? `Done ${when}: all ${number(total)} records arrived, and every kind agrees with QuickBooks.`
    : `Done, but not every record arrived: ${differing.map(({ kind, ours, theirs }) => `${kind} ${number(ours)} here, ${number(theirs)} in QuickBooks`).join("; ")}.`;
  return { isGood, sentence };
}
