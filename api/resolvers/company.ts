import { z } from "zod";

import { RECORD_KINDS } from "../../core/record-kinds.ts";
import { createCompany, listCompanies, type Company } from "../../db/companies.ts";
import { readableCompany } from "../auth/access.ts";
import { mayDo } from "../auth/roles.ts";
import type { Context } from "../context.ts";
import type { Resolvers } from "../generated/resolvers.ts";
import { cursorOf, firstOf, pageOf } from "../paging.ts";
import { statusOf } from "../progress/status.ts";
import { forbidden, invalid, isRefusal } from "../refusals.ts";
import { isLine } from "../text.ts";

const NAME_LENGTH_MAX = 200;

const cursor = cursorOf("companies", z.uuid());

export const company: Resolvers = {
  Query: {
    company: (_, { id }, context) => readableCompany(context, id),
    companies: async (_, args, { deps, viewer }) => {
      const first = firstOf(args);
      const after = cursor.read(args);
      const rows = await listCompanies(deps.pool, {
        first: first + 1,
        after,
        visible: viewer.companyIds,
      });
      return pageOf(rows, { first, cursor, position: (row) => row.id });
    },
  },
  Mutation: {
    createCompany: async (_, { input }, { deps, viewer }) => {
      if (!mayDo(viewer.role, "createCompany")) return forbidden(viewer.role);
      if (viewer.companyIds !== null) {
        return {
          code: "forbidden",
          message: "A token that is limited to some companies may not create another.",
          nextStep: "Use a token that sees all companies.",
        };
      }
      const name = input.name.trim();
      if (!isLine(name, NAME_LENGTH_MAX)) {
        return invalid(
          `A company's name has 1 to ${NAME_LENGTH_MAX} characters on one line.`,
          "Give it a shorter name, without line breaks or other control characters.",
        );
      }
      return createCompany(deps.pool, { name, edition: input.edition });
    },
  },
  CompanyResult: { __resolveType: (answer) => (isRefusal(answer) ? "Refusal" : "Company") },
  Company: {
    activity: async (row, _, context) => (await status(row, context)).activity,
    status: async (row, _, context) => (await status(row, context)).status,
    waitingFor: async (row, _, context) => (await status(row, context)).waitingFor,
    workable: (row) => row.workableAt !== null,
    books: async (row, _, { load }) => (await load.overview(row.id)).connection?.books ?? null,
    counts: async (row, _, { load }) => {
      const kept = new Map((await load.counts(row.id)).map((count) => [count.kind, count]));
      return kindsOf(row).map((kind) => kept.get(kind) ?? { kind, present: 0, deleted: 0 });
    },
    autoSync: (row) => row,
    openBatch: async (row, _, { load }) => (await load.overview(row.id)).openBatch,
  },
};

const status = async (row: Company, { load }: Context) =>
  statusOf(row, await load.overview(row.id), new Date());

/** QuickBooks Online has no sales orders. */
const kindsOf = ({ edition }: Company) =>
  edition === "desktop" ? RECORD_KINDS : RECORD_KINDS.filter((kind) => kind !== "sales_order");
