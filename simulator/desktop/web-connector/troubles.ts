import { z } from "zod";
import { METHODS, type Method } from "./envelope.ts";

const SLOW_MS_MAX = 600_000;

const common = {
  /** The call it befalls; any when absent. */
  method: z.enum(METHODS).optional(),
  /** How many calls it befalls; -1 for all. */
  times: z.int().min(-1).default(1),
  /** How many matching calls pass first. */
  after: z.int().min(0).default(0),
};

/** What befalls a call between the Web Connector and the server. */
export const LineTrouble = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.enum([
      /** The connection ends with half of the request on its way: the server never has it. */
      "cut-before",
      /** The connection ends once the server answers: it has the request, we have nothing. */
      "cut-after",
      /** The reply is the page of a proxy, HTML. */
      "garbage",
      /** The reply is half of what the server said. */
      "torn",
      /** The request arrives with its second half replaced by noise. */
      "garbage-request",
      /** kill -9 of the Web Connector before the request leaves. */
      "die-before",
      /** kill -9 once the server answers, before the reply is read. */
      "die-after",
    ]),
    ...common,
  }),
  z.strictObject({
    /** The request is delivered twice; what counts is the second reply. */
    kind: z.literal("twice"),
    /** Both at the same moment, instead of one after the other. */
    atOnce: z.boolean().default(false),
    ...common,
  }),
  z.strictObject({
    /** Before the request leaves, in milliseconds. */
    kind: z.literal("slow"),
    ms: z.int().min(1).max(SLOW_MS_MAX),
    ...common,
  }),
  z.strictObject({
    /** The call carries this ticket instead of its own. */
    kind: z.literal("foreign-ticket"),
    ticket: z.string(),
    ...common,
  }),
  z.strictObject({
    /** After closeConnection the ended ticket is used once more. */
    kind: z.literal("old-ticket"),
    method: z.enum(["sendRequestXML", "receiveResponseXML", "getLastError", "closeConnection"]),
    times: common.times,
    after: common.after,
  }),
]);
export type LineTrouble = z.infer<typeof LineTrouble>;

interface Waiting {
  id: number;
  trouble: LineTrouble;
  skip: number;
  left: number;
}

/** The troubles on demand of one PC's line, in the order in which they were ordered. */
export class LineTroubles {
  private waiting: Waiting[] = [];
  private lastId = 0;

  add(trouble: LineTrouble): number {
    const id = ++this.lastId;
    this.waiting.push({ id, trouble, skip: trouble.after, left: trouble.times });
    return id;
  }

  clear(): void {
    this.waiting = [];
  }

  list(): readonly LineTrouble[] {
    return this.waiting.map(({ trouble }) => trouble);
  }

  /** The trouble that befalls this call, if any. */
  befall(method: Method): LineTrouble | undefined {
    return this.take(
      ({ trouble }) =>
        trouble.kind !== "old-ticket" &&
        (trouble.method === undefined || trouble.method === method),
    );
  }

  /** The call to be made with the ended ticket when a run is over, if any. */
  afterClose(): Method | undefined {
    const taken = this.take(({ trouble }) => trouble.kind === "old-ticket");
    return taken?.method;
  }

  private take(isAbout: (one: Waiting) => boolean): LineTrouble | undefined {
    for (const one of this.waiting) {
      if (one.left === 0 || !isAbout(one)) continue;
      if (one.skip > 0) {
        one.skip--;
        continue;
      }
      if (one.left > 0) one.left--;
      this.waiting = this.waiting.filter(({ left }) => left !== 0);
      return one.trouble;
    }
    return undefined;
  }
}
