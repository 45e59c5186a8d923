import type { RecordKind } from "../../core/record-kinds.ts";
import type { Changes, Deletion, SourceRecord, Trouble } from "../source.ts";
import type { OnlineAnswer } from "./client.ts";
import { BrokenJson, eachElement, eachMember } from "./cut.ts";
import { noAnswer, unreadable } from "./faults.ts";
import { kindOfEntity, ONLINE_KINDS, type OnlineKind } from "./kinds.ts";
import { readRecord } from "./record.ts";

/** What a query answered, in the order it came. */
export interface QueryAnswer {
  records: SourceRecord[];
  troubles: Trouble[];
  /** Rows in the answer, unreadable ones included. */
  rows: number;
  totalCount: number | null;
}

/** Reads the answer to a query for one kind. A body that breaks off is never the end of the data. */
export function readQueryAnswer(kind: OnlineKind, answer: OnlineAnswer): QueryAnswer {
  const result: QueryAnswer = { records: [], troubles: [], rows: 0, totalCount: null };
  const { text } = answer;
  let answered = false;
  const readRecords = (from: number): number =>
    eachElement(text, from, (start, end) => {
      result.rows++;
      const read = readRecord(kind, text.slice(start, end));
      if (read.is === "record") result.records.push(read.record);
      if (read.is === "trouble") result.troubles.push(read.trouble);
    });
  const readResponse = (start: number): number => {
    answered = true;
    return eachMember(
      text,
      start,
      (key, from, to) => {
        if (key === "totalCount") result.totalCount = Number(text.slice(from, to));
      },
      { [ONLINE_KINDS[kind].entity]: readRecords },
    );
  };
  whole(() => eachMember(text, 0, ignore, { QueryResponse: readResponse }));
  if (!answered) throw unreadable("it holds no QueryResponse", answer.traceId);
  return result;
}

/** Reads the answer of change data capture, with the number of objects in it by kind. */
export function readChangesAnswer(
  answer: OnlineAnswer,
): Changes & { objects: Map<RecordKind, number> } {
  const { text } = answer;
  const changes = {
    records: [] as SourceRecord[],
    troubles: [] as Trouble[],
    deletions: [] as Deletion[],
    deletionsUntold: null,
    at: timeOfAnswer(answer),
    objects: new Map<RecordKind, number>(),
  };
  const readGroup = (key: string, from: number): void => {
    const kind = kindOfEntity(key);
    if (kind === null) return;
    eachElement(text, from, (start, end) => {
      changes.objects.set(kind, (changes.objects.get(kind) ?? 0) + 1);
      const read = readRecord(kind, text.slice(start, end));
      if (read.is === "record") changes.records.push(read.record);
      if (read.is === "trouble") changes.troubles.push(read.trouble);
      if (read.is === "deletion") {
        changes.deletions.push({
          kind,
          quickbooksId: read.quickbooksId,
          deletedAt: read.deletedAt,
        });
      }
    });
  };
  const root = memberOfRoot(answer, "CDCResponse");
  whole(() =>
    eachElement(text, root, (response) => {
      eachMember(text, response, (key, from) => {
        if (key !== "QueryResponse") return;
        eachElement(text, from, (group) => eachMember(text, group, readGroup));
      });
    }),
  );
  return changes;
}

/** QuickBooks' clock when it began to answer, or by its header `Date`. Throws where the answer names none. */
export function timeOfAnswer(answer: OnlineAnswer): Date {
  const { text } = answer;
  let at = Date.parse(answer.date ?? "");
  whole(() =>
    eachMember(text, 0, (key, from, to) => {
      const told =
        key === "time" ? Date.parse(text.slice(from, to).replaceAll('"', "")) : Number.NaN;
      if (!Number.isNaN(told)) at = told;
    }),
  );
  if (Number.isNaN(at)) throw unreadable("it names no time", answer.traceId);
  return new Date(at);
}

function memberOfRoot(answer: OnlineAnswer, name: string): number {
  let found = -1;
  whole(() =>
    eachMember(answer.text, 0, (key, from) => {
      if (key === name) found = from;
    }),
  );
  if (found < 0) throw unreadable(`it holds no ${name}`, answer.traceId);
  return found;
}

const ignore = (): void => undefined;

function whole(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (error instanceof BrokenJson) throw noAnswer("truncated-answer", error);
    throw error;
  }
}
