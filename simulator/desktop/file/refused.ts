/** A change that QuickBooks would not make, with the status code that it would answer. */
export class BooksRefused extends Error {
  override readonly name = "BooksRefused";
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
