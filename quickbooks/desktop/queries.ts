import type { RecordKind } from "../../core/record-kinds.ts";
import type { DesktopKind, DesktopQuery } from "./kinds.ts";
import type { Element, Request } from "./writer.ts";

/** What to pick out of a kind's records; times are the PC's wall clock, dates YYYY-MM-DD, all inclusive, null open. */
export interface Picked {
  modified: Range | null;
  dated: Range | null;
  unpaidOnly: boolean;
  /** Lists in the order of their names, from this one on. */
  nameFrom: string | null;
}

export interface Range {
  from: string | null;
  until: string | null;
}

export const EVERYTHING: Picked = {
  modified: null,
  dated: null,
  unpaidOnly: false,
  nameFrom: null,
};

/** How an answer is handed out: in pages, or its size alone. */
export type Portion =
  | { is: "all" }
  | { is: "first"; size: number; iterator: boolean }
  | { is: "next"; size: number; iteratorId: string }
  | { is: "count" };

/** A query for records as a whole, with their lines and links. Element order as the schema of qbXML 13.0 has it. */
export function pickQuery(
  kind: DesktopKind,
  query: DesktopQuery,
  picked: Picked,
  portion: Portion,
): Request {
  const size = portion.is === "first" || portion.is === "next" ? portion.size : null;
  const content = [
    ...maybe("MaxReturned", size === null ? null : String(size)),
    ...(kind.family === "list" ? listFilter(picked) : transactionFilter(picked)),
    ...(picked.unpaidOnly && query.paidStatus ? [["PaidStatus", "NotPaidOnly"] as const] : []),
    ...(portion.is === "count" ? [] : includes(query)),
  ];
  return { name: `${query.name}Query`, attributes: attributesOf(portion), content };
}

/** Records by their ids. */
export const idQuery = (
  kind: DesktopKind,
  query: DesktopQuery,
  ids: readonly string[],
): Request => ({
  name: `${query.name}Query`,
  content: [
    ...ids.map((id) => [kind.family === "list" ? "ListID" : "TxnID", id] as const),
    ...includes(query),
  ],
});

/** Only some elements of the records: an answer a tenth as large. */
export const trimmed = (request: Request, elements: readonly string[]): Request => ({
  ...request,
  content: [
    ...request.content.filter(([name]) => !name.startsWith("Include")),
    ...elements.map((element) => ["IncludeRetElement", element] as const),
  ],
});

/** What was deleted since a wall clock's time; two requests, lists and transactions. */
export function deletedQueries(
  listTypes: readonly string[],
  transactionTypes: readonly string[],
  since: string,
): Request[] {
  const range: Element = ["DeletedDateRangeFilter", [["FromDeletedDate", since]]];
  const query = (name: string, element: string, types: readonly string[]): Request[] =>
    types.length === 0
      ? []
      : [{ name, content: [...types.map((type) => [element, type] as const), range] }];
  return [
    ...query("ListDeletedQuery", "ListDelType", listTypes),
    ...query("TxnDeletedQuery", "TxnDelType", transactionTypes),
  ];
}

function attributesOf(portion: Portion): Record<string, string> {
  switch (portion.is) {
    case "all":
      return {};
    case "count":
      return { metaData: "MetaDataOnly" };
    case "first":
      return portion.iterator ? { iterator: "Start" } : {};
    case "next":
      return { iterator: "Continue", iteratorID: portion.iteratorId };
  }
}

const listFilter = ({ modified, nameFrom }: Picked): Element[] => [
  // Without it the inactive ones are left out.
  ["ActiveStatus", "All"],
  ...maybe("FromModifiedDate", modified?.from ?? null),
  ...maybe("ToModifiedDate", modified?.until ?? null),
  ...(nameFrom === null ? [] : [["NameRangeFilter", [["FromName", nameFrom] as const]] as const]),
];

/** QuickBooks takes one of the two ranges alone. */
function transactionFilter({ modified, dated }: Picked): Element[] {
  if (dated !== null) {
    const ends = [...maybe("FromTxnDate", dated.from), ...maybe("ToTxnDate", dated.until)];
    return ends.length === 0 ? [] : [["TxnDateRangeFilter", ends]];
  }
  const ends = [
    ...maybe("FromModifiedDate", modified?.from ?? null),
    ...maybe("ToModifiedDate", modified?.until ?? null),
  ];
  return ends.length === 0 ? [] : [["ModifiedDateRangeFilter", ends]];
}

const includes = ({ lines, links }: DesktopQuery): Element[] => [
  ...(lines ? [["IncludeLineItems", "true"] as const] : []),
  ...(links ? [["IncludeLinkedTxns", "true"] as const] : []),
];

const maybe = (name: string, text: string | null): Element[] =>
  text === null ? [] : [[name, text]];

/** The element that holds a record's id. */
export const idElement = ({ family }: DesktopKind): string =>
  family === "list" ? "ListID" : "TxnID";

/** Which of our kinds ListDeleted and TxnDeleted mean by a type. */
export function kindsByDeletedType(
  kinds: Partial<Record<RecordKind, DesktopKind>>,
): Map<string, RecordKind> {
  const found = new Map<string, RecordKind>();
  for (const [kind, { queries }] of Object.entries(kinds) as [RecordKind, DesktopKind][]) {
    for (const type of queries.flatMap((query) => query.deletedTypes)) found.set(type, kind);
  }
  return found;
}
