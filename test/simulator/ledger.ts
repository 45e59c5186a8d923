import { expect } from "vitest";
import { payloads, type Row, type Running } from "./running.ts";

/** An amount of any currency, counted so that none has a rest. */
export const thousandths = (value: unknown): number => Math.round(Number(value) * 1000);

function grouped<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

interface Applied {
  from: string;
  type: string;
  id: string;
  amount: number;
}

/** Every amount that a kind of payment puts somewhere, from its lines. */
function applied(list: readonly Row[]): Applied[] {
  return list.flatMap((payment) =>
    [payment["Line"]].flat().map((line) => {
      const { Amount, LinkedTxn } = Object(line);
      const [link] = LinkedTxn;
      return { from: payment.Id, type: link.TxnType, id: link.TxnId, amount: thousandths(Amount) };
    }),
  );
}

/** What gives to the other lines of its payment, instead of being paid. */
const CREDITS: ReadonlySet<string> = new Set(["CreditMemo", "VendorCredit", "JournalEntry"]);

const cashOf = (list: readonly Applied[]): number =>
  list.reduce((sum, one) => sum + (CREDITS.has(one.type) ? -1 : 1) * one.amount, 0);

const sumFor = (list: readonly Applied[], type: string, id: string): number =>
  list
    .filter((one) => one.type === type && one.id === id)
    .reduce((sum, one) => sum + one.amount, 0);

const linksOf = (row: Row, type: string): string[] =>
  [row["LinkedTxn"] ?? []]
    .flat()
    .map((link) => Object(link))
    .filter(({ TxnType }) => TxnType === type)
    .map(({ TxnId }) => String(TxnId));

function lineSum(row: Row, type: string): number {
  return [row["Line"]]
    .flat()
    .map((line) => Object(line))
    .filter(({ DetailType }) => DetailType === type)
    .reduce((sum, { Amount }) => sum + thousandths(Amount), 0);
}

/** TotalAmt = lines - discount + tax, for every sales form. */
function salesFormsAddUp(list: readonly Row[]): void {
  for (const row of list) {
    const subtotal = lineSum(row, "SalesItemLineDetail");
    const total =
      subtotal -
      lineSum(row, "DiscountLineDetail") +
      thousandths(Object(row["TxnTaxDetail"]).TotalTax);
    expect(lineSum(row, "SubTotalLineDetail"), row.Id).toBe(subtotal);
    expect(thousandths(row["TotalAmt"]), row.Id).toBe(total);
  }
}

async function receivablesAgree(running: Running, realm: string): Promise<void> {
  const invoices = await payloads(running, "Invoice", realm);
  const paid = await payloads(running, "Payment", realm);
  const memos = await payloads(running, "CreditMemo", realm);
  const lines = applied(paid);
  const byInvoice = grouped(lines, ({ type, id }) => `${type} ${id}`);
  for (const row of invoices) {
    const on = byInvoice.get(`Invoice ${row.Id}`) ?? [];
    const sum = on.reduce((total, one) => total + one.amount, 0);
    const owed = thousandths(row["TotalAmt"]) - thousandths(row["Deposit"] ?? 0);
    expect(thousandths(row["Balance"]), `invoice ${row.Id}`).toBe(owed - sum);
    expect(new Set(linksOf(row, "Payment"))).toEqual(new Set(on.map(({ from }) => from)));
  }
  for (const row of memos) {
    const used = (byInvoice.get(`CreditMemo ${row.Id}`) ?? []).reduce(
      (sum, one) => sum + one.amount,
      0,
    );
    expect(thousandths(row["RemainingCredit"]), `memo ${row.Id}`).toBe(
      thousandths(row["TotalAmt"]) - used,
    );
    expect(row["Balance"]).toBe(row["RemainingCredit"]);
  }
  const byPayment = grouped(lines, ({ from }) => from);
  const others = [
    ...(await payloads(running, "JournalEntry", realm)),
    ...(await payloads(running, "Purchase", realm)),
  ];
  const ids = new Set([...invoices, ...memos, ...others].map(({ Id }) => Id));
  for (const row of paid) {
    const own = byPayment.get(row.Id) ?? [];
    expect(
      own.every(({ id }) => ids.has(id)),
      `payment ${row.Id}`,
    ).toBe(true);
    const unapplied = thousandths(row["TotalAmt"]) - cashOf(own);
    expect(thousandths(row["UnappliedAmt"]), `payment ${row.Id}`).toBe(unapplied);
    expect(thousandths(row["UnappliedAmt"])).toBeGreaterThanOrEqual(0);
  }
  salesFormsAddUp([...invoices, ...memos]);
  await customersAgree(running, realm, invoices);
}

async function customersAgree(running: Running, realm: string, invoices: Row[]): Promise<void> {
  const owed = grouped(invoices, (row) => String(Object(row["CustomerRef"]).value));
  for (const customer of await payloads(running, "Customer", realm)) {
    const sum = (owed.get(customer.Id) ?? []).reduce(
      (all, row) => all + thousandths(row["Balance"]),
      0,
    );
    expect(thousandths(customer["Balance"]), `customer ${customer.Id}`).toBe(sum);
  }
}

async function payablesAgree(running: Running, realm: string): Promise<void> {
  const bills = await payloads(running, "Bill", realm);
  const credits = await payloads(running, "VendorCredit", realm);
  const paid = await payloads(running, "BillPayment", realm);
  const lines = applied(paid);
  for (const row of bills) {
    const sum = sumFor(lines, "Bill", row.Id);
    expect(thousandths(row["Balance"]), `bill ${row.Id}`).toBe(thousandths(row["TotalAmt"]) - sum);
    const from = lines.filter((one) => one.type === "Bill" && one.id === row.Id);
    expect(new Set(linksOf(row, "BillPaymentCheck"))).toEqual(new Set(from.map((one) => one.from)));
  }
  for (const row of credits) {
    const sum = sumFor(lines, "VendorCredit", row.Id);
    expect(thousandths(row["Balance"]), `credit ${row.Id}`).toBe(
      thousandths(row["TotalAmt"]) - sum,
    );
  }
  for (const row of paid) {
    const own = lines.filter(({ from }) => from === row.Id);
    expect(thousandths(row["TotalAmt"]), `bill payment ${row.Id}`).toBe(cashOf(own));
  }
}

async function depositsAgree(running: Running, realm: string): Promise<void> {
  const held = new Map<string, string>();
  const paid = new Map((await payloads(running, "Payment", realm)).map((row) => [row.Id, row]));
  for (const row of await payloads(running, "Deposit", realm)) {
    let sum = 0;
    for (const line of [row["Line"]].flat().map((one) => Object(one))) {
      sum += thousandths(line.Amount);
      const id = line.LinkedTxn?.[0]?.TxnId;
      if (id === undefined) continue;
      held.set(id, row.Id);
      expect(thousandths(paid.get(id)?.["TotalAmt"]), `payment ${id}`).toBe(
        thousandths(line.Amount),
      );
    }
    expect(thousandths(row["TotalAmt"]), `deposit ${row.Id}`).toBe(sum);
  }
  for (const row of paid.values()) {
    expect(linksOf(row, "Deposit"), `payment ${row.Id}`).toEqual(
      held.has(row.Id) ? [held.get(row.Id)] : [],
    );
  }
}

/** Holds a whole company's books against themselves, from the payloads that clients see. */
export async function expectBooksToAgree(running: Running, realm: string): Promise<void> {
  await receivablesAgree(running, realm);
  await payablesAgree(running, realm);
  await depositsAgree(running, realm);
  for (const kind of ["SalesReceipt", "RefundReceipt", "Estimate"]) {
    salesFormsAddUp(await payloads(running, kind, realm));
  }
}
