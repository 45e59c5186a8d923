import type { ActivityDeps } from "./deps.ts";

/** Placeholder until the reader of company files is in. */
export const meetFile =
  (_deps: ActivityDeps) =>
  (companyId: string): Promise<string> =>
    Promise.resolve(companyId);
