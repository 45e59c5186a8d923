import { reconciling } from "./policies.ts";

/** Started by its Schedule every minute: see the activity of the same name. */
export async function reconcileState(): Promise<void> {
  await reconciling.reconcileState();
}
