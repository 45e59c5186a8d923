import type { Books, Shelf } from "./books/books.ts";
import { shelfOf } from "./books/books.ts";
import type { Kind } from "./books/kinds.ts";
import { NOT_IN_CDC, kindNamed } from "./books/kinds.ts";
import { DAY_SECONDS, parseMoment, stamp } from "./books/time.ts";
import { invalidValue, missing, notInSubscription, type FaultText } from "./fault-shapes.ts";
import { payloads } from "./rows.ts";

const LOOK_BACK_DAYS = 30;
const OBJECTS_MAX = 1000;

export interface CdcQuestion {
  entities: string;
  changedSince: string;
}

export interface CdcResult {
  groups: readonly string[];
  rows: number;
}

/** A CDC question that QuickBooks refuses. */
export class CdcRefused extends Error {
  override readonly name = "CdcRefused";
  readonly fault: FaultText;

  constructor(fault: FaultText) {
    super(fault.message);
    this.fault = fault;
  }
}

function kindsAsked(books: Books, entities: string): Kind[] {
  const names = entities.split(",").map((name) => name.trim());
  if (entities.trim() === "") throw new CdcRefused(missing("entities"));
  return names.map((name) => {
    const kind = kindNamed(name);
    if (kind === undefined || NOT_IN_CDC.has(kind)) {
      const detail = `Entity ${name} is not supported by the change data capture operation`;
      throw new CdcRefused(invalidValue("2030", detail));
    }
    if (books.plan.without.has(kind)) throw new CdcRefused(notInSubscription(kind));
    return kind;
  });
}

interface Sighting {
  at: number;
  row: number | undefined;
  id: string;
}

/** Changed rows and deletions of a kind since a moment, oldest first (facts 5.1). */
function sightings(shelf: Shelf, since: number, most: number): Sighting[] {
  const seen: Sighting[] = [];
  const { order, tombstones } = shelf;
  const first = order.before(since);
  for (let at = first; at < order.length && seen.length < most; at++) {
    seen.push({ at: order.secondsAt(at), row: order.at(at), id: "" });
  }
  for (const { id, at } of tombstones) if (at >= since) seen.push({ at, row: undefined, id });
  return seen.sort((a, b) => a.at - b.at).slice(0, most);
}

const tombstone = ({ id, at }: Sighting): string =>
  `{"domain":"QBO","status":"Deleted","Id":"${id}","MetaData":{"LastUpdatedTime":"${stamp(at)}"}}`;

/**
 * What changed in a company, grouped by kind: 1000 objects in all (or per kind, by setting), no
 * paging, nothing from before 30 days. Throws CdcRefused, and QueryRefused for a row that
 * cannot be shown.
 */
export function changesSince(
  books: Books,
  question: CdcQuestion,
  cap: "total" | "entity",
  nowMs: number,
): CdcResult {
  const kinds = kindsAsked(books, question.entities);
  if (question.changedSince.trim() === "") throw new CdcRefused(missing("changedSince"));
  const asked = parseMoment(question.changedSince);
  if (asked === undefined) {
    const detail = `Invalid date or time: ${question.changedSince}`;
    throw new CdcRefused(invalidValue("2060", detail));
  }
  const since = Math.max(asked, Math.floor(nowMs / 1000) - LOOK_BACK_DAYS * DAY_SECONDS);
  let left = OBJECTS_MAX;
  let rows = 0;
  const groups = kinds.map((kind) => {
    const shelf = shelfOf(books, kind);
    const seen = sightings(shelf, since, cap === "total" ? left : OBJECTS_MAX);
    left -= seen.length;
    rows += seen.length;
    if (seen.length === 0) return "{}";
    const shown = seen.flatMap(({ row }) => (row === undefined ? [] : [row]));
    const texts = [...payloads(books, shelf, shown)].values();
    const list = seen.map((one) =>
      one.row === undefined ? tombstone(one) : (texts.next().value ?? ""),
    );
    return `{"${kind}":[${list.join(",")}],"startPosition":1,"maxResults":${seen.length}}`;
  });
  return { groups, rows };
}
