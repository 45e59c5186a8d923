import { randomUUID } from "node:crypto";
import type { Row, Txn } from "../file/books.ts";
import type { Outcome } from "./answer.ts";
import type { Desk, Iterator } from "./desk.ts";
import { textOf, type XmlElement } from "./document.ts";
import type { Found } from "./found.ts";
import { OK, StatusError } from "./status.ts";

/** One page of what a query has found. */
export interface Taken {
  records: (Row | Txn)[];
  iterator?: NonNullable<Outcome["iterator"]>;
}

const invalid = (id: string): StatusError =>
  new StatusError(3391, `The iterator ID "${id}" is not valid in this session.`);

const filtersOf = (request: XmlElement): string =>
  JSON.stringify(request.children.filter(({ name }) => name !== "MaxReturned"));

const pageSize = (request: XmlElement): number =>
  Number(textOf(request, "MaxReturned") || Infinity);

/** Starts an iterator over what was found, and takes its first page. */
export function start(desk: Desk, request: XmlElement, found: Found<Row | Txn>): Taken {
  const size = pageSize(request);
  const rest = found.records.slice(size);
  const id = `{${randomUUID()}}`;
  if (rest.length > 0) {
    desk.iterators.set(id, {
      query: request.name,
      filters: filtersOf(request),
      rest,
      deletions: deletionsIn(desk),
    });
  }
  return {
    records: found.records.slice(0, size),
    iterator: { id, remaining: rest.length },
  };
}

/** What a deletion since the page before has left; without one nothing has to be looked up. */
function stillThere(desk: Desk, iterator: Iterator): (Row | Txn)[] {
  const deletions = deletionsIn(desk);
  if (deletions === iterator.deletions) return iterator.rest;
  iterator.deletions = deletions;
  const { byId } = desk.file.books;
  return iterator.rest.filter((record) => byId[record.kind].get(record.id) === record);
}

const deletionsIn = ({ file }: Desk): number => file.books.tombstones.length;

/**
 * Takes the next page. What was deleted meanwhile is left out; what was changed shows as it is now.
 * Throws StatusError 3391 when the iterator is not one of this session, is at its end, or is
 * continued with other filters.
 */
export function next(desk: Desk, request: XmlElement): Taken {
  const id = request.attributes["iteratorID"] ?? "";
  const iterator = desk.iterators.get(id);
  if (
    iterator === undefined ||
    iterator.query !== request.name ||
    iterator.filters !== filtersOf(request)
  ) {
    throw invalid(id);
  }
  const there = stillThere(desk, iterator);
  const size = pageSize(request);
  iterator.rest = there.slice(size);
  if (iterator.rest.length === 0) desk.iterators.delete(id);
  return { records: there.slice(0, size), iterator: { id, remaining: iterator.rest.length } };
}

/** Frees an iterator. Throws StatusError 3391 for one that is not there. */
export function stop(desk: Desk, request: XmlElement): Outcome {
  const id = request.attributes["iteratorID"] ?? "";
  if (!desk.iterators.delete(id)) throw invalid(id);
  return { status: OK, rets: [], iterator: { id, remaining: 0 } };
}
