import { ROLES } from "../../db/api-tokens.ts";
import { BATCH_KINDS, BATCH_TRIGGERS } from "../../db/batches.ts";
import { APPLIED_ROLES } from "../../core/applied-roles.ts";
import { REAPPLY_BY } from "../../db/reapplication-words.ts";
import { SUBJECTS } from "../../db/reconciliations.ts";
import { RECORD_KINDS } from "../../core/record-kinds.ts";

/** An enum of the schema is the database's own words in upper case. */
const inUpperCase = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(words.map((word) => [word.toUpperCase(), word]));

export const enums = {
  Edition: inUpperCase(["online", "desktop"]),
  CompanyState: inUpperCase(["setting_up", "connected", "paused", "disconnected"]),
  Activity: inUpperCase(["idle", "running", "waiting", "needs_you"]),
  BatchKind: inUpperCase(BATCH_KINDS),
  BatchTrigger: inUpperCase(BATCH_TRIGGERS),
  BatchStatus: inUpperCase(["queued", "running", "waiting", "succeeded", "failed", "cancelled"]),
  RecordKind: inUpperCase(RECORD_KINDS),
  QuickBooksMode: inUpperCase(["single_user", "multi_user"]),
  ApplicationRole: inUpperCase(APPLIED_ROLES),
  ChangeWhat: inUpperCase(["added", "changed", "removed"]),
  ReapplyBy: inUpperCase(REAPPLY_BY),
  PlanState: inUpperCase(["planned", "swapped", "stopped"]),
  ReconciliationSubject: inUpperCase(SUBJECTS),
  Role: inUpperCase(ROLES),
  Actor: inUpperCase(["system", "customer", "operator", "developer"]),
};
