import { randomUUID } from "node:crypto";

import type { Client, WorkflowExecutionDescription } from "@temporalio/client";

import { TASK_QUEUE } from "../../workflows/contract.ts";
import type { Run } from "./crashes.ts";
import { eventually, type Stage } from "./sync.ts";

/** Temporal's number for "a workflow task was completed". */
const WORKFLOW_TASK_COMPLETED = 7;

/** Resets a workflow as an operator does in Temporal's UI, to its first or its last workflow task; answers the new run. */
export async function reset(
  client: Client,
  workflowId: string,
  to: "first" | "last",
): Promise<string> {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const eventId = await eventually(async () => {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const completed = (events ?? []).filter(
      ({ eventType }) => Number(eventType) === WORKFLOW_TASK_COMPLETED,
    );
    const event = to === "first" ? completed[0] : completed.at(-1);
    if (event?.eventId === undefined) throw new Error(`${workflowId} has not begun`);
    return event.eventId;
  });
  const answer = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: "an operator tries it",
    workflowTaskFinishEventId: eventId,
    requestId: randomUUID(),
  });
  return answer.runId;
}

/** "Start workflow like this one": the same type and input, under an id of the operator's choice. Answers what it says. */
export async function startLike(
  client: Client,
  { type, id, input }: { type: string; id: string; input: unknown },
): Promise<unknown> {
  return client.workflow.execute(type, { workflowId: id, taskQueue: TASK_QUEUE, args: [input] });
}

/** What a workflow's latest run, or the one named, answers; waits for it. */
export const resultOf = (client: Client, workflowId: string, runId?: string): Promise<unknown> =>
  client.workflow.getHandle(workflowId, runId, { followRuns: false }).result();

/** Has reconcileState run now, and waits until it has. (Of two triggers of a Schedule within a second one is dropped.) Answers its workflow's id. */
export async function reconcileNow(stage: Stage): Promise<string> {
  const id = `reconcile:${randomUUID()}`;
  await startLike(stage.client, { type: "reconcileState", id, input: null });
  return id;
}

export const describeOf = (
  client: Client,
  workflowId: string,
): Promise<WorkflowExecutionDescription> => client.workflow.getHandle(workflowId).describe();

/** Every answer to a company's questions takes this long from now on, so that its sync has a middle. */
export const slowDown = (stage: Stage, realmId: string, ms: number): Promise<unknown> =>
  stage.simulator.post("faults", { kind: "slow", ms, times: -1, match: { realm: realmId } });

/** Waits until a sync has stored rows, but not all of them. */
export async function untilMidway(stage: Stage, run: Run): Promise<void> {
  await eventually(async () => {
    const { rows } = await stage.pool.query<{ done: number; left: number }>(
      `select coalesce(sum(done), 0)::int as done,
          count(*) filter (where status in ('queued', 'running'))::int as left
        from batch_steps where batch_id = $1`,
      [run.batchId],
    );
    if ((rows[0]?.done ?? 0) === 0) throw new Error("nothing is stored yet");
    if (rows[0]?.left === 0) throw new Error("it is over already");
  });
}
