import { applicationsNow, documentsNow, idOfLink } from "../books/applications.ts";
import type { Books, Link } from "../books/books.ts";
import { codeOf, decimalsOfRow, isMulticurrency } from "../books/coins.ts";
import type { Kind } from "../books/kinds.ts";
import { decimal } from "../books/money.ts";

/** Kinds as the product's API calls them: bill_payment; what QuickBooks calls a purchase is an expense. */
const kindText = (kind: Kind): string =>
  kind === "Purchase"
    ? "expense"
    : kind.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

const named = (books: Books, link: Link): { kind: string; id: string } => ({
  kind: kindText(link.kind),
  id: idOfLink(books, link),
});

/** What applies now and what is open of every document, from the books and not from payloads. */
export function applications(books: Books): object {
  return {
    applications: applicationsNow(books).map(({ from, to, cents }) => {
      const [giver, taker] = [named(books, from), named(books, to)];
      return {
        fromKind: giver.kind,
        fromId: giver.id,
        toKind: taker.kind,
        toId: taker.id,
        amount: decimal(cents, decimalsOfRow(books, from.kind, from.index)),
      };
    }),
    documents: [...documentsNow(books)].map((one) => {
      const decimals = decimalsOfRow(books, one.kind, one.index);
      const currency = codeOf(books, one.kind, one.index);
      return {
        ...named(books, one),
        total: decimal(one.total, decimals),
        balance: decimal(one.balance, decimals),
        customerOrVendor: idOfLink(books, one.party),
        partyKind: kindText(one.party.kind),
        ...(isMulticurrency(books) ? { currency } : {}),
      };
    }),
  };
}
