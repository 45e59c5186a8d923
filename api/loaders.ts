import type { Pool } from "pg";

import { findCompany, type Company } from "../db/companies.ts";
import { countsOfCompanies, overviewsOf, type Overview } from "../db/overviews.ts";
import type { KindCount } from "../db/records.ts";
import { gather } from "./gather.ts";
import { createFigures, type LoadFigures } from "./progress/figures.ts";

/** What many rows of one answer ask for: gathered, so that a list of fifty is no fifty statements. */
export interface Loaders {
  company(companyId: string): Promise<Company>;
  overview(companyId: string): Promise<Overview>;
  counts(companyId: string): Promise<readonly KindCount[]>;
  figures: LoadFigures;
}

/** Fresh loaders for one request. */
export function createLoaders(pool: Pool): Loaders {
  const company = gather(async (ids: string[]) => {
    const found = await Promise.all(ids.map((id) => findCompany(pool, id)));
    return new Map(found.flatMap((row) => (row === null ? [] : [[row.id, row] as const])));
  });
  const overview = gather((ids: string[]) => overviewsOf(pool, ids));
  const counts = gather((ids: string[]) => countsOfCompanies(pool, ids));
  return {
    company: async (id) => expected(await company(id), id),
    overview: async (id) => expected(await overview(id), id),
    counts: async (id) => (await counts(id)) ?? [],
    figures: createFigures(pool),
  };
}

function expected<T>(row: T | undefined, companyId: string): T {
  if (row === undefined) throw new Error(`company ${companyId} is gone`);
  return row;
}
