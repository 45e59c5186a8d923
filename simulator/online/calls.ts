import { SlidingWindow } from "./window.ts";

export type Path =
  | "query"
  | "cdc"
  | "batch"
  | "companyinfo"
  | "preferences"
  | "report"
  | "read"
  | "write"
  | "token"
  | "authorize"
  | "revoke"
  | "userinfo"
  | "discovery"
  | "other";

/** One request of the API and how it ended; status 0 for one that was never answered. */
export interface Call {
  at: number;
  path: Path;
  status: number;
  rows: number;
  isMetered: boolean;
  query: string | undefined;
}

/** What a report names even where nothing was asked. */
const PATHS: readonly Path[] = [
  "query",
  "cdc",
  "batch",
  "companyinfo",
  "preferences",
  "report",
  "read",
  "write",
  "other",
];
const QUERIES_KEPT = 20_000;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/** What a company was asked, counted as Intuit would bill it. */
export class Calls {
  private total = 0;
  private metered = 0;
  private rowsServed = 0;
  private readonly perPath = new Map<string, number>();
  private readonly perStatus = new Map<string, number>();
  private queries: { at: string; query: string; status: number; rows: number }[] = [];
  private readonly arrivedSecond = new SlidingWindow(SECOND_MS);
  private readonly arrivedMinute = new SlidingWindow(MINUTE_MS);
  readonly oauth = { codes: 0, refreshes: 0, refused: 0 };

  arrive(): void {
    const now = performance.now();
    this.arrivedSecond.add(now);
    this.arrivedMinute.add(now);
  }

  end({ at, path, status, rows, isMetered, query }: Call): void {
    this.total++;
    this.rowsServed += rows;
    if (isMetered) this.metered++;
    this.perPath.set(path, (this.perPath.get(path) ?? 0) + 1);
    this.perStatus.set(String(status), (this.perStatus.get(String(status)) ?? 0) + 1);
    if (query === undefined) return;
    this.queries.push({ at: new Date(at).toISOString(), query, status, rows });
    if (this.queries.length > 2 * QUERIES_KEPT) this.queries = this.queries.slice(-QUERIES_KEPT);
  }

  /** The counters as the control door shows them. */
  report(): object {
    return {
      total: this.total,
      metered: this.metered,
      perPath: Object.fromEntries(PATHS.map((path) => [path, this.perPath.get(path) ?? 0])),
      perStatus: Object.fromEntries(this.perStatus),
      rowsServed: this.rowsServed,
      queries: this.queries.slice(-QUERIES_KEPT),
      oauth: this.oauth,
      perSecondMax: this.arrivedSecond.max,
      perMinuteMax: this.arrivedMinute.max,
    };
  }
}
