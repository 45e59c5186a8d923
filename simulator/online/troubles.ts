import { z } from "zod";
import type { Incoming } from "./incoming.ts";

const Match = z.strictObject({
  realm: z.string().optional(),
  path: z
    .enum([
      "query",
      "cdc",
      "batch",
      "companyinfo",
      "preferences",
      "report",
      "read",
      "write",
      "token",
      "revoke",
    ])
    .optional(),
  entity: z.string().optional(),
  /** A piece of the query's statement. */
  contains: z.string().optional(),
});

const common = {
  /** How many requests it befalls; -1 for all. */
  times: z.int().min(-1).default(1),
  /** How many matching requests pass first. */
  after: z.int().min(0).default(0),
  match: Match.default({}),
};

/** A fault on demand: what happens to the next requests that match. */
export const Trouble = z.union([
  z.strictObject({
    kind: z.enum([
      "unauthorized",
      "forbidden",
      "server-error",
      "unavailable-html",
      "cut",
      "truncated",
      "fault-200",
      "hang",
      "subscription-ended",
      "company-locked",
      "maintenance",
    ]),
    ...common,
  }),
  z.strictObject({
    kind: z.enum(["throttle-json", "throttle-xml"]),
    retryAfterSeconds: z.int().min(0).optional(),
    ...common,
  }),
  z.strictObject({ kind: z.literal("slow"), ms: z.int().min(1).max(600_000), ...common }),
  z.strictObject({
    kind: z.literal("any-fault"),
    status: z.int().min(200).max(599),
    code: z.string(),
    message: z.string().default("Error"),
    detail: z.string().default(""),
    type: z.string().default("ValidationFault"),
    ...common,
  }),
]);
export type Trouble = z.infer<typeof Trouble>;

interface Waiting {
  id: number;
  trouble: Trouble;
  skip: number;
  left: number;
}

function isAbout({ match }: Trouble, incoming: Incoming): boolean {
  const { realm, path, entity, contains } = match;
  const isAnyPath = path === undefined && incoming.realmId !== undefined;
  return (
    (isAnyPath || path === incoming.path) &&
    (realm === undefined || realm === incoming.realmId) &&
    (entity === undefined || incoming.entities.includes(entity.toLowerCase())) &&
    (contains === undefined || (incoming.query ?? "").includes(contains))
  );
}

/** The faults on demand, in the order in which they were ordered. */
export class Troubles {
  private waiting: Waiting[] = [];
  private lastId = 0;

  add(trouble: Trouble): number {
    const id = ++this.lastId;
    this.waiting.push({ id, trouble, skip: trouble.after, left: trouble.times });
    return id;
  }

  /** Ends those that are about one company alone, or all of them. */
  clear(realm: string | null): void {
    this.waiting =
      realm === null ? [] : this.waiting.filter(({ trouble }) => trouble.match.realm !== realm);
  }

  /** The first trouble that befalls a request; without a path it is any request of the API. */
  befall(incoming: Incoming): Trouble | undefined {
    for (const one of this.waiting) {
      if (one.left === 0 || !isAbout(one.trouble, incoming)) continue;
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
