/** What became of one request. */
export interface Status {
  code: number;
  message: string;
}

const INFO_MAX = 499;
const WARN_MAX = 999;

export const severityOf = ({ code }: Status): "Info" | "Warn" | "Error" =>
  code <= INFO_MAX ? "Info" : code <= WARN_MAX ? "Warn" : "Error";

export const OK: Status = { code: 0, message: "Status OK" };

export const NOTHING: Status = {
  code: 1,
  message: "A query request did not find a matching object in QuickBooks",
};

/** A request that gets this status and nothing else. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly status: Status;

  constructor(code: number, message: string) {
    super(message);
    this.status = { code, message };
  }
}

export const notFound = (id: string): Status => ({
  code: 500,
  message: `The query request has not been fully completed. There was a required element ("${id}") that could not be found in QuickBooks.`,
});
