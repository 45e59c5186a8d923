import type { Books, Link } from "./books.ts";
import { patchOf } from "./books.ts";
import { heldBy } from "./deposits.ts";
import { customerOfForm } from "./form-party.ts";
import type { Kind } from "./kinds.ts";
import { currencyRef } from "./names.ts";
import { partyOfRow } from "./party.ts";
import { dayOf } from "./times.ts";

/** Of so many customers and vendors of a multicurrency company one has a foreign currency. */
const FOREIGN_ONE_IN = 3;
const FOREIGN_PLACE = 1;
/** Units of the home currency for one of each, in millionths; any other is worth one and a half. */
const RATES: Readonly<Record<string, number>> = {
  JPY: 6_700,
  KWD: 3_250_000,
  EUR: 1_080_000,
  GBP: 1_270_000,
  CAD: 730_000,
};
const RATE_ANY = 1_500_000;
const MILLION = 1_000_000;
const SWING_DAYS = 41;
const SWING_THOUSAND = 1000;

const decimalsKnown = new Map<string, number>();

/** How many decimals a currency has: 2 of USD, 0 of JPY, 3 of KWD. */
export function decimalsOf(code: string): number {
  if (!/^[A-Z]{3}$/.test(code)) return 2;
  const known = decimalsKnown.get(code);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat("en", { style: "currency", currency: code });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  decimalsKnown.set(code, decimals);
  return decimals;
}

export const isMulticurrency = (books: Books): boolean => books.plan.currencies.length > 0;

/** The currency of a customer or vendor by position; every third has another than the company. */
export function codeOfParty({ plan }: Books, index: number): string {
  const { currencies, currency } = plan;
  if (currencies.length === 0 || index % FOREIGN_ONE_IN !== FOREIGN_PLACE) return currency;
  return currencies[Math.floor(index / FOREIGN_ONE_IN) % currencies.length] ?? currency;
}

const OF_PARTIES: ReadonlySet<Kind> = new Set([
  "Invoice",
  "Payment",
  "CreditMemo",
  "Bill",
  "BillPayment",
  "VendorCredit",
  "PurchaseOrder",
  "Purchase",
]);
const FORMS: ReadonlySet<Kind> = new Set(["SalesReceipt", "RefundReceipt", "Estimate"]);

/** Whose currency a transaction has; undefined where it is the company's. */
function partyBehind(books: Books, kind: Kind, index: number): number | undefined {
  if (OF_PARTIES.has(kind)) return partyOfRow(books, { kind, index });
  if (FORMS.has(kind)) return customerOfForm(books, kind, index);
  if (kind !== "Deposit" && kind !== "JournalEntry") return undefined;
  const patch = patchOf(books, kind, index);
  const chosen = patch?.customer ?? patch?.vendor;
  if (chosen !== undefined || kind === "JournalEntry") return chosen;
  const [held] = heldBy(books, index);
  return held === undefined ? undefined : partyOfRow(books, { kind: "Payment", index: held });
}

/** The currency of a row. */
export function codeOf(books: Books, kind: Kind, index: number): string {
  if (!isMulticurrency(books)) return books.plan.currency;
  if (kind === "Customer" || kind === "Vendor") return codeOfParty(books, index);
  const party = partyBehind(books, kind, index);
  return party === undefined ? books.plan.currency : codeOfParty(books, party);
}

/** Decimals of the amounts of a row. */
export const decimalsOfRow = (books: Books, kind: Kind, index: number): number =>
  isMulticurrency(books) ? decimalsOf(codeOf(books, kind, index)) : decimalsOf(books.plan.currency);

/** Units of the home currency for one of a currency on a day, in millionths. */
function rateOn({ plan }: Books, code: string, day: number): number {
  if (code === plan.currency) return MILLION;
  const swing = SWING_THOUSAND + (day % SWING_DAYS) - Math.floor(SWING_DAYS / 2);
  return Math.round(((RATES[code] ?? RATE_ANY) * swing) / SWING_THOUSAND);
}

/** An amount of a row's currency, at the rate of its day, in minor units of the company's. */
export function homeOf(books: Books, { kind, index }: Link, units: number): number {
  const code = codeOf(books, kind, index);
  const scale = 10 ** (decimalsOf(books.plan.currency) - decimalsOf(code));
  return Math.round((units * scale * rateOn(books, code, dayOf(books, kind, index))) / MILLION);
}

/** `"CurrencyRef":{...}` of a row; in a multicurrency company with its ExchangeRate. */
export function currencyOf(books: Books, kind: Kind, index: number): string {
  const code = codeOf(books, kind, index);
  if (!isMulticurrency(books)) return currencyRef(code);
  const rate = rateOn(books, code, dayOf(books, kind, index));
  return `${currencyRef(code)},"ExchangeRate":${rate / MILLION}`;
}
