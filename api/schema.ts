import type { GraphQLSchema } from "graphql";
import { createSchema } from "graphql-yoga";

import type { Context } from "./context.ts";
import { autoSync } from "./resolvers/auto-sync.ts";
import { batch } from "./resolvers/batch.ts";
import { companyFile } from "./resolvers/company-file.ts";
import { company } from "./resolvers/company.ts";
import { connect } from "./resolvers/connect.ts";
import { connectors } from "./resolvers/connectors.ts";
import { enums } from "./resolvers/enums.ts";
import { reapply } from "./resolvers/reapply.ts";
import { reconciliation } from "./resolvers/reconciliation.ts";
import { record } from "./resolvers/record.ts";
import { scalars } from "./resolvers/scalars.ts";
import { subscriptions } from "./resolvers/subscriptions.ts";
import { sync } from "./resolvers/sync.ts";
import { viewer } from "./resolvers/viewer.ts";
import { readSchemaText } from "./schema-text.ts";

/** The schema of api/schema with its resolvers. */
export const createApiSchema = (): GraphQLSchema =>
  createSchema<Context>({
    typeDefs: readSchemaText(),
    resolvers: [
      scalars,
      enums,
      viewer,
      company,
      autoSync,
      connect,
      connectors,
      companyFile,
      batch,
      sync,
      reapply,
      reconciliation,
      record,
      subscriptions,
    ],
  });
