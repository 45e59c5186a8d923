import { setTimeout as wait } from "node:timers/promises";

import { z } from "zod";

import { confirmCompany, connectDesktop, createCompany } from "../dev/demo/connecting.ts";
import { Trouble } from "../dev/embedded/trouble.ts";
import type { Stage } from "./stage.ts";

const LOOK_EVERY_MS = 100;
/** How often the Web Connector of the company that is measured comes by itself. */
const COMES_EVERY_MS = 1_000;
/** While it is met for the first time, which is not measured. */
const NO_OP_WAIT_MS = 300;
/** As Intuit documents it. */
const NO_OP_WAIT_REAL_MS = 5_000;

/** What a PC takes for its work, in milliseconds; to open a file, and for each request, record and line. */
export interface Latency {
  openMs: number;
  requestMs: number;
  recordMs: number;
  lineMs: number;
}

/** A company whose file is open on a PC of the simulator, confirmed by a person. */
export interface DesktopPc {
  companyId: string;
  pc: string;
  /** That its file holds, of the kinds that we know. */
  records: number;
}

const Call = z.object({
  method: z.string(),
  at: z.number(),
  ms: z.number(),
  isFailed: z.boolean(),
});
const Report = z.object({
  startedAt: z.string(),
  ms: z.number(),
  exchanges: z.number(),
  quickBooksMs: z.number(),
  file: z.string().nullable(),
  calls: z.array(Call),
});
/** What one run of a Web Connector did. */
export type Report = z.infer<typeof Report>;
const Reports = z.object({ reports: z.array(Report) });

const FirstLook = z.object({
  company: z.object({ firstLook: z.object({ seenAt: z.string() }).nullable() }),
});

const Present = z.object({
  company: z.object({ counts: z.array(z.object({ present: z.int() })) }),
});
let companies = 0;

/** Posts to a control door of the simulated Desktop. */
export async function order(stage: Stage, door: string, body: object): Promise<unknown> {
  const url = `${stage.quickbooks.url}/_simulator/desktop/${door}`;
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${door}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** Makes a company file of so many records, a company of ours and a PC between them, and lets them meet. */
export async function desktopPc(
  stage: Stage,
  { records, notesChars = 0 }: { records: number; notesChars?: number },
): Promise<DesktopPc> {
  const file = `Bench Desktop ${++companies}`;
  const pc = `PC-${companies}`;
  await order(stage, "files", { name: file, companyName: file, records });
  await order(stage, "file-settings", { file, settings: { notesChars } });
  await order(stage, "pcs", { pc, file });
  await order(stage, "settings", { pc, settings: { noOpWaitMs: NO_OP_WAIT_MS } });
  const companyId = await createCompany(stage.client, { name: file, edition: "DESKTOP" });
  const { qwc, password } = await connectDesktop(stage.client, companyId);
  await order(stage, "applications", { pc, qwc, password });
  const met = { companyId, pc, records };
  await come(stage, met, COMES_EVERY_MS);
  await until(async () => {
    const question = "query ($id: ID!) { company(id: $id) { firstLook { seenAt } } }";
    const { company } = await stage.client.ask(FirstLook, question, { id: companyId });
    return company.firstLook !== null;
  });
  await come(stage, met, null);
  await confirmCompany(stage.client, companyId);
  await order(stage, "settings", { pc, settings: { noOpWaitMs: NO_OP_WAIT_REAL_MS } });
  return met;
}

/** From now on the Web Connector comes so often, beginning at once; null: not any more. */
export const come = (
  stage: Stage,
  { pc }: DesktopPc,
  everyMs: number | null = COMES_EVERY_MS,
): Promise<unknown> => order(stage, "polling", { pc, everyMs });

export const slowDown = (stage: Stage, { pc }: DesktopPc, latency: Latency): Promise<unknown> =>
  order(stage, "quickbooks", { pc, latency });

/** The runs that a Web Connector has ended. It must not come any more: it keeps the newest alone. */
export async function reportsOf(stage: Stage, { pc }: DesktopPc): Promise<Report[]> {
  const query = new URLSearchParams({ pc });
  const answer = await fetch(`${stage.quickbooks.url}/_simulator/desktop/reports?${query}`);
  return Reports.parse(await answer.json()).reports;
}

/** Figures of a sync that lost a record would mean nothing. */
export async function expectWhole(stage: Stage, { companyId, records }: DesktopPc): Promise<void> {
  const question = "query ($id: ID!) { company(id: $id) { counts { present } } }";
  const { company } = await stage.client.ask(Present, question, { id: companyId });
  const ours = company.counts.reduce((sum, { present }) => sum + present, 0);
  if (ours !== records) throw new Trouble(`We hold ${ours} records, QuickBooks ${records}.`);
}

/** Looks until it is so. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(LOOK_EVERY_MS);
}
