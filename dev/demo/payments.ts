import { setTimeout as wait } from "node:timers/promises";

import type { GraphQLClient } from "./graphql-client.ts";
import type { Kept } from "./keep-even.ts";
import { differences, isSameAmount, type Applied, type Ledger } from "./ledger.ts";
import { daysBefore, editPayments, type PaymentEdits } from "./payment-edits.ts";
import { complaintsAbout, isSamePlan } from "./payment-plan.ts";
import * as words from "./payment-words.ts";
import {
  heldRecord,
  reapplied,
  reapplyPayments,
  reconciliationOf,
  untilSucceeded,
  verify,
  type Reapplied,
} from "./reapplying.ts";
import { enableAutoSync, syncNow } from "./syncing.ts";
import type { PaymentsView } from "./view.ts";

const DAYS_LOOKED_AT = 7;

export interface PaymentsRun extends Kept {
  /** How long the screen gives people to read the plan, and its proof. */
  readingMs: number;
}

/**
 * People edit payments in QuickBooks while AutoSync leaves payments out; then they are brought back to
 * QuickBooks' truth: the plan, its swap, and the proof. Answers whether each was as it must be.
 */
export async function reapplyStory(
  run: PaymentsRun,
  show: (payments: PaymentsView) => void,
): Promise<boolean> {
  const { client, companyId, customer, readingMs, signal } = run;
  const from = daysBefore(new Date(), DAYS_LOOKED_AT);
  const view: PaymentsView = { wait: null, edits: [], since: from, plan: [], outcomes: [] };
  const tell = (change: Partial<PaymentsView>): void => show(Object.assign(view, change));
  const conclude = (outcome: PaymentsView["outcomes"][number]): void =>
    tell({ outcomes: [...view.outcomes, outcome] });
  const ended = async (what: string, batchId: string): Promise<string> => {
    tell({ wait: what });
    await untilSucceeded(client, batchId, (waitingFor) =>
      tell({ wait: waitingFor === null ? what : `${what} (waits: ${waitingFor})` }),
    );
    return batchId;
  };
  const reapply = async (what: string, preview: boolean): Promise<Reapplied> => {
    const batchId = await reapplyPayments(client, { companyId, from, preview });
    return await reapplied(client, await ended(what, batchId));
  };

  tell({ wait: "People edit payments in QuickBooks, while AutoSync leaves payments out" });
  await enableAutoSync(client, companyId, { payments: false });
  const before = await customer.desk.ledger();
  const edits = await editPayments(customer.desk, before, dateOf(run));
  const after = await customer.desk.ledger();
  await ended("AutoSync, without payments", await syncNow(client, companyId));
  tell({ edits: await words.editClauses(edits, run) });

  const preview = await reapply("The plan is made", true);
  tell({ plan: preview.plan.nodes.flatMap(words.planLines) });
  const changed = differences(before.applications, after.applications);
  const complaints = complaintsAbout(preview.plan.nodes, edits, changed);
  const isUntouched = isAsIn(before, await heldOn(client, companyId, edits));
  conclude(words.planOutcome(preview.plan.nodes, { complaints, isUntouched }));
  tell({ wait: "A person reads the plan" });
  await wait(readingMs, undefined, { signal });

  const swap = await reapply("The plan is swapped", false);
  const isEqual =
    isSamePlan(preview.plan.nodes, swap.plan.nodes) &&
    isAsIn(after, await heldOn(client, companyId, edits));
  conclude(words.swapOutcome(swap.plan.nodes, isEqual));
  conclude(words.proofOutcome(swap, isSameAmount(preview.appliedAfter, swap.appliedAfter)));
  const batchId = await ended("Everything is compared", await verify(client, companyId));
  conclude(words.verifyOutcome(await reconciliationOf(client, { companyId, batchId })));
  await enableAutoSync(client, companyId, { payments: true });
  tell({ wait: null });
  await wait(readingMs, undefined, { signal });
  const ending = words.endingOf(view);
  tell({ ending });
  return ending.isGood;
}

const dateOf =
  ({ client, companyId }: Kept) =>
  async (payment: string): Promise<string | null> => {
    const held = await heldRecord(client, { companyId, kind: "PAYMENT", quickbooksId: payment });
    return held.date;
  };

const invoicesOf = ({ moved, dated, entered }: PaymentEdits): string[] => [
  ...new Set([moved.from, moved.to, dated.invoice, entered.invoice]),
];

interface Held {
  invoices: string[];
  applications: Applied[];
}

/** What is applied here to the invoices that people had their hands on. */
async function heldOn(
  client: GraphQLClient,
  companyId: string,
  edits: PaymentEdits,
): Promise<Held> {
  const invoices = invoicesOf(edits);
  const records = await Promise.all(
    invoices.map((quickbooksId) =>
      heldRecord(client, { companyId, kind: "INVOICE", quickbooksId }),
    ),
  );
  return { invoices, applications: records.flatMap(({ applications }) => applications) };
}

/** Is it what these books have on the same invoices? */
function isAsIn({ applications }: Ledger, held: Held): boolean {
  const theirs = applications.filter(
    ({ toKind, toId }) => toKind === "invoice" && held.invoices.includes(toId),
  );
  return differences(theirs, held.applications).size === 0;
}
