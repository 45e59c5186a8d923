import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { DeterminismViolationError } from "@temporalio/workflow";
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from "@temporalio/worker";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

import { workflowBundle } from "../../worker/bundle.ts";
import * as workflows from "../../workflows/index.ts";

const FOLDER = fileURLToPath(new URL("../histories/", import.meta.url));

const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".json")).sort();

const History = z.looseObject({
  events: z.array(
    z.looseObject({
      workflowExecutionStartedEventAttributes: z
        .looseObject({ workflowType: z.object({ name: z.string() }) })
        .optional(),
      activityTaskScheduledEventAttributes: z
        .looseObject({ activityType: z.object({ name: z.string() }) })
        .optional(),
    }),
  ),
});

const read = async (name: string): Promise<z.infer<typeof History>> =>
  History.parse(JSON.parse(await readFile(`${FOLDER}${name}`, "utf8")));

const typeOf = (history: z.infer<typeof History>): string | undefined =>
  history.events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name;

const replay = async (history: unknown): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);

beforeAll(() => {
  const filter = makeTelemetryFilterString({ core: "ERROR", other: "ERROR" });
  Runtime.install({
    logger: new DefaultLogger("ERROR"),
    telemetryOptions: { logging: { filter } },
  });
});

/** What a changed workflow does to the runs that an older version began shows here, before it shows at a customer's. */
describe("a stored history", () => {
  test.each(names)("%s is replayed by today's workflows", async (name) => {
    await replay(await read(name));
  });

  test("is there of every workflow", async () => {
    const stored = await Promise.all(names.map(async (name) => typeOf(await read(name))));
    expect(Object.keys(workflows).filter((workflow) => !stored.includes(workflow))).toEqual([]);
  });

  test("that tells another story than the workflow does is refused", async () => {
    const history = await read("initial-sync-succeeded.json");
    const scheduled = history.events.filter((event) => event.activityTaskScheduledEventAttributes);
    const changed = scheduled[3]?.activityTaskScheduledEventAttributes;
    if (changed === undefined) throw new Error("the history is too short");
    changed.activityType.name = "anotherActivity";
    await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
  });
});
