import { fullName, sublevel, type Books, type Row } from "../file/books.ts";
import type { ListKind } from "../file/kinds.ts";
import { amount } from "../file/money.ts";
import {
  city,
  DATED_TERMS,
  familyName,
  givenName,
  methodType,
  STANDARD_TERMS,
  street,
} from "../file/names.ts";
import { pick } from "../file/random.ts";
import { dayText } from "../file/times.ts";
import { balancesOf } from "./balances.ts";
import { flag, leaf, note, ref, textLeaf, times, wrapped, type Ink } from "./ink.ts";
import { itemBody } from "./items.ts";

const HIRED_FIRST_DAY = 17_000;
const BORN_FIRST_DAY = 4000;

/** Elements of an employee that QuickBooks gives only to applications with access to personal data. */
export const PERSONAL = ["SSN", "BirthDate", "Gender", "EmployeePayrollInfo"];

/** A record of a list as the inside of its …Ret element, without custom fields. */
export function renderRow(ink: Ink, books: Books, row: Row): string {
  return (
    `<ListID>${row.id}</ListID>\n` +
    times(ink, row.created, row.modified) +
    textLeaf(ink, "Name", row.name) +
    BODIES[row.kind](ink, books, row)
  );
}

type Body = (ink: Ink, books: Books, row: Row) => string;

const tree = (ink: Ink, row: Row): string =>
  textLeaf(ink, "FullName", fullName(row)) + active(row) + placed(ink, row);
const active = ({ isActive }: Row): string => flag("IsActive", isActive);
const placed = (ink: Ink, row: Row): string =>
  ref(ink, "ParentRef", row.parent) + leaf("Sublevel", String(sublevel(row)));

export function address(ink: Ink, name: string, first: string, bits: number): string {
  const postcode = String(94_000 + (bits % 999));
  return (
    `<${name}>\n` +
    textLeaf(ink, "Addr1", first.slice(0, 41)) +
    textLeaf(ink, "Addr2", street(bits)) +
    textLeaf(ink, "City", city(bits)) +
    `<State>CA</State>\n<PostalCode>${postcode}</PostalCode>\n</${name}>\n` +
    `<${name}Block>\n` +
    textLeaf(ink, "Addr1", first.slice(0, 41)) +
    textLeaf(ink, "Addr2", street(bits)) +
    textLeaf(ink, "Addr3", `${city(bits)}, CA ${postcode}`) +
    `</${name}Block>\n`
  );
}

const typed = (ink: Ink, row: Row, name: string, made: string): string =>
  textLeaf(ink, name, row.values[name] ?? made);

const phone = (bits: number): string => `555-${String(1000 + (bits % 9000))}`;

const customer: Body = (ink, books, row) => {
  const { bits } = row;
  const { own, total } = balancesOf(books);
  const isJob = row.parent !== null;
  return (
    tree(ink, row) +
    typed(ink, row, "CompanyName", isJob || bits % 4 === 0 ? "" : row.name.slice(0, 41)) +
    typed(ink, row, "FirstName", givenName(bits)) +
    typed(ink, row, "LastName", familyName(bits)) +
    address(ink, "BillAddress", row.name, bits) +
    typed(ink, row, "Phone", phone(bits)) +
    typed(ink, row, "Email", bits % 5 === 0 ? "" : `c${bits % 100_000}@example.com`) +
    ref(ink, "TermsRef", books.rows.StandardTerms[bits % books.rows.StandardTerms.length]) +
    leaf("Balance", amount(own.get(row) ?? 0)) +
    leaf("TotalBalance", amount(total.get(row) ?? 0)) +
    ref(ink, "SalesTaxCodeRef", books.rows.SalesTaxCode[0]) +
    ref(ink, "ItemSalesTaxRef", books.rows.ItemSalesTax[0]) +
    typed(ink, row, "AccountNumber", bits % 6 === 0 ? String(bits % 100_000) : "") +
    leaf("JobStatus", isJob ? pick(["InProgress", "Awarded", "Closed"], bits) : "None") +
    note(ink, "Notes", row.values["Notes"] ?? "") +
    (isJob ? flag("IsStatementWithParent", false) : "") +
    leaf("PreferredDeliveryMethod", "None")
  );
};

const vendor: Body = (ink, books, row) => {
  const { bits } = row;
  return (
    active(row) +
    typed(ink, row, "CompanyName", row.name.slice(0, 41)) +
    typed(ink, row, "FirstName", givenName(bits)) +
    typed(ink, row, "LastName", familyName(bits)) +
    address(ink, "VendorAddress", row.name, bits) +
    typed(ink, row, "Phone", phone(bits)) +
    typed(ink, row, "Email", bits % 5 === 0 ? "" : `v${bits % 100_000}@example.com`) +
    typed(ink, row, "NameOnCheck", row.name.slice(0, 41)) +
    typed(ink, row, "AccountNumber", "") +
    note(ink, "Notes", row.values["Notes"] ?? "") +
    ref(ink, "TermsRef", books.rows.StandardTerms[bits % books.rows.StandardTerms.length]) +
    flag("IsVendorEligibleFor1099", bits % 3 === 0) +
    leaf("Balance", amount(balancesOf(books).own.get(row) ?? 0))
  );
};

const employee: Body = (ink, _books, row) => {
  const { bits } = row;
  const home =
    textLeaf(ink, "Addr1", street(bits)) +
    textLeaf(ink, "City", city(bits)) +
    "<State>CA</State>\n<PostalCode>94000</PostalCode>\n";
  return (
    active(row) +
    typed(ink, row, "FirstName", givenName(bits)) +
    typed(ink, row, "LastName", familyName(bits)) +
    wrapped("EmployeeAddress", home) +
    typed(ink, row, "PrintAs", row.name) +
    typed(ink, row, "Phone", phone(bits)) +
    leaf("SSN", `9${String(bits % 90).padStart(2, "0")}-00-${1000 + (bits % 9000)}`) +
    typed(ink, row, "Email", `e${bits % 100_000}@example.com`) +
    leaf("EmployeeType", "Regular") +
    leaf("Gender", pick(["Female", "Male"], bits)) +
    leaf("HiredDate", dayText(HIRED_FIRST_DAY + (bits % 2000))) +
    leaf("BirthDate", dayText(BORN_FIRST_DAY + (bits % 7000))) +
    note(ink, "Notes", row.values["Notes"] ?? "") +
    wrapped("EmployeePayrollInfo", leaf("PayPeriod", "Biweekly"))
  );
};

const account: Body = (ink, books, row) => {
  const type = row.values["AccountType"] ?? "Expense";
  const { own } = balancesOf(books);
  const balance = amount(own.get(row) ?? 0);
  return (
    tree(ink, row) +
    leaf("AccountType", type) +
    typed(ink, row, "AccountNumber", "") +
    typed(ink, row, "Desc", row.bits % 4 === 0 ? `${row.name}, as usual` : "") +
    (type === "NonPosting" ? "" : leaf("Balance", balance) + leaf("TotalBalance", balance)) +
    leaf(
      "CashFlowClassification",
      type === "Bank" || type === "NonPosting" ? "NotApplicable" : "Operating",
    )
  );
};

const standardTerms: Body = (ink, _books, row) => {
  const index = Math.max(0, STANDARD_TERMS.indexOf(row.name));
  return (
    active(row) +
    typed(ink, row, "StdDueDays", pick(["30", "0", "30", "15"], index)) +
    typed(ink, row, "StdDiscountDays", index === 2 ? "10" : "0") +
    leaf("DiscountPct", index === 2 ? "1.00" : "0.00")
  );
};

const datedTerms: Body = (ink, _books, row) => {
  const isFirst = row.name === DATED_TERMS[0];
  return (
    active(row) +
    typed(ink, row, "DayOfMonthDue", isFirst ? "25" : "31") +
    leaf("DueNextMonthDays", "0") +
    leaf("DiscountDayOfMonth", isFirst ? "5" : "1") +
    leaf("DiscountPct", isFirst ? "2.00" : "0.00")
  );
};

const method: Body = (_ink, _books, row) =>
  active(row) + leaf("PaymentMethodType", methodType(row.name));

const taxCode: Body = (ink, _books, row) =>
  active(row) +
  flag("IsTaxable", row.name === "Tax") +
  typed(ink, row, "Desc", row.name === "Tax" ? "Taxable Sales" : "Non-Taxable Sales");

const item: Body = (ink, books, row) => {
  const head = row.kind === "ItemSalesTax" ? active(row) : tree(ink, row);
  return head + itemBody(ink, books, row);
};

const BODIES: Readonly<Record<ListKind, Body>> = {
  Account: account,
  Class: (ink, _books, row) => tree(ink, row),
  StandardTerms: standardTerms,
  DateDrivenTerms: datedTerms,
  PaymentMethod: method,
  SalesTaxCode: taxCode,
  Vendor: vendor,
  Customer: customer,
  Employee: employee,
  ItemService: item,
  ItemNonInventory: item,
  ItemInventory: item,
  ItemOtherCharge: item,
  ItemDiscount: item,
  ItemSalesTax: item,
};
