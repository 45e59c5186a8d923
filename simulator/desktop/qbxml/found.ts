import type { Status } from "./status.ts";

/** The records that a query is about, and 500 when one that was named is not there. */
export interface Found<T> {
  records: T[];
  status: Status;
}
