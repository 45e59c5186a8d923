import type { Books, DataExt } from "./books.ts";

/** A FileID that cannot be put into this file; the Web Connector shows the code. */
export class StampRefused extends Error {
  override readonly name = "StampRefused";
  readonly code = "QBWC1039";
}

const TICKS_PER_MS = 10_000n;
const TICKS_AT_1970 = 621_355_968_000_000_000n;

const sameOwner = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();

const find = ({ dataExts }: Books, ownerId: string, name: string): DataExt | undefined =>
  dataExts.find((ext) => ext.name === name && sameOwner(ext.ownerId, ownerId));

function write(books: Books, ownerId: string, name: string, value: string): void {
  const known = find(books, ownerId, name);
  if (known === undefined) books.dataExts.push({ ownerId, name, value });
  else known.value = value;
}

/** Writes FileID under an OwnerID, where it is not there yet. Throws StampRefused for another one. */
export function stampBooks(books: Books, ownerId: string, fileId: string): void {
  const known = find(books, ownerId, "FileID");
  if (known === undefined) {
    write(books, ownerId, "FileID", fileId);
  } else if (known.value.toLowerCase() !== fileId.toLowerCase()) {
    throw new StampRefused("The company file carries another FileID under this OwnerID.");
  }
}

/** AppLock: whose Web Connector works in the file, in .NET ticks of the PC's wall clock. */
export function lockBooks(books: Books, ownerId: string, host: string, localMs: number): void {
  const ticks = BigInt(Math.trunc(localMs)) * TICKS_PER_MS + TICKS_AT_1970;
  write(books, ownerId, "AppLock", `LOCKED:${host}:${ticks}`);
}

export function unlockBooks(books: Books, ownerId: string): void {
  const known = find(books, ownerId, "AppLock");
  if (known !== undefined) known.value = `UN${known.value.replace(/^(UN)+/, "")}`;
}
