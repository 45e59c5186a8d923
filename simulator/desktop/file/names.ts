import { pick } from "./random.ts";

type Pool = readonly [string, ...string[]];
type Pair = readonly [type: string, name: string];

const GIVEN: Pool = [
  "Kristy",
  "José",
  "Zoë",
  "Carlos",
  "Renée",
  "Ann-Marie",
  "Søren",
  "Bob",
  "Lucía",
  "Jürgen",
  "Sam",
  "Naïma",
  "Pat",
];
const FAMILY: Pool = [
  "Abercrombie",
  "Müller",
  "O'Brien",
  "O’Connor",
  "Nuñez",
  "Ecker",
  "Baker",
  "Cook",
  "Jacobsen",
  "Peña",
  "Roberts",
  "Teschner",
  "Dœuvre",
];
const BUSINESS: Pool = [
  "Garage",
  "Café Crème",
  "Windows & Doors",
  "Landscaping",
  "Electrical",
  '"Best" Burgers',
  "Builders <Denver>",
  "Plumbing",
  "Fenêtres",
  "Medical",
  "Roofing",
];
const JOBS: Pool = [
  "Kitchen",
  "2nd story addition",
  "Garage Repair",
  "Remodel Bathroom",
  "Café build-out",
  "75 Sunset Rd.",
  "Utility Shed",
  "Room Addition & Deck",
];
const STREETS: Pool = [
  "5647 Cypress Hill Rd",
  "300 Main St. #12",
  "1045 Main Street",
  "2 Rue de l'Église",
  "91 E. 4th & Vine",
  "PO Box 3387",
];
const CITIES: Pool = ["Bayshore", "Middlefield", "East Bayshore", "San Tomas", "Peñasco"];
const GOODS: Pool = [
  "Framing",
  "Removal",
  "Doorknob Std",
  "Light Pine",
  "Cabinet Pulls",
  "Tile (m²)",
  "Wood Door",
  "Paint & Brush",
  "Blueprint",
  '3/4" Pipe',
];
const MEMOS: Pool = [
  "Thank you for your business",
  'Gate code is 1234#, ask for "Sam"',
  "Livraison à l’étage n° 3",
  "2 < 3 & 5 > 4",
  "Balance due on completion",
  "",
];

/** Two pools and a number make names that differ by construction. */
function composed(index: number, first: Pool, second: Pool, joint: string): string {
  const turn = Math.floor(index / (first.length * second.length));
  const name = `${pick(first, index)}${joint}${pick(second, Math.floor(index / first.length))}`;
  return turn === 0 ? name : `${name} ${turn + 1}`;
}

export const customerName = (index: number): string =>
  index % 3 === 0
    ? composed(index, FAMILY, BUSINESS, " ")
    : `${composed(index, FAMILY, GIVEN, ", ")} ${index}`;
export const vendorName = (index: number): string =>
  `${composed(index, CITIES, BUSINESS, " ")} Supply ${index + 1}`;
export const employeeName = (index: number): string =>
  `${composed(index, GIVEN, FAMILY, " ")} #${index + 1}`;
export const jobName = (index: number): string => `${pick(JOBS, index)} ${index + 1}`;
export const itemName = (index: number): string => `${pick(GOODS, index)} ${index + 1}`;

export const givenName = (bits: number): string => pick(GIVEN, bits);
export const familyName = (bits: number): string => pick(FAMILY, bits >>> 3);
export const street = (bits: number): string => pick(STREETS, bits);
export const city = (bits: number): string => pick(CITIES, bits >>> 4);
export const goods = (bits: number): string => pick(GOODS, bits);
export const memoText = (bits: number): string => pick(MEMOS, bits);

/** Type and name of the accounts that a file begins with; transactions post to the first ones. */
export const ACCOUNTS: readonly [Pair, ...Pair[]] = [
  ["Bank", "Checking"],
  ["AccountsReceivable", "Accounts Receivable"],
  ["OtherCurrentAsset", "Undeposited Funds"],
  ["AccountsPayable", "Accounts Payable"],
  ["CreditCard", "CalOil Card"],
  ["Income", "Construction Income"],
  ["CostOfGoodsSold", "Cost of Goods Sold"],
  ["OtherCurrentAsset", "Inventory Asset"],
  ["Expense", "Job Expenses"],
  ["Bank", "Savings"],
  ["OtherCurrentLiability", "Sales Tax Payable"],
  ["Equity", "Opening Balance Equity"],
  ["Equity", "Retained Earnings"],
  ["FixedAsset", "Vehicles"],
  ["LongTermLiability", "Note Payable"],
  ["OtherIncome", "Interest Income"],
  ["OtherExpense", "Other Expenses"],
  ["NonPosting", "Estimates"],
  ["NonPosting", "Purchase Orders"],
  ["NonPosting", "Sales Orders"],
];

export const STANDARD_TERMS: Pool = ["Net 30", "Due on receipt", "1% 10 Net 30", "Net 15"];
export const DATED_TERMS: Pool = ["2% 5th Net 25th", "End of month"];
export const METHODS: readonly [Pair, ...Pair[]] = [
  ["Check", "Check"],
  ["Cash", "Cash"],
  ["Visa", "Visa"],
  ["MasterCard", "Master Card"],
  ["Discover", "Discover"],
  ["AmericanExpress", "American Express"],
  ["ECheck", "E-Check"],
];

/** PaymentMethodType of a method; what nobody knows is "Other". */
export const methodType = (name: string): string =>
  METHODS.find(([, known]) => known === name)?.[0] ?? "Other";
