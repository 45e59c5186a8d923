import { z } from "zod";

import { Trouble } from "../embedded/trouble.ts";
import { connectOnline } from "./connecting.ts";
import type { Customer, PaymentDesk } from "./customer.ts";
import type { Doors } from "./doors.ts";
import { Ledger } from "./ledger.ts";

const State = z.object({
  realms: z.array(z.object({ realmId: z.string(), counts: z.record(z.string(), z.number()) })),
});
const Changed = z.object({
  changes: z.array(z.object({ op: z.string(), entity: z.string(), ids: z.array(z.string()) })),
});

/** Where the simulator sends its webhooks, and what it signs them with. */
interface Webhooks {
  url: string;
  token: string;
}

/** The customer with the company of QuickBooks Online; its changes reach us by webhooks. */
export function onlineCustomer(doors: Doors, realm: string, webhooks: Webhooks): Customer {
  /** Made by the last round of work, and deleted by the next one. */
  let estimate: string | undefined;
  return {
    name: "Demo Online",
    edition: "ONLINE",
    async connect(client, companyId) {
      await connectOnline(client, companyId);
      await doors.order("webhooks", { ...webhooks, realm });
    },
    async counts() {
      const { realms } = await doors.read(State, "state");
      return realms.find(({ realmId }) => realmId === realm)?.counts ?? {};
    },
    async work() {
      const { changes } = Changed.parse(
        await doors.order("changes", {
          realm,
          changes: [
            { op: "update", entity: "Invoice", count: 2 },
            { op: "create", entity: "Payment" },
            { op: "create", entity: "Estimate" },
            ...(estimate === undefined ? [] : [{ op: "delete", entity: "Estimate", id: estimate }]),
          ],
        }),
      );
      estimate = changes.find(({ op, entity }) => op === "create" && entity === "Estimate")?.ids[0];
    },
    desk: onlineDesk(doors, realm),
  };
}

function onlineDesk(doors: Doors, realm: string): PaymentDesk {
  /** Makes one change and answers the id of what it was about. */
  const change = async (one: object): Promise<string> => {
    const { changes } = Changed.parse(await doors.order("changes", { realm, changes: [one] }));
    const id = changes[0]?.ids[0];
    if (id === undefined)
      throw new Trouble("The simulated QuickBooks does not say what it changed.");
    return id;
  };
  const entity = "Payment";
  return {
    ledger: () => doors.read(Ledger, `applications?${new URLSearchParams({ realm })}`),
    writeInvoice: (party) => change({ op: "create", entity: "Invoice", party }),
    async move(id, from, to) {
      await change({ op: "move-line", entity, id, from, to });
    },
    async dateBack(id, date) {
      await change({ op: "back-date", entity, id, date });
    },
    enter: ({ invoice, cents, date, reference }) =>
      change({
        op: "make-payment",
        entity,
        date,
        reference,
        lines: [{ entity: "Invoice", id: invoice, cents }],
      }),
  };
}
