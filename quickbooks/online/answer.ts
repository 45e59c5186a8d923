import type { RecordKind } from "../../core/record-kinds.ts";
import type { Changes, Deletion, SourceRecord, Trouble } from "../source.ts";
import type { OnlineAnswer } from "./client.ts";
import { BrokenJson, eachElement, eachMember, valueAt } from "./cut.ts";
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
  const { bytes } = answer;
  const readRow = (row: Buffer): void => {
    result.rows++;
    const read = readRecord(kind, row);
    if (read.is === "record") result.records.push(read.record);
    if (read.is === "trouble") result.troubles.push(read.trouble);
  };
  readMember(answer, "QueryResponse", (response) =>
    eachMember(bytes, response, (key, from) => {
      if (key === ONLINE_KINDS[kind].entity) return eachElement(bytes, from, readRow);
      if (key === "totalCount") result.totalCount = Number(valueAt(bytes, from));
      return null;
    }),
  );
  return result;
}

/** Reads the answer of change data capture, with the number of objects in it by kind. */
export function readChangesAnswer(
  answer: OnlineAnswer,
): Changes & { objects: Map<RecordKind, number> } {
  const { bytes } = answer;
  const changes = {
    records: [] as SourceRecord[],
    troubles: [] as Trouble[],
    deletions: [] as Deletion[],
    deletionsUntold: [],
    rest: null,
    at: timeOfAnswer(answer),
    objects: new Map<RecordKind, number>(),
  };
  const readObject = (kind: OnlineKind, object: Buffer): void => {
    changes.objects.set(kind, (changes.objects.get(kind) ?? 0) + 1);
    const read = readRecord(kind, object);
    if (read.is === "record") changes.records.push(read.record);
    if (read.is === "trouble") changes.troubles.push(read.trouble);
    if (read.is === "deletion") {
      const { quickbooksId } = read;
      const deletedAt = read.deletedAt ?? changes.at.toISOString();
      changes.deletions.push({ kind, quickbooksId, deletedAt });
    }
  };
  const readGroup = (group: Buffer): void => {
    eachMember(group, 0, (key, from) => {
      const kind = kindOfEntity(key);
      return kind === null ? null : eachElement(group, from, (object) => readObject(kind, object));
    });
  };
  const readResponse = (response: Buffer): void => {
    eachMember(response, 0, (key, from) =>
      key === "QueryResponse" ? eachElement(response, from, readGroup) : null,
    );
  };
  readMember(answer, "CDCResponse", (from) => eachElement(bytes, from, readResponse));
  return changes;
}

/** QuickBooks' clock when it began to answer, or by its header `Date`. Throws where the answer names none. */
export function timeOfAnswer(answer: OnlineAnswer): Date {
  const { bytes } = answer;
  let at = Date.parse(answer.date ?? "");
  whole(() =>
    eachMember(bytes, 0, (key, from) => {
      const told = key === "time" ? valueAt(bytes, from).replaceAll('"', "") : "";
      at = Number.isNaN(Date.parse(told)) ? at : Date.parse(told);
      return null;
    }),
  );
  if (Number.isNaN(at)) throw unreadable("it names no time", answer.traceId);
  return new Date(at);
}

/** Reads one member of the answer's top; the rest is only gone through, to the end. */
function readMember(answer: OnlineAnswer, name: string, read: (from: number) => number): void {
  let isFound = false;
  whole(() =>
    eachMember(answer.bytes, 0, (key, from) => {
      if (key !== name) return null;
      isFound = true;
      return read(from);
    }),
  );
  if (!isFound) throw unreadable(`it holds no ${name}`, answer.traceId);
}

function whole(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (error instanceof BrokenJson) throw noAnswer("truncated-answer", error);
    throw error;
  }
}
