import { fileURLToPath } from "node:url";

import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from "@temporalio/worker";

let bundle: Promise<WorkflowBundleWithSourceMap> | null = null;

/** The workflows as one script, built once a process. */
export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL("../workflows/index.ts", import.meta.url)),
    logger: QUIET,
  });
  return bundle;
}

const nothing = (): void => undefined;
/** The bundler's running commentary helps nobody; its errors are thrown. */
const QUIET = {
  log: nothing,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
