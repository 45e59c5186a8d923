import { Refused } from "../../control-order.ts";
import { balanceOf, remainingOf } from "../file/form.ts";
import { isListKind, isTxnKind } from "../file/kinds.ts";
import type { CompanyFile } from "../quickbooks.ts";

/** Every present record of a kind, inactive ones too: the truth that tests compare with. */
export function recordsOf(file: CompanyFile, kind: string | null): object[] {
  if (kind !== null && isListKind(kind)) {
    return file.list(kind).map(({ id, name, isActive, created, modified }) => ({
      id,
      name,
      isActive,
      created,
      modified,
    }));
  }
  if (kind !== null && isTxnKind(kind)) {
    return file.transactions(kind).map((txn) => {
      const { id, refNumber, created, modified, totalCents } = txn;
      const rest = { balanceCents: balanceOf(txn), remainingCents: remainingOf(txn) };
      return { id, refNumber, created, modified, totalCents, ...rest };
    });
  }
  throw new Refused(404, "records needs a kind such as Customer, ItemService or Invoice");
}
