import { control } from "./policies.ts";

/** Started by a company's Schedule: wants one run of AutoSync, and says what became of the wish. */
export function autoSyncTick(companyId: string): Promise<string> {
  return control.tickAutoSync(companyId);
}
