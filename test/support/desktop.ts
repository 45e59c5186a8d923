import { beforeAll, expect } from "vitest";
import { z } from "zod";

import type { RecordKind } from "../../core/record-kinds.ts";
import { addConnector, type NewConnector } from "../../db/connectors.ts";
import { confirmCompany, createCompany } from "../../db/companies.ts";
import { freePort } from "../../dev/embedded/ports.ts";
import type { NodeProcess } from "../../dev/node-process.ts";
import { OWNER_ID, qwcFile } from "../../quickbooks/desktop/pairing.ts";
import { withProcesses } from "./services.ts";
import { eventually, isOver, startInitialSync, untilBatch, type Stage } from "./sync.ts";

/** An api process for PCs to call, beside a stage's worker and simulator. */
export interface Door {
  url: string;
  start(): Promise<NodeProcess>;
}

/** Starts one api for the calling file; it may be killed and started again at the same port. */
export function withDoor(stage: Stage): Door {
  const launch = withProcesses();
  const door = {} as Door;
  beforeAll(async () => {
    const port = await freePort();
    door.url = `http://localhost:${port}`;
    door.start = async () => {
      const api = await launch("api/main.ts", {
        ...stage.env,
        PORT: String(port),
        PUBLIC_URL: door.url,
      });
      await eventually(async () => expect((await fetch(`${door.url}/readyz`)).ok).toBe(true));
      return api;
    };
    await door.start();
  }, 60_000);
  return door;
}

/** A company, its file and the PC that has it open. */
export interface DesktopCompany {
  companyId: string;
  file: string;
  pc: string;
  /** Posts to a control door of the simulated Desktop. */
  order: (door: string, body: object) => Promise<Record<string, unknown>>;
}

let companies = 0;

/** A company, and a PC that has its file open and knows nothing of us yet. */
export async function unpairedCompany(
  stage: Stage,
  file: { records: number } & Record<string, unknown>,
): Promise<DesktopCompany> {
  const name = `Desert Desks ${++companies}`;
  const pc = `PC-${companies}`;
  const order = (path: string, body: object) => stage.simulator.post(`desktop/${path}`, body);
  await order("files", { name, companyName: name, path: `C:\\Books\\${companies}.qbw`, ...file });
  await order("pcs", { pc, file: name });
  await order("settings", { pc, settings: { noOpWaitMs: 300 } });
  const company = await createCompany(stage.pool, { name, edition: "desktop" });
  return { companyId: company.id, file: name, pc, order };
}

/** A company with a file of so many records and a PC whose Web Connector has its .qwc, and polls. */
async function pairedCompany(
  stage: Stage,
  door: Door,
  file: { records: number } & Record<string, unknown>,
): Promise<DesktopCompany> {
  const company = await unpairedCompany(stage, file);
  await pairPc(stage, door, company);
  await company.order("polling", { pc: company.pc, everyMs: 200 });
  return company;
}

/** A login for a PC, which nobody has given to its Web Connector yet. */
export const aLogin = (stage: Stage, { companyId, pc }: DesktopCompany): Promise<NewConnector> =>
  addConnector(stage.pool, {
    companyId,
    name: pc,
    fileId: `{${crypto.randomUUID().toUpperCase()}}`,
  });

/** Adds a connector for a PC that is there, with a file open, and gives its .qwc to the Web Connector. */
export async function pairPc(stage: Stage, door: Door, company: DesktopCompany): Promise<void> {
  const { file, pc, order } = company;
  const { connector, password, fileId } = await aLogin(stage, company);
  const qwc = qwcFile({
    companyName: file,
    connectorName: pc,
    username: connector.username,
    ownerId: connector.ownerId ?? OWNER_ID,
    fileId: connector.fileId ?? fileId,
    url: door.url,
  });
  await order("applications", { pc, qwc, password });
}

/** A second PC with the same file open, whose Web Connector polls too. */
export async function secondPc(
  stage: Stage,
  door: Door,
  company: DesktopCompany,
): Promise<DesktopCompany> {
  const pc = `${company.pc}-B`;
  await company.order("pcs", { pc, file: company.file });
  await company.order("settings", { pc, settings: { noOpWaitMs: 300 } });
  const second = { ...company, pc };
  await pairPc(stage, door, second);
  await company.order("polling", { pc, everyMs: 200 });
  return second;
}

/** The same after first contact, confirmed by a person. */
export async function metCompany(
  stage: Stage,
  door: Door,
  file: { records: number } & Record<string, unknown>,
): Promise<DesktopCompany> {
  const paired = await pairedCompany(stage, door, file);
  await eventually(async () => {
    const { rows } = await stage.pool.query<{ met: boolean }>(
      "select first_look is not null as met from connections where company_id = $1",
      [paired.companyId],
    );
    expect(rows[0]?.met).toBe(true);
  });
  await confirmCompany(stage.pool, paired.companyId);
  return paired;
}

/** A company file whose initial sync is done; its PC polls. */
export async function syncedFile(
  stage: Stage,
  door: Door,
  file: { records: number } & Record<string, unknown>,
): Promise<DesktopCompany> {
  const company = await metCompany(stage, door, file);
  const batchId = await startInitialSync(stage, company.companyId);
  const batch = await untilBatch(stage, company.companyId, batchId, isOver);
  expect(batch).toMatchObject({ status: "succeeded", failure: null });
  return company;
}

/** Our kinds, and which of QuickBooks' each holds. */
export const NAMES_OF_KIND: Partial<Record<RecordKind, readonly string[]>> = {
  customer: ["Customer"],
  vendor: ["Vendor"],
  employee: ["Employee"],
  account: ["Account"],
  class: ["Class"],
  term: ["StandardTerms", "DateDrivenTerms"],
  payment_method: ["PaymentMethod"],
  tax_code: ["SalesTaxCode"],
  invoice: ["Invoice"],
  payment: ["ReceivePayment"],
  credit_memo: ["CreditMemo"],
  sales_receipt: ["SalesReceipt"],
  refund_receipt: ["ARRefundCreditCard"],
  estimate: ["Estimate"],
  sales_order: ["SalesOrder"],
  purchase_order: ["PurchaseOrder"],
  bill: ["Bill"],
  bill_payment: ["BillPaymentCheck", "BillPaymentCreditCard"],
  vendor_credit: ["VendorCredit"],
  expense: ["Check", "CreditCardCharge"],
  journal_entry: ["JournalEntry"],
  deposit: ["Deposit"],
  transfer: ["Transfer"],
  inventory_adjustment: ["InventoryAdjustment"],
  time_activity: ["TimeTracking"],
};

const Rows = z.array(z.object({ id: z.string(), modified: z.number() }).loose());

/** Our rows against the company file's, kind by kind: the same ids and versions, and nothing else. Answers how many. */
export async function expectEqualFile(
  stage: Stage,
  { companyId, file }: Pick<DesktopCompany, "companyId" | "file">,
  without: readonly RecordKind[] = [],
): Promise<number> {
  let rows = 0;
  for (const [kind, names] of Object.entries(NAMES_OF_KIND)) {
    if (without.some((each) => each === kind)) continue;
    const theirs: string[] = [];
    for (const name of names) {
      const query = new URLSearchParams({ file, kind: name });
      const answer = await fetch(`${stage.simulator.url}/_simulator/desktop/records?${query}`);
      // EditSequence is the second of the last change.
      const rowsOf = Rows.parse(await answer.json());
      theirs.push(...rowsOf.map(({ id, modified }) => `${id} v${modified}`));
    }
    const ours = await stage.pool.query<{ held: string }>(
      `select quickbooks_id || ' v' || version as held from records
        where company_id = $1 and kind = $2 and deleted_at is null`,
      [companyId, kind],
    );
    expect(ours.rows.map(({ held }) => held).sort(), kind).toEqual(theirs.sort());
    rows += theirs.length;
  }
  return rows;
}
