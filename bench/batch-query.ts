import { z } from "zod";

/** Everything of a batch that outside clients rely on. */
export const BATCH_QUERY = `query ($id: ID!) {
  batch(id: $id) {
    id kind trigger label status phase waitingFor
    company {
      id name edition state activity status waitingFor workable
      books { name quickbooksId file edition country currency }
      counts { kind present deleted }
      autoSync { enabled everyMinutes payments pausedReason nextAt failuresInARow }
    }
    steps { name status done total }
    done total created updated unchanged deleted
    recordsPerSecond etaSeconds etaSecondsLow etaSecondsHigh
    queuedAt startedAt finishedAt
    failure { kind message nextStep rawCode }
    workflowUrl
  }
}`;

const Status = z.enum(["QUEUED", "RUNNING", "WAITING", "SUCCEEDED", "FAILED", "CANCELLED"]);

export const BatchAnswer = z.object({
  batch: z.object({
    status: Status,
    phase: z.string().nullable(),
    company: z.object({
      workable: z.boolean(),
      counts: z.array(z.object({ kind: z.string(), present: z.int() })),
    }),
    steps: z.array(z.object({ name: z.string(), status: Status })),
    finishedAt: z.string().nullable(),
    failure: z.object({ message: z.string(), nextStep: z.string() }).nullable(),
  }),
});

export type Batch = z.infer<typeof BatchAnswer>["batch"];
