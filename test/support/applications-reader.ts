import { expect } from "vitest";

import { compareDecimals } from "../../core/money.ts";
import type { Stage } from "./sync.ts";

/** Between two looks: a moment, and as long as the look took, so that half of a core is left to others. */
const REST_MS = 3;

/** What a reader saw of a document: its applications in one text, and what they come to. */
interface Sight {
  applied: string;
  amount: string;
}

const NOTHING: Sight = { applied: "nothing", amount: "0" };

/** Reads every application of some companies again and again, one company after another, as long as a run lasts. */
export interface ApplicationsReader {
  /**
   * Every document was at every moment as at first or as it is now, and what was applied to an invoice or
   * bill came to what it did at first, or to its total less its balance. Answers how often was read, and
   * how many documents moved.
   */
  expectNothingBetween(): Promise<{ looks: number; moved: number }>;
  stop(): Promise<void>;
}

/** Begins to read; resolves once each company was read as it is before anything moves. */
export async function startReader(
  stage: Stage,
  companyIds: readonly string[],
): Promise<ApplicationsReader> {
  /** What was applied to each document, one after the other. */
  const seen = new Map<string, Sight[]>();
  let looks = 0;
  const look = async (companyId: string, isFirst = false): Promise<void> => {
    const held = await applicationsOf(stage, companyId);
    const before = [...seen.keys()].filter((document) => document.startsWith(companyId));
    for (const document of new Set([...before, ...held.keys()])) {
      const sight = held.get(document) ?? NOTHING;
      const sofar = seen.get(document) ?? (isFirst ? [] : [NOTHING]);
      if (sofar.at(-1)?.applied !== sight.applied) seen.set(document, [...sofar, sight]);
    }
    looks++;
  };
  for (const companyId of companyIds) await look(companyId, true);
  const ended = new AbortController();
  const reading = (async () => {
    while (!ended.signal.aborted) {
      for (const companyId of companyIds) {
        if (ended.signal.aborted) break;
        const began = performance.now();
        await look(companyId);
        const restMs = REST_MS + performance.now() - began;
        await new Promise((wake) => setTimeout(wake, restMs));
      }
    }
  })();
  const stop = async (): Promise<void> => {
    ended.abort();
    await reading;
  };
  return {
    stop,
    async expectNothingBetween() {
      await stop();
      for (const companyId of companyIds) await look(companyId);
      const due = await appliedByBalance(stage, companyIds);
      const moved = [...seen].filter(([, sights]) => sights.length > 1);
      expect(moved.length, "nothing moved while it was watched").toBeGreaterThan(0);
      expect(moved.filter(([, sights]) => sights.length > 2)).toEqual([]);
      const between = [...seen].filter(([document, [first = NOTHING, ...later]]) =>
        later.some(({ amount }) => amount !== first.amount && !isDue(amount, document, due)),
      );
      expect(between, "neither what the balance was before, nor what it is now").toEqual([]);
      return { looks, moved: moved.length };
    },
  };
}

/** Invoices and bills alone have a balance that says what is applied. */
const isDue = (amount: string, document: string, due: Map<string, string>): boolean =>
  !/ (invoice|bill) /.test(document) || compareDecimals(amount, due.get(document) ?? "0") === 0;

/** The applications of every document of a company: all of a document's in one text, of one moment. */
async function applicationsOf(stage: Stage, companyId: string): Promise<Map<string, Sight>> {
  const { rows } = await stage.pool.query<Sight & { document: string }>(
    `select concat_ws(' ', company_id, to_kind, to_id) as document, sum(amount)::text as amount,
        md5(string_agg(concat_ws(' ', said_by_kind, said_by_id, from_kind, from_id, role, amount, date),
          ', ' order by said_by_kind, said_by_id, from_kind, from_id, role)) as applied
      from applications where company_id = $1 group by company_id, to_kind, to_id`,
    [companyId],
  );
  return new Map(rows.map(({ document, amount, applied }) => [document, { amount, applied }]));
}

/** What is applied to every invoice and bill by its own total and balance. */
async function appliedByBalance(
  stage: Stage,
  companyIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await stage.pool.query<{ document: string; amount: string }>(
    `select concat_ws(' ', company_id, kind, quickbooks_id) as document,
        (total - balance)::text as amount
      from records where company_id = any($1) and kind in ('invoice', 'bill')
        and deleted_at is null and total is not null and balance is not null`,
    [companyIds],
  );
  return new Map(rows.map(({ document, amount }) => [document, amount]));
}
