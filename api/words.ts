import type { AppliedRole } from "../core/applied-roles.ts";
import type { POLICY } from "../core/faults.ts";
import type { RecordKind } from "../core/record-kinds.ts";
import type { Role } from "../db/api-tokens.ts";
import type { Attention } from "../db/attention.ts";
import type { Batch, BatchKind, BatchTrigger } from "../db/batches.ts";
import type { Company } from "../db/companies.ts";
import type { ReconciliationLine } from "../db/reconciliations.ts";
import type { WantedReapplication } from "../db/reapplication-words.ts";
import type { FirstLook } from "../db/connections.ts";

/** The values of the schema's enums inside the process: the database's own lower-case words. */
export type EditionWord = Company["edition"];
export type CompanyStateWord = Company["state"];
export type BatchKindWord = BatchKind;
export type BatchTriggerWord = BatchTrigger;
export type RecordKindWord = RecordKind;
export type QuickBooksModeWord = NonNullable<FirstLook["mode"]>;
export type ApplicationRoleWord = AppliedRole;
export type ChangeWhatWord = "added" | "changed" | "removed";
export type ReapplyByWord = WantedReapplication["by"];
export type PlanStateWord = "planned" | "swapped" | "stopped";
export type ReconciliationSubjectWord = ReconciliationLine["subject"];
export type RoleWord = Role;
export type ActorWord = (typeof POLICY)[keyof typeof POLICY]["whose"];

/** `waiting` is not stored: a batch that runs and has something to wait for. */
export type BatchStatusWord = Batch["status"] | "waiting";

export type ActivityWord = "idle" | "running" | "waiting" | "needs_you";

/** An attention knows its company by where it was read from. */
export interface AttentionOfCompany extends Attention {
  companyId: string;
}

/** A re-application of payments: what was asked for, and what it came to once it was judged. */
export interface ReapplicationOfBatch {
  batch: Batch;
  wanted: WantedReapplication;
  result: Batch["result"];
}

/** A comparison with QuickBooks, and the batch that made it. */
export interface ReconciliationOfBatch {
  batch: Batch;
  lines: ReconciliationLine[];
}

/** What the API answers where the answer is expected to be no. */
export interface Refusal {
  code: RefusalCode;
  message: string;
  nextStep: string;
}

export type RefusalCode =
  | "not-found"
  | "forbidden"
  | "wrong-edition"
  | "not-confirmed"
  | "not-connected"
  | "already-running"
  | "already-done"
  | "invalid-input";
