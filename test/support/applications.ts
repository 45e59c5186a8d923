import { expect } from "vitest";
import { z } from "zod";

import { compareDecimals } from "../../core/money.ts";
import type { Stage } from "./sync.ts";

const Truth = z.object({
  applications: z.array(
    z.object({
      fromKind: z.string(),
      fromId: z.string(),
      toKind: z.string(),
      toId: z.string(),
      amount: z.string(),
      discount: z.string().optional(),
    }),
  ),
});

/** Where the simulator tells what is applied: a realm, or a company file. */
export type Books = { realm: string } | { file: string };

/** Holds a company's applications against the simulator's own, each pair of records once, to the cent; answers how many. */
export async function expectEqualApplications(
  stage: Stage,
  companyId: string,
  books: Books,
): Promise<number> {
  const theirs = await trueApplications(stage, books);
  const ours = await heldApplications(stage, companyId);
  const differing = [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((pair) => {
    const [held = "none", said = "none"] = [ours.get(pair), theirs.get(pair)];
    const isEqual = held === said || (isAmount(held, said) && compareDecimals(held, said) === 0);
    return isEqual ? [] : [`${pair}: ${held} is held, QuickBooks has ${said}`];
  });
  expect(differing, "what is applied").toEqual([]);
  return theirs.size;
}

const isAmount = (...amounts: readonly string[]): boolean => !amounts.includes("none");

/** The simulator's own: from, to and what the amount is -> the amount. */
async function trueApplications(stage: Stage, books: Books): Promise<Map<string, string>> {
  const path = "realm" in books ? "applications" : "desktop/applications";
  const query = new URLSearchParams(books);
  const answer = await fetch(`${stage.simulator.url}/_simulator/${path}?${query}`);
  const { applications } = Truth.parse(await answer.json());
  return new Map(
    applications.flatMap((each) => {
      const pair = `${each.fromKind} ${each.fromId} on ${each.toKind} ${each.toId}`;
      const amounts: [string, string][] = [
        [pair, each.amount],
        [`${pair} discount`, each.discount ?? "0"],
      ];
      return amounts.filter(([, amount]) => compareDecimals(amount, "0") !== 0);
    }),
  );
}

async function heldApplications(stage: Stage, companyId: string): Promise<Map<string, string>> {
  const { rows } = await stage.pool.query<{ pair: string; amount: string }>(
    `select concat(from_kind, ' ', from_id, ' on ', to_kind, ' ', to_id,
        case when role = 'discount' then ' discount' end) as pair, sum(amount)::text as amount
      from applications where company_id = $1 group by 1`,
    [companyId],
  );
  return new Map(rows.map(({ pair, amount }) => [pair, amount]));
}

/** Every invoice and bill: total less applications is the balance; answers how many have some applied. */
export async function expectAddsUp(stage: Stage, companyId: string): Promise<number> {
  const { rows } = await stage.pool.query<{ document: string; isEven: boolean; applied: string }>(
    `select concat(r.kind, ' ', r.quickbooks_id) as document, coalesce(a.amount, 0)::text as applied,
        r.total - coalesce(a.amount, 0) = r.balance as "isEven"
      from records r left join (select to_kind, to_id, sum(amount) as amount from applications
        where company_id = $1 group by 1, 2) a on a.to_kind = r.kind and a.to_id = r.quickbooks_id
      where r.company_id = $1 and r.kind in ('invoice', 'bill') and r.deleted_at is null`,
    [companyId],
  );
  expect(rows.filter(({ isEven }) => !isEven)).toEqual([]);
  return rows.filter(({ applied }) => Number(applied) !== 0).length;
}

/** The feed of changes, replayed from its beginning, comes to what is applied now. */
export async function expectFeedReplays(stage: Stage, companyId: string): Promise<void> {
  const { rows } = await stage.pool.query<{ held: number; replayed: number; gaps: number }>(
    `with newest as (
        select distinct on (to_kind, to_id, said_by_kind, said_by_id, from_kind, from_id, role) *
        from changes where company_id = $1
        order by to_kind, to_id, said_by_kind, said_by_id, from_kind, from_id, role, position desc)
      select (select count(*) from applications where company_id = $1)::int as held,
        (select count(*) from newest n join applications a using (company_id, to_kind, to_id,
            said_by_kind, said_by_id, from_kind, from_id, role)
          where n.amount_after = a.amount and n.date_after is not distinct from a.date)::int as replayed,
        (select max(position) - count(*) from changes where company_id = $1)::int as gaps`,
    [companyId],
  );
  expect(rows).toEqual([{ held: rows[0]?.held, replayed: rows[0]?.held, gaps: 0 }]);
}
