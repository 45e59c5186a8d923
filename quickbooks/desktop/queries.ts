import type { RecordKind } from "../../core/record-kinds.ts";
import { DESKTOP_KINDS, idElement, type DesktopKind, type DesktopQuery } from "./kinds.ts";
import type { Element, Request } from "./writer.ts";

/** A kind's query, asked of a QuickBooks that speaks this version of qbXML. */
export interface Asking {
  kind: DesktopKind;
  query: DesktopQuery;
  qbxml: number;
}

/** Every query of some kinds that this version of qbXML has. */
export const askingsOf = (
  qbxml: number,
  kinds: readonly RecordKind[],
): (Asking & { of: RecordKind })[] =>
  kinds.flatMap((of) => {
    const kind = DESKTOP_KINDS[of];
    const queries = kind?.queries.filter(({ since }) => since <= qbxml) ?? [];
    return kind === undefined ? [] : queries.map((query) => ({ of, kind, query, qbxml }));
  });

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

/** How an answer is handed out: whole, its first records, by an iterator's pages, or its size alone. */
export type Portion =
  | { is: "all" }
  | { is: "some"; size: number }
  | { is: "first"; size: number }
  | { is: "next"; size: number; iteratorId: string }
  | { is: "count" };

/** A query for records as a whole, with their lines and links. Element order as the schema of qbXML 13.0 has it. */
export function pickQuery(asking: Asking, picked: Picked, portion: Portion): Request {
  const { kind, query } = asking;
  const content = [
    ...("size" in portion ? [["MaxReturned", String(portion.size)] as const] : []),
    ...(kind.family === "list" ? listFilter(picked) : transactionFilter(picked)),
    ...(picked.unpaidOnly && query.paidStatus ? [["PaidStatus", "NotPaidOnly"] as const] : []),
    ...(portion.is === "count" ? [] : includes(asking)),
  ];
  return { name: `${query.name}Query`, attributes: attributesOf(portion), content };
}

/** Records by their ids. */
export const idQuery = (asking: Asking, ids: readonly string[]): Request => ({
  name: `${asking.query.name}Query`,
  content: [...ids.map((id) => [idElement(asking.kind), id] as const), ...includes(asking)],
});

/** Gives an iterator back to QuickBooks. */
export const stopQuery = (query: DesktopQuery, iteratorId: string): Request => ({
  name: `${query.name}Query`,
  attributes: { iterator: "Stop", iteratorID: iteratorId },
  content: [],
});

/** Only some elements of the records: an answer a tenth as large. */
export const trimmed = (request: Request, elements: readonly string[]): Request => ({
  ...request,
  content: [
    ...request.content.filter(([name]) => !name.startsWith("Include")),
    ...elements.map((element) => ["IncludeRetElement", element] as const),
  ],
});

/** What was deleted, since a wall clock's time where one is given; a request for lists and one for transactions, where there are any. */
export function deletedQueries(kinds: readonly DesktopKind[], since: string | null): Request[] {
  const range: Element[] =
    since === null ? [] : [["DeletedDateRangeFilter", [["FromDeletedDate", since]]]];
  const query = (family: DesktopKind["family"], word: string): Request[] => {
    const types = kinds
      .filter((kind) => kind.family === family)
      .flatMap(({ queries }) => queries.flatMap(({ deletedTypes }) => deletedTypes));
    if (types.length === 0) return [];
    const content = [...types.map((type) => [`${word}DelType`, type] as const), ...range];
    return [{ name: `${word}DeletedQuery`, content }];
  };
  return [...query("list", "List"), ...query("transaction", "Txn")];
}

function attributesOf(portion: Portion): Record<string, string> {
  if (portion.is === "count") return { metaData: "MetaDataOnly" };
  if (portion.is === "first") return { iterator: "Start" };
  return portion.is === "next" ? { iterator: "Continue", iteratorID: portion.iteratorId } : {};
}

const listFilter = ({ modified, nameFrom }: Picked): Element[] => [
  // Without it the inactive ones are left out.
  ["ActiveStatus", "All"],
  ...modifiedRange(modified),
  ...(nameFrom === null ? [] : [["NameRangeFilter", [["FromName", nameFrom] as const]] as const]),
];

/** QuickBooks takes one of the two ranges alone. */
function transactionFilter({ modified, dated }: Picked): Element[] {
  if (dated !== null) {
    const ends = [...maybe("FromTxnDate", dated.from), ...maybe("ToTxnDate", dated.until)];
    return ends.length === 0 ? [] : [["TxnDateRangeFilter", ends]];
  }
  const ends = modifiedRange(modified);
  return ends.length === 0 ? [] : [["ModifiedDateRangeFilter", ends]];
}

const modifiedRange = (modified: Range | null): Element[] => [
  ...maybe("FromModifiedDate", modified?.from ?? null),
  ...maybe("ToModifiedDate", modified?.until ?? null),
];

const includes = ({ query: { lines, linksSince }, qbxml }: Asking): Element[] => [
  ...(lines ? [["IncludeLineItems", "true"] as const] : []),
  ...(linksSince !== null && linksSince <= qbxml ? [["IncludeLinkedTxns", "true"] as const] : []),
];

const maybe = (name: string, text: string | null): Element[] =>
  text === null ? [] : [[name, text]];
