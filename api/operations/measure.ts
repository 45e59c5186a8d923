import type { Plugin } from "graphql-yoga";

import type { Log } from "../../core/log.ts";
import { requestId } from "../request-id.ts";
import type { Metrics } from "./metrics.ts";

/** Times every request by its door, and logs it for whoever looks closely. */
export function useMeasure(metrics: Metrics, doorOf: (path: string) => string, log: Log): Plugin {
  const began = new WeakMap<Request, number>();
  return {
    onRequest({ request }) {
      began.set(request, performance.now());
    },
    onResponse({ request, response }) {
      const seconds = (performance.now() - (began.get(request) ?? performance.now())) / 1_000;
      const door = doorOf(new URL(request.url).pathname);
      metrics.observe({ door, status: response.status, seconds });
      log.debug({ door, status: response.status, seconds, requestId: requestId() }, "request");
    },
  };
}
