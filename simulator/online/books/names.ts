import type { Books } from "./books.ts";
import { idOf } from "./books.ts";
import type { Kind } from "./kinds.ts";
import { pick } from "./random.ts";

/** Texts in this file are JSON-escaped once, so that payloads are made by joining them. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

type Pool = readonly [string, ...string[]];
const pool = (...texts: Pool): Pool => [escaped(texts[0]), ...texts.slice(1).map(escaped)];

const GIVEN = pool(
  "Amy",
  "Geeta",
  "Dylan",
  "Kathy",
  "Jeff",
  "Freeman",
  "Mark",
  "Rondonuwu",
  "José",
  "Zoë",
  "Søren",
  "Łucja",
  "Nguyễn",
);
const FAMILY = pool(
  "Lauterbach",
  "Kalapatapu",
  "Sollfrank",
  "Paulsen",
  "Chin",
  "O'Brien",
  "Cho",
  "Whitehead",
  "Müller",
  "D'Angelo",
  "Ferreira",
);
const BUSINESS = pool(
  "Bird Sanctuary",
  "Medical Supplies",
  "Family Store",
  "Red Rock Diner",
  "Landscaping",
  "Auto Repair",
  "Designers",
  "Windows & Doors",
  'Bob\'s "Best" Burgers',
  "Back\\Slash Studios",
  "Café Crème",
  "Überlingen GmbH",
  "東京商事",
);
const STREETS = pool(
  "4581 Finch St.",
  "38921 S. Boise Ave",
  "1987 Main St.",
  "5647 Cypress Hill Ave.",
  "900 Main St., Suite 12",
  "500 Red Rock Rd.",
);
const CITIES = pool("Bayshore", "Middlefield", "Half Moon Bay", "South San Francisco", "Tucson");
const GOODS = pool(
  "Rock Fountain",
  "Garden Rocks",
  "Custom Design",
  "Pest Control Services",
  "Fountain Pump",
  'Sprinkler Heads 3/4"',
  "Sod, per m²",
  "Concrete for fountain installation",
  "Installation of landscape design",
);
const MEMOS = pool(
  "Thank you for your business and have a great day!",
  'Gate code is 1234#, ask for "Sam"',
  "See C:\\orders\\2024\\notes.txt",
  "First line\nSecond line\twith a tab",
  "Livraison à l'étage n° 3 – merçi",
  "Net 30; {not: json}, [brackets] stay text",
  "",
);

/** Names differ by construction: two pools and a number. */
function composed(index: number, first: Pool, second: Pool): string {
  const turn = Math.floor(index / (first.length * second.length));
  const name = `${pick(first, index)} ${pick(second, Math.floor(index / first.length))}`;
  return turn === 0 ? name : `${name} ${turn + 1}`;
}

const NAMES: Partial<Record<Kind, (index: number) => string>> = {
  Customer: (index) => composed(index, FAMILY, BUSINESS),
  Vendor: (index) => `${composed(index, BUSINESS, CITIES)} Supply`,
  Employee: (index) => composed(index, GIVEN, FAMILY),
  Item: (index) => `${pick(GOODS, index)} ${index + 1}`,
  Class: (index) => `Region ${index + 1}`,
  Department: (index) => `${pick(CITIES, index)} ${index + 1}`,
  Term: (index) => `Net ${index * 15}`,
  PaymentMethod: (index) =>
    index < PAYMENT_METHODS.length ? pick(PAYMENT_METHODS, index) : `Voucher ${index + 1}`,
  TaxCode: (index) => (index < 2 ? pick(["TAX", "NON"], index) : `County ${index}`),
  TaxRate: (index) => `County rate ${index + 1}`,
};

const PAYMENT_METHODS = pool(
  "Cash",
  "Check",
  "Visa",
  "MasterCard",
  "Discover",
  "ACH",
  "Wire",
  "PayPal",
);

/** Accounts by position: the first are the ones that transactions post to. */
export const ACCOUNTS = [
  { name: "Checking", type: "Bank", sub: "Checking", classification: "Asset" },
  { name: "Savings", type: "Bank", sub: "Savings", classification: "Asset" },
  {
    name: "Undeposited Funds",
    type: "Other Current Asset",
    sub: "UndepositedFunds",
    classification: "Asset",
  },
  {
    name: "Accounts Receivable (A/R)",
    type: "Accounts Receivable",
    sub: "AccountsReceivable",
    classification: "Asset",
  },
  {
    name: "Accounts Payable (A/P)",
    type: "Accounts Payable",
    sub: "AccountsPayable",
    classification: "Liability",
  },
  { name: "Mastercard", type: "Credit Card", sub: "CreditCard", classification: "Liability" },
  {
    name: "Sales of Product Income",
    type: "Income",
    sub: "SalesOfProductIncome",
    classification: "Revenue",
  },
  {
    name: "Office Expenses",
    type: "Expense",
    sub: "OfficeGeneralAdministrativeExpenses",
    classification: "Expense",
  },
] as const;
export const CHECKING = 0;
export const UNDEPOSITED = 2;
export const RECEIVABLE = 3;
export const PAYABLE = 4;
export const CARD = 5;
export const INCOME = 6;
export const EXPENSE = 7;

/** The sort of account at a position; beyond the first ones they repeat. */
export const accountAt = (index: number): (typeof ACCOUNTS)[number] =>
  ACCOUNTS[index % ACCOUNTS.length] ?? ACCOUNTS[0];

function accountName(index: number): string {
  const { name } = accountAt(index);
  return index < ACCOUNTS.length ? name : `${name} ${index + 1}`;
}

/** The name of a list row, JSON-escaped; DisplayName for people, Name elsewhere. */
export const nameOf = (kind: Kind, index: number): string =>
  kind === "Account" ? accountName(index) : (NAMES[kind]?.(index) ?? "");

/** A reference as payloads hold it: {"value":"7","name":"Amy's Bird Sanctuary"}. */
export const refTo = (books: Books, kind: Kind, index: number): string =>
  `{"value":"${idOf(books, kind, index)}","name":"${nameOf(kind, index)}"}`;

export const givenName = (index: number): string => pick(GIVEN, index);
export const familyName = (index: number): string => pick(FAMILY, index);
export const memoText = (bits: number): string => pick(MEMOS, bits);
export const goodsText = (bits: number): string => pick(GOODS, bits);

/** A postal address with an id of its own, as sales forms and people carry. */
export function address(id: number, bits: number): string {
  const city = pick(CITIES, bits >>> 4);
  return (
    `{"Id":"${id}","Line1":"${pick(STREETS, bits)}","City":"${city}",` +
    `"CountrySubDivisionCode":"CA","PostalCode":"${94_000 + (bits % 999)}",` +
    `"Lat":"37.${(bits % 899_999) + 100_000}","Long":"-122.${((bits >>> 7) % 899_999) + 100_000}"}`
  );
}

const CURRENCY_NAMES: Readonly<Record<string, string>> = {
  USD: "United States Dollar",
  CAD: "Canadian Dollar",
  GBP: "British Pound Sterling",
  EUR: "Euro",
  AUD: "Australian Dollar",
  JPY: "Japanese Yen",
  KWD: "Kuwaiti Dinar",
};

/** "CurrencyRef":{...} of a currency. */
export function currencyRef(code: string): string {
  return `"CurrencyRef":{"value":"${code}","name":"${CURRENCY_NAMES[code] ?? code}"}`;
}
