import { setTimeout as sleep } from "node:timers/promises";
import type { Notice } from "./notice.ts";
import type { WebhookOrder } from "./order.ts";

/** Intuit wants its 200 within so long (facts 5.2). */
const ANSWER_MS = 3000;
/** The oldest notices of a line that nobody takes are given up. */
const WAITING_MAX = 1000;

/** What became of an order's notices; `tries` counts every one that went out. */
export interface Counts {
  tries: number;
  accepted: number;
  refused: number;
  givenUp: number;
  lost: number;
  /** 0: no answer in time, or nobody there. */
  lastStatus: number | null;
}

/** The notices of one company, one after another: none goes before the one that is tried again. */
export class Line {
  private readonly waiting: Notice[] = [];
  private readonly ending = new AbortController();
  private readonly order: WebhookOrder;
  private readonly counts: Counts;
  private isAtWork = false;

  constructor(order: WebhookOrder, counts: Counts) {
    this.order = order;
    this.counts = counts;
  }

  get length(): number {
    return this.waiting.length;
  }

  add(notice: Notice): void {
    this.waiting.push(notice);
    // The first one may be under way.
    if (this.waiting.length > WAITING_MAX) this.counts.givenUp += this.waiting.splice(1, 1).length;
    if (!this.isAtWork) void this.work();
  }

  end(): void {
    this.ending.abort();
    this.waiting.length = 0;
  }

  private async work(): Promise<void> {
    this.isAtWork = true;
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      const isAccepted = await this.deliver(first);
      if (this.ending.signal.aborted) return;
      this.waiting.shift();
      this.counts[isAccepted ? "accepted" : "givenUp"]++;
    }
    this.isAtWork = false;
  }

  private async deliver(notice: Notice): Promise<boolean> {
    const { signal } = this.ending;
    const retries = this.order.forged ? [] : this.order.retriesMs;
    for (const waitMs of [0, ...retries]) {
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return false;
      this.counts.tries++;
      this.counts.lastStatus = await this.send(notice);
      if (this.counts.lastStatus === 200) return true;
      this.counts.refused++;
    }
    return false;
  }

  private async send({ body, headers }: Notice): Promise<number> {
    try {
      const signal = AbortSignal.any([this.ending.signal, AbortSignal.timeout(ANSWER_MS)]);
      const { url } = this.order;
      const response = await fetch(url, {
        method: "POST",
        headers,
        body,
        redirect: "manual",
        signal,
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return 0;
    }
  }
}
