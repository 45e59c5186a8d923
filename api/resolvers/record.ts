import { z } from "zod";

import { decimalsOf, multiplied } from "../../core/money.ts";
import { applicationsOf } from "../../db/applications.ts";
import { listAttention } from "../../db/attention.ts";
import { listChanges } from "../../db/changes.ts";
import { findRecord, listRecords } from "../../db/records.ts";
import { readableCompany, sees } from "../auth/access.ts";
import type { Resolvers } from "../generated/resolvers.ts";
import { cursorOf, firstOf, pageOf } from "../paging.ts";
import { notFoundError } from "../refusals.ts";
import { isLine } from "../text.ts";

const ID_LENGTH_MAX = 200;

const recordCursor = cursorOf(
  "records",
  z.string().refine((id) => isLine(id, ID_LENGTH_MAX)),
);
const changeCursor = cursorOf("changes", z.int().nonnegative());
const attentionCursor = cursorOf("attention", z.uuid());

export const record: Resolvers = {
  Query: {
    record: (_, { companyId, kind, quickbooksId }, { deps, viewer }) =>
      sees(viewer, companyId) && isLine(quickbooksId, ID_LENGTH_MAX)
        ? findRecord(deps.pool, { companyId, kind, quickbooksId })
        : null,
    records: async (_, args, context) => {
      const first = firstOf(args);
      const after = recordCursor.read(args);
      const { companyId, kind } = args;
      if ((await readableCompany(context, companyId)) === null) throw notFoundError("company");
      const rows = await listRecords(context.deps.pool, {
        companyId,
        kind,
        first: first + 1,
        after,
      });
      const counts = await context.load.counts(companyId);
      return {
        ...pageOf(rows, { first, cursor: recordCursor, position: (row) => row.quickbooksId }),
        totalCount: counts.find((count) => count.kind === kind)?.present ?? 0,
      };
    },
    changes: async (_, args, context) => {
      const first = firstOf(args);
      const after = changeCursor.read(args);
      const { companyId } = args;
      if ((await readableCompany(context, companyId)) === null) throw notFoundError("company");
      const rows = await listChanges(context.deps.pool, companyId, { first: first + 1, after });
      return pageOf(rows, { first, cursor: changeCursor, position: (row) => row.position });
    },
    attention: async (_, args, context) => {
      const first = firstOf(args);
      const after = attentionCursor.read(args);
      const { companyId } = args;
      if ((await readableCompany(context, companyId)) === null) throw notFoundError("company");
      const rows = await listAttention(context.deps.pool, companyId, { first: first + 1, after });
      return pageOf(
        rows.map((row) => ({ ...row, companyId })),
        { first, cursor: attentionCursor, position: (row) => row.id },
      );
    },
  },
  Change: {
    what: ({ amountBefore, amountAfter }) =>
      amountBefore === null ? "added" : amountAfter === null ? "removed" : "changed",
  },
  Record: {
    company: (row, _, { load }) => load.company(row.companyId),
    applications: async (row, _, { deps, load }) => {
      const applications = await applicationsOf(deps.pool, row);
      if (applications.length === 0) return [];
      const { connection } = await load.overview(row.companyId);
      const decimals = decimalsOf(connection?.books?.currency ?? null);
      return applications.map(({ exchangeRate, ...application }) => ({
        ...application,
        exchangeRate,
        homeAmount:
          exchangeRate === null
            ? application.amount
            : multiplied(application.amount, exchangeRate, decimals),
      }));
    },
  },
  Attention: {
    company: (row, _, { load }) => load.company(row.companyId),
  },
};
