/** A query that QuickBooks refuses, with the code and texts it refuses it with. */
export class QueryRefused extends Error {
  override readonly name = "QueryRefused";
  readonly code: "4000" | "4001" | "4002" | "5030";
  readonly detail: string;

  constructor(code: "4000" | "4001" | "4002" | "5030", message: string, detail: string) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

/** 4000: the statement does not follow the grammar. */
export const unparsable = (found: string, expected: string): QueryRefused =>
  new QueryRefused(
    "4000",
    "Error parsing query",
    `QueryParserError: Encountered " ${found} ". Was expecting one of: ${expected}`,
  );

/** 4001: the statement parses, but asks for what is not there or not allowed. */
export const invalid = (detail: string): QueryRefused =>
  new QueryRefused("4001", "Invalid query", `QueryValidationError: ${detail}`);

/** 4002: a row cannot be shown, so the whole answer fails (facts 10.7). */
export const failed = (): QueryRefused =>
  new QueryRefused(
    "4002",
    "Error processing query",
    "QueryProcessingError: An error occurred while processing the entities of this query",
  );
