import { FaultError } from "../../core/faults.ts";
import type { Listing } from "../source.ts";
import { faultOfStatus } from "./faults.ts";
import type { DesktopKind } from "./kinds.ts";
import type { Pc } from "./pc.ts";
import { idElement, pickQuery, trimmed, type Picked } from "./queries.ts";
import type { Response } from "./reader.ts";
import type { Request } from "./writer.ts";

/** Counting this many requests in one message set keeps QuickBooks busy for seconds, not minutes. */
const REQUESTS_MAX = 60;

interface Waiting {
  request: Request;
  settle(response: Response): void;
  fail(error: unknown): void;
}

/** Asks what is wanted in one turn of the event loop in as few message sets as possible. */
export function createGatherer(
  pc: Pc,
): (request: Request, signal: AbortSignal) => Promise<Response> {
  let waiting: Waiting[] = [];
  const flush = async (signal: AbortSignal): Promise<void> => {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += REQUESTS_MAX) {
      const some = all.slice(from, from + REQUESTS_MAX);
      try {
        const { responses } = await pc.ask(
          some.map(({ request }) => request),
          signal,
        );
        some.forEach(({ settle, fail }, index) => {
          const response = responses[index];
          if (response === undefined) fail(new Error("an answer is missing"));
          else settle(response);
        });
      } catch (error) {
        for (const { fail } of all.slice(from)) fail(error);
        return;
      }
    }
  };
  return (request, signal) =>
    new Promise((settle, fail) => {
      waiting.push({ request, settle, fail });
      if (waiting.length === 1) setImmediate(() => void flush(signal));
    });
}

/** How a listing is counted: by QuickBooks, or by looking at the dates where it takes no second range. */
export async function countListing(
  ask: (request: Request) => Promise<Response>,
  { listing, kind, picked }: { listing: Listing; kind: DesktopKind; picked: Picked },
): Promise<number> {
  const byHand =
    kind.family === "transaction" && listing.modifiedFrom !== null && listing.datedFrom !== null;
  const counts = await Promise.all(
    kind.queries.map(async (query) => {
      const request = byHand
        ? trimmed(pickQuery(kind, query, picked, { is: "all" }), [idElement(kind), "TxnDate"])
        : pickQuery(kind, query, picked, { is: "count" });
      const response = await ask(request);
      const fault = faultOfStatus(response, "query-refused");
      if (fault !== null) throw new FaultError(fault);
      if (!byHand) return response.retCount ?? response.records.length;
      return response.records.filter(
        ({ fields }) => (fields.get("TxnDate") ?? "") >= (listing.datedFrom ?? ""),
      ).length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
