import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** One line of /_simulator/records, or the payload in it. */
export type Row = Record<string, unknown> & { Id: string };

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  json: () => Record<string, unknown>;
}

export interface Running {
  url: string;
  realm: string;
  child: ChildProcess;
  stop: () => Promise<void>;
}

const READY_MS = 30_000;

/** Starts a simulator of its own on a free port, without limits unless the flags say otherwise. */
export async function startSimulator(...flags: string[]): Promise<Running> {
  const limits = ["--requests-per-minute", "0", "--requests-per-second", "0"];
  const child = spawn(
    process.execPath,
    [
      "--import",
      "tsx",
      "simulator/main.ts",
      "--port",
      "0",
      "--exit-with-parent",
      ...limits,
      ...flags,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const line = await firstLine(child);
  const ready: { simulator: string; realms: { realmId: string }[] } = JSON.parse(line);
  return {
    url: ready.simulator,
    realm: ready.realms[0]?.realmId ?? "",
    child,
    stop: () => stopped(child),
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error("the simulator has no stdout");
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the simulator is not ready")), READY_MS);
    createInterface(stdout).once("line", (line) => {
      clearTimeout(timer);
      resolve(line);
    });
    child.once("exit", (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: () => JSON.parse(text),
  };
}

/** Asks a control door; throws what the simulator says when it refuses. */
export async function control(
  { url }: Running,
  call: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const [method = "GET", path = ""] = call.split(" ");
  const response = await fetch(`${url}/_simulator/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answered = await reply(response);
  if (answered.status !== 200) throw new Error(`${answered.status} ${answered.text}`);
  return answered.json();
}

/** Adds a company and answers its realm id. */
export async function addRealm(running: Running, order: object): Promise<string> {
  return String((await control(running, "POST realms", order))["realmId"]);
}

const tokens = new Map<string, string>();

/** An access token for a realm; kept, so that a test file asks once. */
export async function tokenFor(running: Running, realm: string): Promise<string> {
  const key = `${running.url} ${realm}`;
  const known = tokens.get(key);
  if (known !== undefined) return known;
  const pair = await control(running, "POST tokens", { issue: realm });
  const token = String(pair["accessToken"]);
  tokens.set(key, token);
  return token;
}

/** A request to a company's API as a client makes it: JSON asked for, bearer token. */
export async function api(
  running: Running,
  path: string,
  init: Omit<RequestInit, "headers"> & { realm?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const { realm = running.realm, headers, ...rest } = init;
  const token = await tokenFor(running, realm);
  const response = await fetch(`${running.url}/v3/company/${realm}/${path}`, {
    ...rest,
    headers: { accept: "application/json", authorization: `Bearer ${token}`, ...headers },
  });
  return reply(response);
}

export const query = (running: Running, statement: string, realm?: string): Promise<Reply> =>
  api(
    running,
    `query?query=${encodeURIComponent(statement)}`,
    realm === undefined ? {} : { realm },
  );

/** The rows of a page; empty where the key of the entity is absent. */
export async function rows(running: Running, statement: string, realm?: string): Promise<Row[]> {
  const answered = await query(running, statement, realm);
  if (answered.status !== 200) throw new Error(answered.text);
  return rowsIn(answered);
}

export function rowsIn(answered: Reply): Row[] {
  const inside: Record<string, unknown> = Object(answered.json()["QueryResponse"]);
  const list = Object.values(inside).find((value) => Array.isArray(value));
  return Array.isArray(list) ? list : [];
}

export async function count(running: Running, tail: string, realm?: string): Promise<number> {
  const answered = await query(running, `SELECT COUNT(*) FROM ${tail}`, realm);
  return Number(Object(answered.json()["QueryResponse"]).totalCount);
}

/** Code and detail of the fault in an answer, whichever case it is written in. */
export function fault(answered: Reply): { code: string; detail: string; type: string } {
  const body = answered.json();
  const shape = Object(body["Fault"] ?? body["fault"]);
  const first = Object((shape.Error ?? shape.error)?.[0]);
  return {
    code: String(first.code),
    detail: String(first.Detail ?? first.detail),
    type: String(shape.type),
  };
}

/** Every present row of a kind, with its payload. */
export async function truth(running: Running, entity: string, realm = running.realm) {
  const response = await fetch(
    `${running.url}/_simulator/records?realm=${realm}&entity=${entity}&payload=1`,
  );
  const lines = (await response.text()).split("\n").filter((line) => line !== "");
  return lines.map((line): Row & { payload: string } => JSON.parse(line));
}

/** The payloads of every present row of a kind, parsed. */
export async function payloads(running: Running, entity: string, realm?: string): Promise<Row[]> {
  return (await truth(running, entity, realm)).map(({ payload }): Row => JSON.parse(payload));
}

export const KINDS = [
  "Customer",
  "Vendor",
  "Employee",
  "Account",
  "Class",
  "Department",
  "Term",
  "PaymentMethod",
  "TaxCode",
  "Item",
  "Invoice",
  "Payment",
  "CreditMemo",
  "SalesReceipt",
  "RefundReceipt",
  "Estimate",
  "PurchaseOrder",
  "Bill",
  "BillPayment",
  "VendorCredit",
  "Purchase",
  "JournalEntry",
  "Deposit",
  "Transfer",
  "InventoryAdjustment",
  "TimeActivity",
] as const;
export const LISTS: ReadonlySet<string> = new Set(KINDS.slice(0, 10));
