import type { QueryResult, QueryResultRow } from "pg";
import type { z } from "zod";

/** A statement and its values; values only ever travel as parameters. */
export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Anything that runs a statement: the pool or one of its clients. */
export interface Queryable {
  query<R extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<R>>;
}

class Statement implements Sql {
  readonly text: string;
  readonly values: readonly unknown[];
  constructor(text: string, values: readonly unknown[]) {
    this.text = text;
    this.values = values;
  }
}

/** Tags a statement; a nested `sql` is spliced in, everything else becomes a parameter. */
export function sql(parts: TemplateStringsArray, ...inserts: unknown[]): Sql {
  const values: unknown[] = [];
  let text = parts[0] ?? "";
  inserts.forEach((insert, index) => {
    if (insert instanceof Statement) {
      const offset = values.length;
      text += insert.text.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + offset}`);
      values.push(...insert.values);
    } else {
      values.push(insert);
      text += `$${values.length}`;
    }
    text += parts[index + 1] ?? "";
  });
  return new Statement(text, values);
}

/** All rows, each parsed. */
export async function many<T extends z.ZodType>(
  db: Queryable,
  row: T,
  statement: Sql,
): Promise<z.infer<T>[]> {
  const result = await db.query(statement.text, [...statement.values]);
  return result.rows.map((raw) => row.parse(raw));
}

/** One row or null; two rows are a bug. */
export async function maybeOne<T extends z.ZodType>(
  db: Queryable,
  row: T,
  statement: Sql,
): Promise<z.infer<T> | null> {
  const rows = await many(db, row, statement);
  if (rows.length > 1)
    throw new Error(`expected one row at most, got ${rows.length}: ${statement.text}`);
  return rows[0] ?? null;
}

/** Exactly one row; none or two are a bug. */
export async function one<T extends z.ZodType>(
  db: Queryable,
  row: T,
  statement: Sql,
): Promise<z.infer<T>> {
  const found = await maybeOne(db, row, statement);
  if (found === null) throw new Error(`expected one row, got none: ${statement.text}`);
  return found;
}

/** Runs a statement for its effect; answers how many rows it touched. */
export async function run(db: Queryable, statement: Sql): Promise<number> {
  const result = await db.query(statement.text, [...statement.values]);
  return result.rowCount ?? 0;
}
