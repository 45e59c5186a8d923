import type { Kept } from "./keep-even.ts";
import type { PaymentEdits } from "./payment-edits.ts";
import {
  heldRecord,
  type PlannedDocument,
  type PlannedMove,
  type Reapplied,
  type Reconciliation,
} from "./reapplying.ts";
import type { PaymentsView, PlanLineView } from "./view.ts";
import { money, number } from "./words.ts";

type Outcome = PaymentsView["outcomes"][number];

/** What people did, a clause each, with the numbers that people know. */
export async function editClauses(
  { moved, dated, entered }: PaymentEdits,
  { client, companyId }: Pick<Kept, "client" | "companyId">,
): Promise<string[]> {
  const named = async (kind: "INVOICE" | "PAYMENT", quickbooksId: string): Promise<string> => {
    const held = await heldRecord(client, { companyId, kind, quickbooksId });
    const name = `${kind.toLowerCase()} ${held.number ?? quickbooksId}`;
    return kind === "PAYMENT" ? `${name} of ${money(held.total ?? "0")}` : name;
  };
  const [movedPayment, from, to] = await Promise.all([
    named("PAYMENT", moved.payment),
    named("INVOICE", moved.from),
    named("INVOICE", moved.to),
  ]);
  const [datedPayment, enteredPayment, invoice] = await Promise.all([
    named("PAYMENT", dated.payment),
    named("PAYMENT", entered.payment),
    named("INVOICE", entered.invoice),
  ]);
  return [
    `${movedPayment} was moved from ${from} to ${to}`,
    `${datedPayment} was dated back from ${dated.before} to ${dated.after}`,
    `${enteredPayment} was entered late on ${invoice}, dated ${entered.date}`,
  ];
}

/** The lines of one document of a plan. */
export const planLines = ({
  kind,
  quickbooksId,
  number: own,
  moves,
}: PlannedDocument): PlanLineView[] =>
  moves.map((move) => ({
    document: `${named(kind)} ${own ?? quickbooksId}`,
    payer: `${named(move.fromKind)} ${move.number ?? move.fromId}`,
    change: changeOf(move),
    why: [move.why, ...move.notes].join(" "),
  }));

const named = (kind: string): string => kind.toLowerCase().replaceAll("_", " ");

const changeOf = ({ before, after, dateBefore, dateAfter }: PlannedMove): string =>
  before !== null && before === after
    ? `${money(before)}, ${dateBefore ?? "no date"} → ${dateAfter ?? "no date"}`
    : `${amountOf(before)} → ${amountOf(after)}`;

const amountOf = (amount: string | null): string => (amount === null ? "nothing" : money(amount));

export function planOutcome(
  plan: readonly PlannedDocument[],
  { complaints, isUntouched }: { complaints: string[]; isUntouched: boolean },
): Outcome {
  const wrong = [...complaints, ...(isUntouched ? [] : ["something was changed before the swap"])];
  const lines = plan.flatMap(({ moves }) => moves).length;
  return wrong.length === 0
    ? {
        isGood: true,
        sentence: `Plan: just what people did, ${lines} changes on ${plan.length} invoices; nothing is changed yet.`,
      }
    : { isGood: false, sentence: `The plan is not what people did: ${wrong.join("; ")}.` };
}

export const swapOutcome = (plan: readonly PlannedDocument[], isEqual: boolean): Outcome =>
  isEqual && plan.every(({ state }) => state === "SWAPPED")
    ? {
        isGood: true,
        sentence: `Swap: these ${plan.length} invoices are paid here as in QuickBooks, payment by payment.`,
      }
    : {
        isGood: false,
        sentence: "The swap did not make these invoices what they are in QuickBooks.",
      };

/** The sums over everything that was looked at. */
export function proofOutcome(swap: Reapplied, isAsPlanned: boolean): Outcome {
  const { documents, appliedBefore, appliedAfter, mustBeApplied } = swap;
  const isGood = swap.isProven && isAsPlanned;
  const sums = `on the ${number(documents)} invoices and bills looked at, ${money(appliedBefore)} was applied before, ${money(appliedAfter)} is now, and by QuickBooks' totals and open balances it must be ${money(mustBeApplied)}`;
  return { isGood, sentence: `${isGood ? "Proof" : "Not proven"}: ${sums}.` };
}

export function verifyOutcome({ agrees, lines }: Reconciliation): Outcome {
  const compared = lines.filter((line) => line.agrees !== null);
  const differing = compared.filter((line) => line.agrees === false);
  const said = `${compared.length} comparisons with QuickBooks`;
  if (agrees && differing.length === 0 && compared.length > 0) {
    return { isGood: true, sentence: `verify: ${said}, and none differs.` };
  }
  const names = differing.map(({ subject, kind, ours, theirs }) =>
    [subject, kind, ours, "here,", theirs, "there"].filter((word) => word !== null).join(" "),
  );
  return {
    isGood: false,
    sentence: `verify: ${said}; ${differing.length} differ: ${names.join("; ").toLowerCase()}.`,
  };
}

/** All of a story in a few words. */
export function endingOf({ plan, outcomes }: PaymentsView): Outcome {
  const bad = outcomes.find(({ isGood }) => !isGood);
  return (
    bad ?? {
      isGood: true,
      sentence: `Payments edited in QuickBooks: ${plan.length} changes planned, swapped and proven.`,
    }
  );
}
