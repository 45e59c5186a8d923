import type { Books } from "./books.ts";
import { ACTIVE, generatedOf, patchOf, shelfOf } from "./books.ts";
import { codeOfParty, decimalsOf, decimalsOfRow } from "./coins.ts";
import { owedBy } from "./columns.ts";
import type { Kind } from "./kinds.ts";
import { kindNumber } from "./kinds.ts";
import { money } from "./money.ts";
import * as names from "./names.ts";
import { head, listNote } from "./payload-head.ts";
import { hash } from "./random.ts";
import { dayText } from "./time.ts";

const bitsOf = (books: Books, kind: Kind, index: number): number =>
  hash(books.plan.seed, kindNumber(kind) + 1000, index);

const active = (books: Books, kind: Kind, index: number): string =>
  `"Active":${shelfOf(books, kind).state[index] === ACTIVE}`;

const phone = (bits: number): string =>
  `"PrimaryPhone":{"FreeFormNumber":"(650) 555-${1000 + (bits % 9000)}"}`;

/** A customer's payload. */
export function customer(books: Books, index: number): string {
  const bits = bitsOf(books, "Customer", index);
  const name = names.nameOf("Customer", index);
  const decimals = decimalsOfRow(books, "Customer", index);
  const owed = money(owedBy(books, "Customer")[index] ?? 0, decimals);
  return (
    `{"Taxable":${bits % 3 === 0},"BillAddr":${names.address(2 * index + 2, bits)},` +
    `"ShipAddr":${names.address(2 * index + 3, bits >>> 2)}` +
    `${listNote(books, "Customer", index, "Notes")},"Job":false,"BillWithParent":false,` +
    `"Balance":${owed},"BalanceWithJobs":${owed},${names.currencyRef(codeOfParty(books, index))},` +
    `"PreferredDeliveryMethod":"Print",${head(books, "Customer", index)},` +
    `"GivenName":"${names.givenName(bits)}","FamilyName":"${names.familyName(bits >>> 4)}",` +
    `"FullyQualifiedName":"${name}","CompanyName":"${name}","DisplayName":"${name}",` +
    `"PrintOnCheckName":"${name}",${active(books, "Customer", index)},${phone(bits)},` +
    `"PrimaryEmailAddr":{"Address":"books+${index}@example.com"}}`
  );
}

/** A vendor's payload. */
export function vendor(books: Books, index: number): string {
  const bits = bitsOf(books, "Vendor", index);
  const name = names.nameOf("Vendor", index);
  const decimals = decimalsOfRow(books, "Vendor", index);
  return (
    `{"BillAddr":${names.address(90_000 + index, bits)}${listNote(books, "Vendor", index, "Notes")},` +
    `"Balance":${money(owedBy(books, "Vendor")[index] ?? 0, decimals)},"AcctNum":"V-${bits % 10_000}",` +
    `"Vendor1099":${bits % 9 === 0},${names.currencyRef(codeOfParty(books, index))},${head(books, "Vendor", index)},` +
    `"CompanyName":"${name}","DisplayName":"${name}","PrintOnCheckName":"${name}",` +
    `${active(books, "Vendor", index)},${phone(bits)}}`
  );
}

/** An employee's payload. */
export function employee(books: Books, index: number): string {
  const bits = bitsOf(books, "Employee", index);
  const name = names.nameOf("Employee", index);
  return (
    `{"PrimaryAddr":${names.address(95_000 + index, bits)},"BillableTime":false,` +
    `${head(books, "Employee", index)},"GivenName":"${names.givenName(index)}",` +
    `"FamilyName":"${names.familyName(Math.floor(index / 13))}","DisplayName":"${name}",` +
    `"PrintOnCheckName":"${name}",${active(books, "Employee", index)},${phone(bits)}` +
    `${listNote(books, "Employee", index, "Notes")}}`
  );
}

/** CurrentBalance of an account, which no posting moves here. */
export const accountBalance = (books: Books, index: number): number =>
  bitsOf(books, "Account", index) % 10_000_000;

/** An account's payload; sub-accounts and balances are left simple. */
export function account(books: Books, index: number): string {
  const { type, sub, classification } = names.accountAt(index);
  const name = names.nameOf("Account", index);
  const balance = money(accountBalance(books, index), decimalsOf(books.plan.currency));
  return (
    `{"Name":"${name}","SubAccount":false${listNote(books, "Account", index, "Description")},` +
    `"FullyQualifiedName":"${name}",${active(books, "Account", index)},` +
    `"Classification":"${classification}","AccountType":"${type}","AccountSubType":"${sub}",` +
    `"AcctNum":"${1000 + index}","CurrentBalance":${balance},` +
    `"CurrentBalanceWithSubAccounts":${balance},${names.currencyRef(books.plan.currency)},` +
    `${head(books, "Account", index)}}`
  );
}

const ITEM_TYPES = ["Service", "NonInventory", "Inventory"] as const;

/** A product or service's payload. */
export function item(books: Books, index: number): string {
  const bits = bitsOf(books, "Item", index);
  const type = ITEM_TYPES[bits % 3] ?? "Service";
  const name = names.nameOf("Item", index);
  const description = patchOf(books, "Item", index)?.note ?? names.goodsText(index);
  const stock =
    type === "Inventory"
      ? `"AssetAccountRef":${names.refTo(books, "Account", 2)},"TrackQtyOnHand":true,` +
        `"QtyOnHand":${bits % 400},"InvStartDate":"${dayText(17_000)}",`
      : `"TrackQtyOnHand":false,`;
  return (
    `{"Name":"${name}","Sku":"SKU-${index + 1}","Description":"${description}",` +
    `${active(books, "Item", index)},"FullyQualifiedName":"${name}","Taxable":${bits % 2 === 0},` +
    `"UnitPrice":${money(25 * (4 + (bits % 1600)))},"Type":"${type}",` +
    `"IncomeAccountRef":${names.refTo(books, "Account", names.INCOME)},` +
    `"ExpenseAccountRef":${names.refTo(books, "Account", names.EXPENSE)},` +
    `"PurchaseCost":0,${stock}${head(books, "Item", index)}}`
  );
}

/** A class's or department's payload. */
export function segment(books: Books, kind: "Class" | "Department", index: number): string {
  const name = names.nameOf(kind, index);
  return (
    `{"Name":"${name}","Sub${kind}":false,"FullyQualifiedName":"${name}",` +
    `${active(books, kind, index)},${head(books, kind, index)}}`
  );
}

/** A term's payload. */
export const term = (books: Books, index: number): string =>
  `{"Name":"${names.nameOf("Term", index)}",${active(books, "Term", index)},"Type":"STANDARD",` +
  `"DiscountPercent":0,"DueDays":${index * 15},"DiscountDays":0,${head(books, "Term", index)}}`;

/** A payment method's payload. */
export const paymentMethod = (books: Books, index: number): string =>
  `{"Name":"${names.nameOf("PaymentMethod", index)}",${active(books, "PaymentMethod", index)},` +
  `"Type":"${index > 1 && index < 5 ? "CREDIT_CARD" : "NON_CREDIT_CARD"}",` +
  `${head(books, "PaymentMethod", index)}}`;

/** A tax code's payload: two that only say whether tax is due, and one for every rate. */
export function taxCode(books: Books, index: number): string {
  const name = names.nameOf("TaxCode", index);
  const isGroup = index > 1;
  const rate = index % Math.max(1, generatedOf(books, "TaxRate"));
  const rates = isGroup
    ? `,"SalesTaxRateList":{"TaxRateDetail":[{"TaxRateRef":${names.refTo(books, "TaxRate", rate)},` +
      `"TaxTypeApplicable":"TaxOnAmount","TaxOrder":0}]},"PurchaseTaxRateList":{"TaxRateDetail":[]}`
    : "";
  return (
    `{"Name":"${name}","Description":"${name}",${active(books, "TaxCode", index)},` +
    `"Taxable":${index !== 1},"TaxGroup":${isGroup}${rates},${head(books, "TaxCode", index)}}`
  );
}

/** A tax rate's payload. */
export const taxRate = (books: Books, index: number): string =>
  `{"Name":"${names.nameOf("TaxRate", index)}","Description":"Sales Tax",` +
  `${active(books, "TaxRate", index)},"RateValue":8,"AgencyRef":{"value":"1"},` +
  `"SpecialTaxType":"NONE","EffectiveTaxRate":[{"RateValue":8,` +
  `"EffectiveDate":"2015-01-01T00:00:00-08:00"}],"DisplayType":"ReadOnly",` +
  `${head(books, "TaxRate", index)}}`;
