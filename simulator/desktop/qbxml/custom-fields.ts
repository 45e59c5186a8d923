import type { Row } from "../file/books.ts";
import { leaf, textLeaf, wrapped, type Ink } from "../render/ink.ts";

/** One customer or vendor in so many has something in the custom field. */
const FILLED_ONE_IN = 5;

/** The custom fields of a record, which a query gets for OwnerID 0. */
export function customFields(ink: Ink, { kind, bits, values }: Row): string {
  if (kind !== "Customer" && kind !== "Vendor") return "";
  const route = values["Route"] ?? (bits % FILLED_ONE_IN === 0 ? `Route ${bits % 9}` : "");
  return route === ""
    ? ""
    : wrapped(
        "DataExtRet",
        leaf("OwnerID", "0") +
          leaf("DataExtName", "Route") +
          leaf("DataExtType", "STR255TYPE") +
          textLeaf(ink, "DataExtValue", route),
      );
}
