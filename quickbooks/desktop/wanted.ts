import { DESKTOP_KINDS, idElement, type DesktopKind } from "./kinds.ts";

/** Which elements of a record are read, and which within them. */
export interface Wanted {
  leaves: ReadonlySet<string>;
  within: ReadonlyMap<string, ReadonlySet<string>>;
  /** Elements that come several times, of which every leaf is read. */
  repeated: ReadonlySet<string>;
}

/** What a record needs beside its kind's columns. */
const ALWAYS = [
  "TimeCreated",
  "TimeModified",
  "EditSequence",
  "TxnDate",
  "IsPaid",
  "FullName",
  "Name",
  "CurrencyRef/FullName",
  "ExchangeRate",
];

const BY_RET = new Map<string, Wanted>(
  Object.values(DESKTOP_KINDS).flatMap((kind) => {
    const wanted = wantedIn(kind);
    return kind.queries.flatMap(({ rets }) => rets.map((ret) => [ret, wanted] as const));
  }),
);

/** What is read of a record; null where it is no record of a kind, and everything is. */
export const wantedOf = (ret: string): Wanted | null => BY_RET.get(ret) ?? null;

function wantedIn(kind: DesktopKind): Wanted {
  const { number, party, total, balance, balanceUnlessPaid } = kind;
  const totals = "sum" in total ? total.sum : total;
  const leaves = new Set<string>();
  const within = new Map<string, Set<string>>();
  const paths = [idElement(kind), ...ALWAYS, ...number, ...party, ...totals, ...balance];
  for (const path of [...paths, ...balanceUnlessPaid]) {
    const [outer = "", inner] = path.split("/");
    if (inner === undefined) leaves.add(outer);
    else within.set(outer, (within.get(outer) ?? new Set()).add(inner));
  }
  return { leaves, within, repeated: new Set(kind.applied) };
}
