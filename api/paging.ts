import { z } from "zod";

import { badInput } from "./refusals.ts";

const FIRST = 50;
const FIRST_MAX = 500;
const CURSOR_LENGTH_MAX = 500;

export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
}

/** How many a page shall hold. Throws BAD_USER_INPUT beyond its limits. */
export function firstOf({ first }: PageArgs): number {
  if (first === null || first === undefined) return FIRST;
  if (first >= 1 && first <= FIRST_MAX) return first;
  throw badInput(`\`first\` must be from 1 to ${FIRST_MAX}; without it a page holds ${FIRST}.`);
}

/** A kind of cursor: what it stands for is nobody's business but its list's. */
export interface Cursor<T> {
  write(position: T): string;
  /** The position after which a page begins, null for the first page. Throws BAD_USER_INPUT. */
  read(args: PageArgs): T | null;
}

/** `list` is written into the cursor, so that one of another list is known for what it is. */
export function cursorOf<T>(list: string, position: z.ZodType<T>): Cursor<T> {
  const schema = z.tuple([z.literal(list), position]);
  return {
    write: (at) => Buffer.from(JSON.stringify([list, at])).toString("base64url"),
    read({ after }) {
      if (after === null || after === undefined) return null;
      const parsed = schema.safeParse(decode(after));
      if (parsed.success) return parsed.data[1];
      throw badInput(
        `\`after\` is not a cursor of this list: take \`pageInfo.endCursor\` of the page before, or leave it out for the first page.`,
      );
    },
  };
}

function decode(cursor: string): unknown {
  if (cursor.length > CURSOR_LENGTH_MAX || !/^[\w-]+$/.test(cursor)) return null;
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}

/** Cuts a page out of rows that were read with one more than the page holds. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  page: { first: number; cursor: Cursor<T>; position: (row: Row) => T },
): { nodes: Row[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } {
  const nodes = rows.slice(0, page.first);
  const last = nodes.at(-1);
  return {
    nodes,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      endCursor: last === undefined ? null : page.cursor.write(page.position(last)),
    },
  };
}
