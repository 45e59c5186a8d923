import { createYoga, type Plugin, type YogaServerInstance } from "graphql-yoga";

import type { Holder } from "../db/api-tokens.ts";
import { createHolders } from "./auth/holders.ts";
import { createBatchCompanies } from "./batch-companies.ts";
import type { Context, Deps } from "./context.ts";
import { doorOf, GRAPHQL_PATH, useDoors } from "./doors.ts";
import { BODY_BYTES_MAX, useBody } from "./limits/body.ts";
import { useQueryLimits } from "./limits/query.ts";
import { createLoaders } from "./loaders.ts";
import { createMask } from "./masking.ts";
import { createMetrics } from "./operations/metrics.ts";
import { useMeasure } from "./operations/measure.ts";
import { requestId } from "./request-id.ts";
import { createApiSchema } from "./schema.ts";
import { createSoapDoor } from "./soap/door.ts";
import { createWebhookDoor } from "./webhooks/door.ts";
import { startHurry } from "./webhooks/hurry.ts";

export type Api = YogaServerInstance<object, Context>;

/**
 * The whole api as one handler: `api.fetch(request)` answers without a port, `http.createServer(api)`
 * with one. `api.dispose()`, before the pool ends, does what was still wanted.
 */
export function createApi(deps: Deps): Api {
  const batchCompanies = createBatchCompanies();
  const viewers = new WeakMap<Request, Holder>();
  const metrics = createMetrics(deps);
  const soap = createSoapDoor({
    ...deps,
    publicUrl: deps.settings.publicUrl,
    countStray: (why) => metrics.countStray(why),
  });
  const hurry = startHurry({
    ...deps,
    countUnknown: (realms) => metrics.countWebhooks("unknown", realms),
  });
  const webhooks = createWebhookDoor({
    log: deps.log,
    hurry,
    token: deps.settings.webhookToken,
    count: (outcome) => metrics.countWebhooks(outcome, 1),
  });
  const plugins: Plugin[] = [
    useMeasure(metrics, doorOf, deps.log),
    useDoors({
      deps,
      metrics,
      holders: createHolders(deps.pool, deps.feed),
      soap,
      webhooks,
      admit: (request, viewer) => void viewers.set(request, viewer),
    }),
    useBody(),
    useQueryLimits(),
    { onDispose: () => hurry.close() },
  ];
  return createYoga<object, Context>({
    schema: createApiSchema(),
    context: ({ request }): Context => {
      const viewer = viewers.get(request);
      if (viewer === undefined) throw new Error("a request came by no door");
      const load = createLoaders(deps.pool);
      return { deps, viewer, requestId: requestId(), batchCompanies, load };
    },
    plugins,
    graphqlEndpoint: GRAPHQL_PATH,
    maskedErrors: { maskError: createMask(deps.log) },
    maxRequestBodySize: BODY_BYTES_MAX,
    logging: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
  });
}
