import { isTransactionKind, RECORD_KINDS, type RecordKind } from "../../core/record-kinds.ts";
import { GRAIN_MS, hasOffset, HOUR_MS, msOf } from "./clock.ts";
import type { HeldRecord } from "./exchanges.ts";
import { DESKTOP_KINDS, idElement } from "./kinds.ts";
import { askingsOf, idQuery, trimmed, type Asking } from "./queries.ts";
import type { Response } from "./reader.ts";
import type { Request } from "./writer.ts";

/** Transactions that cannot be gone without a word: of lists a merge takes one away, and transfers tell no deletion. */
export const DELETIONS_ARE_TOLD: readonly RecordKind[] = RECORD_KINDS.filter(
  (kind) =>
    isTransactionKind(kind) &&
    DESKTOP_KINDS[kind]?.queries.every(({ deletedTypes }) => deletedTypes.length > 0) === true,
);

/** A record may be of any of its kind's queries. */
export const lookFor = ({ kind, quickbooksId }: HeldRecord, qbxml: number): Request[] =>
  askingsOf(qbxml, [kind]).map((asking) =>
    trimmed(idQuery(asking, [quickbooksId]), wantedOf(asking)),
  );

/** Of a sentinel: which record it is, and when it was modified last. */
export const wantedOf = ({ kind }: Asking): string[] => [idElement(kind), "TimeModified"];

/** The query was answered, and the record is not there. */
export const isMissing = (response: Response | undefined): boolean =>
  response !== undefined &&
  (response.statusCode === 1 || response.statusCode === 500) &&
  response.records.length === 0;

/** How the file shows a record that we hold: as an older state of it has it, as missing, or rightly. */
export type Shown = "missing" | "older" | "right";

/** One that is there although it was deleted, or that was modified earlier than as we hold it, is of an older state of the file. */
export function shownIn(record: HeldRecord, answers: readonly Response[]): Shown {
  const [found] = answers.flatMap(({ records }) => records);
  if (found === undefined) {
    const isGone = !record.isDeleted && answers.length > 0 && answers.every(isMissing);
    return isGone ? "missing" : "right";
  }
  const modifiedAt = found.fields.get("TimeModified") ?? "";
  // An offset may be wrong by an hour.
  const isBack =
    hasOffset(modifiedAt) && msOf(modifiedAt) < record.modifiedAt.getTime() - HOUR_MS - GRAIN_MS;
  return record.isDeleted || isBack ? "older" : "right";
}
