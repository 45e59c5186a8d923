import { compareDecimals, isZero } from "../../core/money.ts";
import { Trouble } from "../embedded/trouble.ts";
import type { PaymentDesk } from "./customer.ts";
import type { Applied, DocumentState, Ledger } from "./ledger.ts";

const TRIES_MAX = 200;
const LATE = { cents: 5_000, amount: "50.00", reference: "LATE-1" } as const;
const BACK_DAYS = 30;

/** What people did with payments, by QuickBooks' ids. */
export interface PaymentEdits {
  moved: { payment: string; from: string; to: string };
  dated: { payment: string; invoice: string; before: string; after: string };
  entered: { payment: string; invoice: string; date: string };
}

/**
 * One payment goes from one invoice to another, one gets an earlier date, and one that is late is
 * entered with the day on which it came. `dateOf` tells a payment's date. Throws a Trouble where the
 * books have no such payments.
 */
export async function editPayments(
  desk: PaymentDesk,
  ledger: Ledger,
  dateOf: (payment: string) => Promise<string | null>,
): Promise<PaymentEdits> {
  const invoices = ledger.documents.filter(({ kind }) => kind === "invoice");
  const customers = new Map(invoices.map(({ id, customerOrVendor }) => [id, customerOrVendor]));
  const open = invoices.filter(
    ({ total, balance }) => !isZero(balance) && compareDecimals(total, balance) === 0,
  );
  /** An open invoice of this customer with so much room; a new one where there is none. */
  const roomFor = async (customer: string, amount: string, taken: string): Promise<string> => {
    const isRoomy = ({ id, balance, customerOrVendor }: DocumentState): boolean =>
      id !== taken && customerOrVendor === customer && compareDecimals(balance, amount) >= 0;
    return open.find(isRoomy)?.id ?? (await desk.writeInvoice(customer));
  };
  const alone = aloneOn(ledger);
  const hasRoom = ({ toId, amount }: Applied): boolean =>
    open.some(
      ({ customerOrVendor, balance }) =>
        customerOrVendor === customers.get(toId) && compareDecimals(balance, amount) >= 0,
    );
  const roomyFirst = [
    ...alone.filter(hasRoom),
    ...alone.filter((application) => !hasRoom(application)),
  ];

  const moved = await firstAllowed(roomyFirst, async ({ fromId: payment, toId: from, amount }) => {
    const to = await roomFor(customers.get(from) ?? "", amount, from);
    await desk.move(payment, from, to);
    return { payment, from, to };
  });
  const others = alone.filter(({ fromId }) => fromId !== moved.payment);
  const dated = await firstAllowed(others, async ({ fromId: payment, toId: invoice }) => {
    const before = await dateOf(payment);
    if (before === null) throw new Trouble(`The payment ${payment} has no date.`);
    const after = daysBefore(new Date(before), BACK_DAYS);
    await desk.dateBack(payment, after);
    return { payment, invoice, before, after };
  });
  const customer =
    open.find(({ id }) => id !== moved.to)?.customerOrVendor ?? customers.get(dated.invoice);
  const invoice = await roomFor(customer ?? "", LATE.amount, moved.to);
  const date = daysBefore(new Date(), BACK_DAYS);
  const { cents, reference } = LATE;
  const payment = await desk.enter({ invoice, cents, date, reference });
  return { moved, dated, entered: { payment, invoice, date } };
}

/** The day so many days before, YYYY-MM-DD. */
export const daysBefore = (day: Date, days: number): string =>
  new Date(day.getTime() - days * 24 * 60 * 60_000).toISOString().slice(0, 10);

/** Payments that pay one invoice and nothing else, where nothing else is on that invoice; the newest first. */
function aloneOn({ applications }: Ledger): Applied[] {
  const payers = counted(applications.map(({ fromKind, fromId }) => `${fromKind} ${fromId}`));
  const paid = counted(applications.map(({ toKind, toId }) => `${toKind} ${toId}`));
  return applications
    .filter(
      ({ fromKind, fromId, toKind, toId, discount }) =>
        fromKind === "payment" &&
        toKind === "invoice" &&
        discount === undefined &&
        payers.get(`${fromKind} ${fromId}`) === 1 &&
        paid.get(`${toKind} ${toId}`) === 1,
    )
    .toReversed();
}

function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** QuickBooks lets nobody edit a payment that lies in a deposit: the first one that it lets. */
async function firstAllowed<T>(
  payments: readonly Applied[],
  edit: (payment: Applied) => Promise<T>,
): Promise<T> {
  for (const payment of payments.slice(0, TRIES_MAX)) {
    try {
      return await edit(payment);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
    }
  }
  throw new Trouble("The simulated QuickBooks has no payment that people could edit.");
}
