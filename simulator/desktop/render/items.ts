import type { Books, Row } from "../file/books.ts";
import { priceOf, TAX_RATE } from "../file/form.ts";
import { accountsOf } from "../file/make.ts";
import { amount } from "../file/money.ts";
import { goods } from "../file/names.ts";
import { leaf, ref, textLeaf, wrapped, type Ink } from "./ink.ts";

const COST_PERCENT = 60;

/** What items are written from. */
interface Parts {
  ink: Ink;
  books: Books;
  row: Row;
  desc: string;
  price: string;
  cost: string;
  code: string;
}

const sold = ({ ink, books, desc, price, code }: Parts): string =>
  code +
  wrapped(
    "SalesOrPurchase",
    textLeaf(ink, "Desc", desc) +
      leaf("Price", price) +
      ref(ink, "AccountRef", books.rows.Account[5]),
  );

const stocked = ({ ink, books: { rows }, row, desc, price, cost, code }: Parts): string =>
  code +
  textLeaf(ink, "SalesDesc", desc) +
  leaf("SalesPrice", price) +
  ref(ink, "IncomeAccountRef", rows.Account[5]) +
  textLeaf(ink, "PurchaseDesc", goods(row.bits)) +
  leaf("PurchaseCost", cost) +
  ref(ink, "COGSAccountRef", rows.Account[6]) +
  ref(ink, "PrefVendorRef", rows.Vendor[row.bits % rows.Vendor.length]) +
  ref(ink, "AssetAccountRef", rows.Account[7]) +
  leaf("QuantityOnHand", String(row.bits % 200)) +
  leaf("AverageCost", cost) +
  leaf("QuantityOnOrder", "0") +
  leaf("QuantityOnSalesOrder", "0");

const discount = ({ ink, books, desc, code }: Parts): string =>
  textLeaf(ink, "ItemDesc", desc) +
  code +
  leaf("DiscountRatePercent", "-10.0") +
  ref(ink, "AccountRef", accountsOf(books).expenses);

const salesTax = ({ ink, books }: Parts): string =>
  textLeaf(ink, "ItemDesc", "Sales Tax") +
  leaf("TaxRate", String(TAX_RATE / 100)) +
  ref(ink, "TaxVendorRef", books.rows.Vendor[0]);

const BODIES: Readonly<Record<string, (parts: Parts) => string>> = {
  ItemInventory: stocked,
  ItemDiscount: discount,
  ItemSalesTax: salesTax,
};

/** What follows Sublevel in the different kinds of items. */
export function itemBody(ink: Ink, books: Books, row: Row): string {
  const code = books.rows.SalesTaxCode[row.kind === "ItemService" ? 1 : 0];
  const parts: Parts = {
    ink,
    books,
    row,
    desc: row.values["Desc"] ?? row.values["SalesDesc"] ?? goods(row.bits),
    price: amount(priceOf(row)),
    cost: amount(Math.ceil((priceOf(row) * COST_PERCENT) / 100)),
    code: ref(ink, "SalesTaxCodeRef", code),
  };
  return (BODIES[row.kind] ?? sold)(parts);
}
