import { randomBytes } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";

/** What goes back over HTTP. */
export interface Answer {
  status: number;
  type: string;
  body: Buffer;
  headers: OutgoingHttpHeaders;
  /** Records in the body, for the books of calls. */
  rows: number;
  /** A Fault inside: never a metered call, whatever its status. */
  isFault: boolean;
}

const JSON_TYPE = "application/json;charset=utf-8";
const GROWTH_BYTES = 8192;
const BYTES_PER_CHARACTER_MAX = 3;

/** An answer with a text body; not a fault and without records unless the caller says so. */
export function answer(status: number, type: string, text: string): Answer {
  return { status, type, body: Buffer.from(text), headers: {}, rows: 0, isFault: false };
}

export const json = (status: number, value: unknown): Answer =>
  answer(status, JSON_TYPE, JSON.stringify(value));

/** Writes many texts into one buffer, without making one long string of them. */
export class Bytes {
  private buffer: Buffer;
  private length = 0;

  constructor(expected: number) {
    this.buffer = Buffer.allocUnsafe(expected + GROWTH_BYTES);
  }

  add(text: string): void {
    const most = this.length + text.length * BYTES_PER_CHARACTER_MAX;
    if (most > this.buffer.length) {
      const bigger = Buffer.allocUnsafe(most + this.buffer.length);
      this.buffer.copy(bigger, 0, 0, this.length);
      this.buffer = bigger;
    }
    this.length += this.buffer.write(text, this.length);
  }

  taken(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}

/** A successful answer of the API, with the headers that only successes carry (facts 10.10). */
export function success(body: Buffer, rows: number, startedAt: number): Answer {
  const total = Math.max(1, Math.round(performance.now() - startedAt));
  return {
    status: 200,
    type: JSON_TYPE,
    body,
    headers: {
      "Qbo-Version": "1994.152",
      "Service-Time": `total=${total}, db=${Math.round(total / 2)}`,
      "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    },
    rows,
    isFault: false,
  };
}

/** A trace id as Intuit's: every answer has one. */
export function traceId(now: number): string {
  return `1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString("hex")}`;
}
