import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

import { readGauges, type Counted } from "../../db/gauges.ts";
import { callsThisMonth } from "../../db/request-pace.ts";
import type { Deps } from "../context.ts";

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** `received` and `refused` are notices; `unknown` are realms of received ones that no company is bound to. */
export type WebhookOutcome = "received" | "refused" | "unknown";

export interface Metrics {
  /** `GET /metrics`, in Prometheus' own format; what the database knows is asked at that moment. */
  answer(): Promise<Response>;
  observe(request: { door: string; status: number; seconds: number }): void;
  /** Counts an answer of a Web Connector that belongs to no request, by why. */
  countStray(why: string): void;
  /** Counts webhooks by what became of them. */
  countWebhooks(outcome: WebhookOutcome, count: number): void;
}

/** What operations watch. There are no secrets in it and no names of companies. */
export function createMetrics({ pool, settings }: Pick<Deps, "pool" | "settings">): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, label?: string) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      labelNames: label === undefined ? [] : [label],
    });
  const batches = gauge("evenbooks_batches", "Batches by status", "status");
  const waiting = gauge(
    "evenbooks_waiting_companies",
    "Companies whose batch waits, by reason",
    "reason",
  );
  const companies = gauge("evenbooks_companies", "Companies by state", "state");
  const attention = gauge("evenbooks_attention_open", "Things that wait for a person");
  const calls = gauge("evenbooks_metered_calls_month", "Metered calls to Intuit in this month");
  const durations = new Histogram({
    name: "evenbooks_http_request_seconds",
    help: "Time from a request to the head of its answer",
    labelNames: ["door", "status"],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const strays = new Counter({
    name: "evenbooks_qbwc_stray_answers_total",
    help: "Answers of Web Connectors that belonged to no request: late, given twice, or from nowhere",
    labelNames: ["why"],
    registers: [registry],
  });
  const webhooks = new Counter({
    name: "evenbooks_webhooks_total",
    help: "Notices of Intuit by outcome; unknown counts their realms that no company is bound to",
    labelNames: ["outcome"],
    registers: [registry],
  });
  return {
    async answer() {
      const [now, metered] = await Promise.all([
        readGauges(pool),
        callsThisMonth(pool, settings.pace.clientId),
      ]);
      fill(batches, "status", now.batchesByStatus);
      fill(waiting, "reason", now.waitingByReason);
      fill(companies, "state", now.companiesByState);
      attention.set(now.openAttention);
      calls.set(metered);
      return new Response(await registry.metrics(), {
        headers: { "content-type": registry.contentType, "cache-control": "no-store" },
      });
    },
    countStray: (why) => strays.inc({ why }),
    countWebhooks: (outcome, count) => webhooks.inc({ outcome }, count),
    observe: ({ door, status, seconds }) => durations.observe({ door, status }, seconds),
  };
}

function fill(gauge: Gauge, label: string, counts: readonly Counted[]): void {
  gauge.reset();
  for (const { label: value, count } of counts) gauge.set({ [label]: value }, count);
}
