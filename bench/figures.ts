import { readFile } from "node:fs/promises";

import { Client, Connection } from "@temporalio/client";

import { batchWorkflowId } from "../workflows/contract.ts";

/** So many of a hundred values are not above the answer (nearest rank). */
export function percentile(values: readonly number[], hundredths: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((hundredths / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export const rounded = (value: number, digits = 0): number => Number(value.toFixed(digits));

/** The most memory that a process ever held, in MB of 10^6 bytes; Linux alone tells it. */
export const peakMemoryMb = (pid: number): Promise<number> => memoryMb(pid, "VmHWM");

/** The memory that a process holds now, in MB of 10^6 bytes; Linux alone tells it. */
export const memoryNowMb = (pid: number): Promise<number> => memoryMb(pid, "VmRSS");

async function memoryMb(pid: number, name: "VmHWM" | "VmRSS"): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} does not tell its memory`);
  return rounded((Number(kilobytes) * 1024) / 1_000_000);
}

/** Events in the history of a batch's workflow, all its runs together. */
export async function historyEvents(temporalAddress: string, batchId: string): Promise<number> {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const client = new Client({ connection });
    let events = 0;
    const query = `WorkflowId = "${batchWorkflowId(batchId)}"`;
    for await (const run of client.workflow.list({ query })) events += run.historyLength ?? 0;
    return events;
  } finally {
    await connection.close();
  }
}
