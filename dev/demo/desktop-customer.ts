import { z } from "zod";

import { Trouble } from "../embedded/trouble.ts";
import { connectDesktop } from "./connecting.ts";
import type { Customer, PaymentDesk } from "./customer.ts";
import type { Doors } from "./doors.ts";
import { Ledger } from "./ledger.ts";
import { syncNow } from "./syncing.ts";

const NAME = "Demo Desktop";
const PC = "FRONT-DESK";
/** The simulator makes no larger company file. */
const RECORDS_MAX = 100_000;
/** A QuickBooks that takes its time, as far as a demo has the patience. */
const LATENCY = { requestMs: 20, recordMs: 0.2 };
const POLLS_EVERY_MS = 3_000;

const State = z.object({
  files: z.array(z.object({ file: z.string(), counts: z.record(z.string(), z.number()) })),
});
const Records = z.array(z.object({ id: z.string() }));
const Ids = z.object({ ids: z.array(z.string()) });

/**
 * The customer with QuickBooks Desktop: a company file of so many records, open on a PC whose Web
 * Connector will come to us every few seconds.
 */
export async function desktopCustomer(doors: Doors, records: number): Promise<Customer> {
  const order = (path: string, what: object): Promise<unknown> =>
    doors.order(`desktop/${path}`, what);
  await order("files", { name: NAME, records: Math.min(records, RECORDS_MAX) });
  await order("pcs", { pc: PC, file: NAME });
  await order("quickbooks", { pc: PC, latency: LATENCY });
  /** Made by the last round of work, and deleted by the next one. */
  let estimate: string | undefined;
  return {
    name: NAME,
    edition: "DESKTOP",
    async connect(client, companyId) {
      const { qwc, password } = await connectDesktop(client, companyId);
      await order("applications", { pc: PC, qwc, password });
      await order("polling", { pc: PC, everyMs: POLLS_EVERY_MS });
    },
    async counts() {
      const { files } = await doors.read(State, "desktop/state");
      return files.find(({ file }) => file === NAME)?.counts ?? {};
    },
    async work(client, companyId) {
      const query = new URLSearchParams({ file: NAME, kind: "Invoice" });
      const invoices = await doors.read(Records, `desktop/records?${query}`);
      const memo = `Called at ${new Date().toISOString()}`;
      const made = Ids.parse(
        await order("changes", {
          file: NAME,
          changes: [
            { do: "create", kind: "Estimate", draft: { memo } },
            { do: "create", kind: "ReceivePayment", draft: { totalCents: 12_500 } },
            ...someOf(invoices).map(({ id }) => ({
              do: "edit",
              kind: "Invoice",
              id,
              draft: { memo },
            })),
            ...(estimate === undefined ? [] : [{ do: "delete", kind: "Estimate", id: estimate }]),
          ],
        }),
      );
      estimate = made.ids[0];
      await syncNow(client, companyId);
    },
    desk: desktopDesk(doors),
  };
}

/** Ample for whatever is put on it. */
const INVOICE_CENTS = 10_000_000;

function desktopDesk(doors: Doors): PaymentDesk {
  /** Makes one change and answers the id of what it was about. */
  const change = async (one: object): Promise<string> => {
    const order = { file: NAME, changes: [one] };
    const { ids } = Ids.parse(await doors.order("desktop/changes", order));
    if (ids[0] === undefined) {
      throw new Trouble("The simulated QuickBooks does not say what it changed.");
    }
    return ids[0];
  };
  const kind = "ReceivePayment";
  return {
    ledger: () => doors.read(Ledger, `desktop/applications?${new URLSearchParams({ file: NAME })}`),
    async writeInvoice(party) {
      const query = new URLSearchParams({ file: NAME, kind: "ItemService" });
      const items = await doors.read(Records, `desktop/records?${query}`);
      const lines = [{ item: items[0]?.id, amountCents: INVOICE_CENTS }];
      return await change({ do: "create", kind: "Invoice", draft: { party, lines } });
    },
    async move(id, from, to) {
      await change({ do: "move", kind, id, from, to });
    },
    async dateBack(id, date) {
      await change({ do: "edit", kind, id, draft: { date } });
    },
    enter: ({ invoice, cents, date, reference }) =>
      change({
        do: "pay",
        kind,
        date,
        refNumber: reference,
        lines: [{ id: invoice, cents }],
      }),
  };
}

/** Two of them, others each time. */
const someOf = <T>(all: T[]): T[] => {
  const first = Math.floor(Math.random() * Math.max(1, all.length - 1));
  return all.slice(first, first + 2);
};
