import { z } from "zod";
import { Change } from "../books/changes.ts";
import { KINDS } from "../books/kinds.ts";

const CHANGES_PER_ORDER_MAX = 1000;

export const PoisonOrder = z.strictObject({
  realm: z.string(),
  entity: z.enum(KINDS),
  id: z.string().min(1),
  how: z.enum(["refuse", "garbage"]),
});

export const ChangesOrder = z.strictObject({
  realm: z.string(),
  changes: z.array(Change).min(1).max(CHANGES_PER_ORDER_MAX),
});

export const BooksOrder = z.strictObject({
  realm: z.string(),
  /** The closing date; null opens the books again. */
  closedUntil: z.iso.date().nullable(),
});

export const BetweenPagesOrder = z.strictObject({
  realm: z.string(),
  entity: z.enum(KINDS).optional(),
  everyPages: z.int().min(1),
  changes: z.array(Change).min(1).max(CHANGES_PER_ORDER_MAX),
});

export const TokensOrder = z.strictObject({
  /** Ends all access tokens, or those of `realm`. */
  expireAccess: z.boolean().optional(),
  realm: z.string().optional(),
  /** Companies whose grants end, or whose refresh tokens are too old. */
  revoke: z.string().optional(),
  expireRefresh: z.string().optional(),
  /** A company to give a pair of tokens for, without a browser. */
  issue: z.string().optional(),
  clientId: z.string().default("simulator"),
});
