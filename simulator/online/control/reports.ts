import type { ServerResponse } from "node:http";
import { DELETED, idOf, shelfOf, type Books, type Shelf } from "../books/books.ts";
import { decimalsOfRow } from "../books/coins.ts";
import { balanceOf, hasBalance, hasTotal, totalOf } from "../books/columns.ts";
import type { Kind } from "../books/kinds.ts";
import { KINDS, isList } from "../books/kinds.ts";
import { money } from "../books/money.ts";
import { docNumberOf, hasDocNumber } from "../books/numbers.ts";
import { payloadOf } from "../books/payload.ts";
import { dayText, stamp } from "../books/time.ts";
import { dayOf, syncTokenOf } from "../books/times.ts";
import { nowOf, type Simulator } from "../simulator.ts";

const LINES_PER_WRITE = 500;

/** Every company with how many rows are present (inactive ones too) and how many are deleted. */
export function state(simulator: Simulator): object {
  const realms = [...simulator.realms].map(([realmId, { books }]) => {
    const shelves = [...books.shelves.values()].filter(({ kind }) => kind !== "TaxRate");
    return {
      realmId,
      companyName: books.plan.companyName,
      counts: Object.fromEntries(shelves.map(({ kind, order }) => [kind, order.length])),
      deleted: Object.fromEntries(shelves.map(({ kind, tombstones }) => [kind, tombstones.length])),
    };
  });
  return { now: new Date(nowOf(simulator)).toISOString(), realms };
}

function lineOf(books: Books, shelf: Shelf, row: number, withPayload: boolean): string {
  const { kind } = shelf;
  const decimals = decimalsOfRow(books, kind, row);
  const amounts = [
    hasTotal(kind) ? `,"TotalAmt":${money(totalOf(books, kind, row), decimals)}` : "",
    hasBalance(kind) ? `,"Balance":${money(balanceOf(books, kind, row), decimals)}` : "",
    hasDocNumber(kind) ? `,"DocNumber":"${docNumberOf(kind, row)}"` : "",
    isList(kind)
      ? `,"Active":${shelf.state[row] === 0}`
      : `,"TxnDate":"${dayText(dayOf(books, kind, row))}"`,
    withPayload ? `,"payload":${JSON.stringify(payloadOf(books, kind, row))}` : "",
  ];
  return (
    `{"Id":"${idOf(books, kind, row)}","SyncToken":"${syncTokenOf(books, kind, row)}",` +
    `"LastUpdatedTime":"${stamp(shelf.updated[row] ?? 0)}"${amounts.join("")}}\n`
  );
}

/** Streams every present row of a kind as NDJSON: the truth that tests compare with. */
export async function streamRecords(
  response: ServerResponse,
  books: Books,
  kind: Kind,
  withPayload: boolean,
): Promise<void> {
  const shelf = shelfOf(books, kind);
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  let lines: string[] = [];
  for (let row = 0; row < shelf.size; row++) {
    if (shelf.state[row] === DELETED) continue;
    lines.push(lineOf(books, shelf, row, withPayload));
    if (lines.length < LINES_PER_WRITE) continue;
    const isFlowing = response.write(lines.join(""));
    lines = [];
    if (!isFlowing) await drained(response);
    if (response.destroyed) return;
  }
  response.end(lines.join(""));
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

/** The kind of a name, exactly as QuickBooks spells it. */
export const kindSpelled = (name: string | null): Kind | undefined =>
  KINDS.find((kind) => kind === name);
