import type { Tombstone } from "../file/books.ts";
import { DAY_SECONDS, stamp } from "../file/times.ts";
import { leaf, textLeaf, type Ink } from "../render/ink.ts";
import type { Desk } from "./desk.ts";
import { childOf, textsOf, type XmlElement } from "./document.ts";
import { momentRange } from "./filters.ts";

const KEPT_DAYS = 90;

/** What ListDeletedQuery and TxnDeletedQuery are about, oldest first. Throws StatusError. */
export function selectDeleted({ file }: Desk, request: XmlElement): Tombstone[] {
  const { settings, books } = file;
  const types = new Set([...textsOf(request, "ListDelType"), ...textsOf(request, "TxnDelType")]);
  const filter = childOf(request, "DeletedDateRangeFilter");
  const range = momentRange(filter, ["FromDeletedDate", "ToDeletedDate"], settings);
  const oldest = file.now() - KEPT_DAYS * DAY_SECONDS;
  return books.tombstones.filter(
    ({ kind, deleted }) =>
      types.has(kind) && deleted >= oldest && deleted >= range.from && deleted <= range.to,
  );
}

export const tombstoneOf = (ink: Ink, is: "List" | "Txn", tombstone: Tombstone): string =>
  leaf(`${is}DelType`, tombstone.kind) +
  leaf(`${is}ID`, tombstone.id) +
  leaf("TimeCreated", stamp(tombstone.created, ink)) +
  leaf("TimeDeleted", stamp(tombstone.deleted, ink)) +
  textLeaf(ink, is === "List" ? "FullName" : "RefNumber", tombstone.name);
