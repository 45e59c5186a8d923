import type { Row, Txn } from "../file/books.ts";
import type { CompanyFile } from "../file/company-file.ts";
import type { PcSettings } from "../contract.ts";

/** What a query has found but not answered yet, in one session. */
export interface Iterator {
  query: string;
  /** Everything of the request but MaxReturned: Continue must repeat it. */
  filters: string;
  rest: (Row | Txn)[];
  /** How many deletions the file had seen when `rest` was made. */
  deletions: number;
}

/** Where requests are worked on: an open file, in one session. */
export interface Desk {
  file: CompanyFile;
  settings: Readonly<PcSettings>;
  iterators: Map<string, Iterator>;
  /** Whether the next query finds its records in use; counts it. */
  takeInUse: () => boolean;
}
