import { afterAll } from "vitest";

import type { RecordKind } from "../../core/record-kinds.ts";
import { startNode, type NodeProcess } from "../../dev/node-process.ts";

/** The simulated QuickBooks Online of one test file, driven over its control doors. */
export interface Simulator {
  readonly url: string;
  start(args?: string[]): Promise<void>;
  /** A company of its own in the running simulator. */
  company(input: {
    records: number;
    seed?: number;
    spread?: "years" | "hour";
    without?: string[];
    companyName?: string;
  }): Promise<string>;
  post(door: string, body: unknown): Promise<Record<string, unknown>>;
  remove(door: string): Promise<void>;
  calls(realmId: string): Promise<Calls>;
  /** Every present row of an entity, as the simulator holds it. */
  truth(realmId: string, entity: string): Promise<TrueRow[]>;
  counts(realmId: string): Promise<Record<string, number>>;
}

export interface Calls {
  total: number;
  metered: number;
  rowsServed: number;
  perStatus: Record<string, number>;
  perSecondMax: number;
  perMinuteMax: number;
  queries: { at: string; query: string; status: number; rows: number }[];
  oauth: { codes: number; refreshes: number; refused: number };
}

export interface TrueRow {
  Id: string;
  SyncToken: string;
  LastUpdatedTime: string;
}

/** Starts nothing by itself; what was started is stopped after the calling file. */
export function withSimulator(): Simulator {
  let child: NodeProcess | undefined;
  let url = "";
  let realms = 0;
  afterAll(async () => {
    await child?.stop();
  });
  const ask = async (door: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(`${url}/_simulator/${door}`, init);
    if (!response.ok) throw new Error(`${door}: ${response.status} ${await response.text()}`);
    return response;
  };
  const post = async (door: string, body: unknown) =>
    (await (
      await ask(door, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      })
    ).json()) as Record<string, unknown>;
  return {
    get url() {
      return url;
    },
    async start(args = []) {
      const small = ["--port", "0", "--records", "0"];
      const unlimited = ["--requests-per-minute", "0", "--requests-per-second", "0"];
      child = await startNode("simulator/main.ts", { args: [...small, ...unlimited, ...args] });
      url = await child.line(
        (line) => (line.startsWith('{"simulator"') ? addressIn(line) : undefined),
        20_000,
      );
    },
    async company(input) {
      realms++;
      const answer = await post("realms", { seed: realms, ...input });
      return String(answer["realmId"]);
    },
    post,
    remove: async (door) => void (await ask(door, { method: "DELETE" })),
    calls: async (realmId) => (await (await ask(`calls?realm=${realmId}`)).json()) as Calls,
    async truth(realmId, entity) {
      const text = await (await ask(`records?realm=${realmId}&entity=${entity}`)).text();
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as TrueRow);
    },
    async counts(realmId) {
      const state = (await (await ask("state")).json()) as {
        realms: { realmId: string; counts: Record<string, number> }[];
      };
      return state.realms.find((realm) => realm.realmId === realmId)?.counts ?? {};
    },
  };
}

const addressIn = (line: string): string => (JSON.parse(line) as { simulator: string }).simulator;

/** Intuit's names, written down a second time so that a slip in the product shows. */
export const ENTITY_OF_KIND: Partial<Record<RecordKind, string>> = {
  customer: "Customer",
  vendor: "Vendor",
  employee: "Employee",
  account: "Account",
  class: "Class",
  department: "Department",
  term: "Term",
  payment_method: "PaymentMethod",
  tax_code: "TaxCode",
  item: "Item",
  invoice: "Invoice",
  payment: "Payment",
  credit_memo: "CreditMemo",
  sales_receipt: "SalesReceipt",
  refund_receipt: "RefundReceipt",
  estimate: "Estimate",
  purchase_order: "PurchaseOrder",
  bill: "Bill",
  bill_payment: "BillPayment",
  vendor_credit: "VendorCredit",
  expense: "Purchase",
  journal_entry: "JournalEntry",
  deposit: "Deposit",
  transfer: "Transfer",
  inventory_adjustment: "InventoryAdjustment",
  time_activity: "TimeActivity",
};
