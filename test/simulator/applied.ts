import { expect } from "vitest";
import { expectBooksToAgree, thousandths } from "./ledger.ts";
import { control, payloads, truth, type Row, type Running } from "./running.ts";

/** A company of a running simulator. */
export interface Company {
  running: Running;
  realm: string;
}

interface Applied {
  fromKind: string;
  fromId: string;
  toKind: string;
  toId: string;
  amount: string;
}

interface DocumentState {
  kind: string;
  id: string;
  total: string;
  balance: string;
  customerOrVendor: string;
  partyKind: string;
}

/** What the simulator says to apply now. */
export async function applied({
  running,
  realm,
}: Company): Promise<{ applications: Applied[]; documents: DocumentState[] }> {
  return Object(await control(running, `GET applications?realm=${realm}`));
}

/** Changes the books and answers the ids of what was changed. */
export async function changed(
  { running, realm }: Company,
  ...changes: object[]
): Promise<string[]> {
  const answered = await control(running, "POST changes", { realm, changes });
  return [answered["ids"]].flat().map(String);
}

/** The payload of a record; empty when there is none. */
export const payloadOf = async (
  { running, realm }: Company,
  kind: string,
  id: string,
): Promise<Row> => {
  const found = (await truth(running, kind, realm)).find(({ Id }) => Id === id);
  return JSON.parse(found?.payload ?? "{}");
};

export const cents = (value: unknown): number => Math.round(Number(value) * 100);

/** Whose a document is, and how much of it is open. */
interface Open {
  id: string;
  cents: number;
  party: string;
}

export async function openOnes({ running, realm }: Company, kind: string): Promise<Open[]> {
  const rows = await payloads(running, kind, realm);
  return rows
    .filter((row) => Number(row["Balance"]) > 0)
    .map((row) => ({
      id: row.Id,
      cents: cents(row["Balance"]),
      party: String(Object(row["CustomerRef"] ?? row["VendorRef"]).value),
    }));
}

/** Two open documents of one customer or vendor, and a credit of theirs, made for the test. */
export async function aCase(
  company: Company,
  kind: "Invoice" | "Bill",
  credit: "CreditMemo" | "VendorCredit",
) {
  const [first] = await openOnes(company, kind);
  const party = first?.party ?? "";
  const made = await changed(
    company,
    { op: "create", entity: kind, party },
    { op: "create", entity: kind, party },
    { op: "create", entity: credit, party },
  );
  const open = new Map((await openOnes(company, kind)).map((one) => [one.id, one]));
  const [one, other] = [open.get(made[0] ?? ""), open.get(made[1] ?? "")];
  const [memo = ""] = made.slice(2);
  if (one === undefined || other === undefined) throw new Error("two open documents are needed");
  return { party, one, other, memo };
}

/** The amount of one on the other. */
export const between = (list: readonly Applied[], from: string, to: string) =>
  list.find((each) => `${each.fromKind} ${each.fromId}` === from && each.toId === to)?.amount;

export const stateOf = (list: readonly DocumentState[], kind: string, id: string) =>
  list.find((one) => one.kind === kind && one.id === id);

/** What payments' lines say, put together here once more. */
async function tallied({ running, realm }: Company): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  const names: Record<string, string> = {
    Invoice: "invoice",
    Bill: "bill",
    CreditMemo: "credit_memo",
    VendorCredit: "vendor_credit",
    JournalEntry: "journal_entry",
    Check: "expense",
    Deposit: "deposit",
  };
  for (const { Id, Deposit } of await payloads(running, "Invoice", realm)) {
    if (Deposit !== undefined) sums.set(`invoice ${Id} invoice ${Id}`, thousandths(Deposit));
  }
  const credits = new Set(["credit_memo", "vendor_credit", "journal_entry"]);
  for (const [entity, kind] of [
    ["Payment", "payment"],
    ["BillPayment", "bill_payment"],
  ] as const) {
    for (const row of await payloads(running, entity, realm)) {
      const lines = [row["Line"]].flat().map((line) => {
        const { Amount, LinkedTxn } = Object(line);
        const name = `${names[LinkedTxn[0].TxnType]}`;
        return { kind: name, id: String(LinkedTxn[0].TxnId), left: thousandths(Amount) };
      });
      const givers = lines.filter((line) => credits.has(line.kind));
      for (const line of lines.filter((each) => !credits.has(each.kind))) {
        for (const giver of [...givers, { kind, id: row.Id, left: Infinity }]) {
          const amount = Math.min(giver.left, line.left);
          if (amount <= 0) continue;
          giver.left -= amount;
          line.left -= amount;
          const key = `${giver.kind} ${giver.id} ${line.kind} ${line.id}`;
          sums.set(key, (sums.get(key) ?? 0) + amount);
        }
      }
    }
  }
  return sums;
}

/** Holds what the simulator says to apply against the payloads that clients see. */
export async function expectTruthToAgree(company: Company): Promise<void> {
  const { running, realm } = company;
  await expectBooksToAgree(running, realm);
  const { applications: list, documents } = await applied(company);
  const told = list.map(
    ({ fromKind, fromId, toKind, toId, amount }) =>
      [`${fromKind} ${fromId} ${toKind} ${toId}`, thousandths(amount)] as const,
  );
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(await tallied(company)));
  expect(new Set(told.map(([key]) => key)).size).toBe(told.length);
  const sumOn = (side: "to" | "from", { kind, id }: DocumentState): number =>
    list
      .filter((one) => one[`${side}Kind`] === kind && one[`${side}Id`] === id)
      .reduce((sum, { amount }) => sum + thousandths(amount), 0);
  for (const one of documents) {
    const side = one.kind === "invoice" || one.kind === "bill" ? "to" : "from";
    const text = `${one.kind} ${one.id}`;
    expect(thousandths(one.balance), text).toBe(thousandths(one.total) - sumOn(side, one));
    expect(thousandths(one.balance), text).toBeGreaterThanOrEqual(0);
  }
}
