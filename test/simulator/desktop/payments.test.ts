import { beforeEach, describe, expect, it } from "vitest";
import { answerDesktopControl } from "../../../simulator/desktop/control/doors.ts";
import { createDesktop, type Desktop } from "../../../simulator/desktop/desktop.ts";
import { createQuickBooks } from "../../../simulator/desktop/quickbooks.ts";
import { ask, cents, elementsOf, opened, textOf, textsOf } from "./office.ts";

interface Applied {
  fromKind: string;
  fromId: string;
  toKind: string;
  toId: string;
  amount: string;
  discount?: string;
}

interface Truth {
  applications: Applied[];
  documents: {
    kind: string;
    id: string;
    total: string;
    balance: string;
    customerOrVendor: string | null;
    partyKind: string | null;
  }[];
}

let desktop: Desktop;
beforeEach(async () => {
  desktop = createDesktop();
  await control("POST files", { name: "Rock", companyName: "Rock & Co", records: 600, seed: 3 });
});

async function control<T>(call: string, body?: object): Promise<T> {
  const [method = "GET", path = ""] = call.split(" ");
  const url = new URL(`http://localhost/_simulator/desktop/${path}`);
  const text = body === undefined ? "" : JSON.stringify(body);
  const { status, value } = await answerDesktopControl(desktop, { method, url, body: text });
  if (status !== 200) throw new Error(JSON.stringify(value));
  return value as T;
}

const truth = (): Promise<Truth> => control("GET applications?file=Rock");

async function change(...changes: object[]): Promise<string[]> {
  return (await control<{ ids: string[] }>("POST changes", { file: "Rock", changes })).ids;
}

/** What QuickBooks answers about records of a kind, with lines and links. */
async function answered(kind: string, filter = "", links = false): Promise<string> {
  const file = desktop.files.get("Rock") ?? null;
  const session = await opened(createQuickBooks({ host: "FRONTDESK", file }));
  const extras =
    "<IncludeLineItems>true</IncludeLineItems>" +
    (links ? "<IncludeLinkedTxns>true</IncludeLinkedTxns>" : "");
  return ask(session, `<${kind}QueryRq>${filter}${extras}</${kind}QueryRq>`);
}

const one = (kind: string, id: string, links = false): Promise<string> =>
  answered(kind, `<TxnID>${id}</TxnID>`, links);

const row = ({ applications }: Truth, from: string, to: string): Applied | undefined =>
  applications.find(({ fromId, toId }) => fromId === from && toId === to);

const balance = ({ documents }: Truth, id: string): string | undefined =>
  documents.find((each) => each.id === id)?.balance;

/** Two invoices or bills of 100.00 and a credit of 60.00 of somebody. */
async function aCase(isSale = true) {
  const list = await control<{ id: string }[]>(
    `GET records?file=Rock&kind=${isSale ? "Customer" : "Vendor"}`,
  );
  const party = list[0]?.id ?? "";
  const draft = (amountCents: number) => ({ party, lines: [{ amountCents }] });
  const [owed, credit] = isSale ? ["Invoice", "CreditMemo"] : ["Bill", "VendorCredit"];
  const [first = "", second = "", memo = ""] = await change(
    { do: "create", kind: owed, draft: draft(10_000) },
    { do: "create", kind: owed, draft: draft(10_000) },
    { do: "create", kind: credit, draft: draft(6000) },
  );
  return { party, first, second, memo };
}

/** Holds what the simulator says to apply against every answer of QuickBooks. */
async function expectTruthToAgree(): Promise<void> {
  const said = await truth();
  const told = new Map(
    said.applications.map((each) => [
      `${each.fromId} ${each.toId}`,
      `${each.amount} ${each.discount ?? ""}`,
    ]),
  );
  expect(told.size).toBe(said.applications.length);
  const shown = new Map<string, string>();
  for (const kind of ["ReceivePayment", "BillPaymentCheck", "BillPaymentCreditCard"]) {
    for (const ret of elementsOf(await answered(kind), `${kind}Ret`)) {
      for (const line of elementsOf(ret, "AppliedToTxnRet")) {
        const key = `${textOf(ret, "TxnID")} ${textOf(line, "TxnID")}`;
        shown.set(key, `${textOf(line, "Amount")} ${textOf(line, "DiscountAmount")}`);
      }
    }
  }
  for (const ret of elementsOf(await answered("ARRefundCreditCard"), "ARRefundCreditCardRet")) {
    for (const line of elementsOf(ret, "RefundAppliedToTxnRet")) {
      const key = `${textOf(ret, "TxnID")} ${textOf(line, "TxnID")}`;
      shown.set(key, `${textOf(line, "RefundAmount")} `);
    }
  }
  for (const [kind, open] of [
    ["Invoice", "BalanceRemaining"],
    ["Bill", "OpenAmount"],
  ] as const) {
    for (const ret of elementsOf(await answered(kind, "", true), `${kind}Ret`)) {
      const id = textOf(ret, "TxnID");
      if (kind === "Invoice") expect(textOf(ret, open), id).toBe(balance(said, id));
      for (const link of elementsOf(ret, "LinkedTxn")) {
        const type = textOf(link, "TxnType");
        if (!["CreditMemo", "VendorCredit", "JournalEntry"].includes(type)) continue;
        const given = (-cents(textOf(link, "Amount")) / 100).toFixed(2);
        shown.set(`${textOf(link, "TxnID")} ${id}`, `${given} `);
      }
    }
  }
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(shown));
  for (const each of said.documents) {
    const given = said.applications.filter(({ fromId }) => fromId === each.id);
    const taken = said.applications.filter(({ toId }) => toId === each.id);
    const sum =
      given.reduce((all, { amount }) => all + cents(amount), 0) +
      taken.reduce((all, { amount, discount = "0" }) => all + cents(amount) + cents(discount), 0);
    expect(cents(each.balance), `${each.kind} ${each.id}`).toBe(cents(each.total) - sum);
    expect(cents(each.balance), `${each.kind} ${each.id}`).toBeGreaterThanOrEqual(0);
  }
}

describe("the applications of a company file", () => {
  it("are what its answers say", async () => {
    await expectTruthToAgree();
    const kinds = new Set(
      (await truth()).applications.map(({ fromKind, toKind }) => `${fromKind} ${toKind}`),
    );
    expect([...kinds].toSorted((a, b) => a.localeCompare(b))).toEqual([
      "bill_payment bill",
      "credit_memo invoice",
      "payment invoice",
      "refund_receipt credit_memo",
      "vendor_credit bill",
    ]);
  });

  it.each([
    [true, "ReceivePayment", "CreditMemo"],
    [false, "BillPaymentCheck", "VendorCredit"],
  ] as const)(
    "a payment over several, with a credit and a discount (%s)",
    async (isSale, kind, credit) => {
      const { first, second, memo } = await aCase(isSale);
      const lines = [
        {
          id: first,
          cents: 4000,
          discountCents: 200,
          credits: [{ kind: credit, id: memo, cents: 3000 }],
        },
        { id: second, cents: 2500 },
      ];
      const [id = ""] = await change({ do: "pay", kind, lines, date: "2025-03-01" });
      const said = await truth();
      expect(row(said, id, first)).toMatchObject({ amount: "40.00", discount: "2.00" });
      expect(row(said, memo, first)).toMatchObject({ amount: "30.00" });
      expect([
        balance(said, first),
        balance(said, second),
        balance(said, memo),
        balance(said, id),
      ]).toEqual(["28.00", "75.00", "30.00", "0.00"]);
      const answer = await one(kind, id);
      expect(textOf(answer, "TxnDate")).toBe("2025-03-01");
      expect(textsOf(answer, "DiscountAmount")).toEqual(["2.00"]);
      await expectTruthToAgree();
      await change({ do: "change-payment", kind, id, lines: [{ id: second, cents: 1000 }] });
      const after = await truth();
      expect(row(after, id, first)).toBeUndefined();
      expect(row(after, memo, first)).toMatchObject({ amount: "30.00" });
      expect(balance(after, first)).toBe("70.00");
      expect(balance(after, id)).toBe(isSale ? "55.00" : "0.00");
      await expectTruthToAgree();
    },
  );

  it("credits without money leave no payment behind", async () => {
    const { first, memo } = await aCase();
    const before = (await truth()).documents.length;
    const lines = [
      { id: first, cents: 0, credits: [{ kind: "CreditMemo", id: memo, cents: 500 }] },
    ];
    expect(await change({ do: "pay", kind: "ReceivePayment", lines })).toEqual([memo]);
    const said = await truth();
    expect(said.documents).toHaveLength(before);
    expect(row(said, memo, first)?.amount).toBe("5.00");
    await expectTruthToAgree();
  });

  it("a line moves, a payment is back-dated, void and deleted", async () => {
    const { party, first, second } = await aCase();
    const kind = "ReceivePayment";
    const pay = { do: "pay", kind, party, totalCents: 5000, lines: [{ id: first, cents: 4000 }] };
    const [id = "", other = ""] = await change(pay, {
      ...pay,
      lines: [{ id: second, cents: 4000 }],
    });
    await change({ do: "move", kind, id, from: first, to: second });
    const said = await truth();
    expect([row(said, id, first), row(said, id, second)?.amount]).toEqual([undefined, "40.00"]);
    await change({ do: "edit", kind, id, draft: { date: "2025-01-15" } });
    expect(textOf(await one(kind, id), "TxnDate")).toBe("2025-01-15");
    await change({ do: "void", kind, id }, { do: "delete", kind, id: other });
    const after = await truth();
    expect(balance(after, second)).toBe("100.00");
    expect(after.documents.find((each) => each.id === id)?.total).toBe("0.00");
    await expectTruthToAgree();
  });

  it("a refund, a deposit and a journal entry", async () => {
    const { party, first, memo } = await aCase();
    const [refund = "", journal = ""] = await change(
      { do: "refund", id: memo, cents: 1500 },
      { do: "journal-credit", party: { kind: "Customer", id: party }, cents: 900 },
    );
    const [, id = ""] = await change(
      {
        do: "apply",
        from: { kind: "JournalEntry", id: journal },
        to: { kind: "Invoice", id: first },
        cents: 400,
      },
      { do: "pay", kind: "ReceivePayment", lines: [{ id: first, cents: 100 }] },
    );
    const [deposit = ""] = await change({ do: "deposit", payments: [id] });
    const said = await truth();
    expect(row(said, refund, memo)).toMatchObject({ toKind: "credit_memo", amount: "15.00" });
    expect(row(said, journal, first)).toMatchObject({ fromKind: "journal_entry", amount: "4.00" });
    expect([balance(said, memo), balance(said, journal)]).toEqual(["45.00", "5.00"]);
    expect(textsOf(await one("Deposit", deposit), "TxnID")).toContain(id);
    const credit = elementsOf(await one("JournalEntry", journal), "JournalCreditLine")[0] ?? "";
    expect(textsOf(credit, "FullName")[0]).toBe("Accounts Receivable");
    await expectTruthToAgree();
  });

  it("what QuickBooks would not do is refused", async () => {
    const { first, memo } = await aCase();
    const pay = (line: object) =>
      change({ do: "pay", kind: "ReceivePayment", lines: [{ id: first, ...line }] });
    await expect(pay({ cents: 10_001 })).rejects.toThrow("3210");
    await expect(pay({ cents: 9900, discountCents: 101 })).rejects.toThrow("3210");
    const credits = [{ kind: "CreditMemo", id: memo, cents: 6001 }];
    await expect(pay({ cents: 0, credits })).rejects.toThrow("3210");
    await expectTruthToAgree();
  });
});

describe("random edits", () => {
  it.each([1, 2, 3])("with seed %d leave books that agree", async (seed) => {
    const { made } = await control<{ made: { do: string }[] }>("POST changes", {
      file: "Rock",
      changes: [{ do: "random", seed, edits: 150 }],
    });
    expect(made).toHaveLength(150);
    expect(new Set(made.map((each) => each.do)).size).toBeGreaterThan(8);
    await expectTruthToAgree();
  });
});

describe("the closing date", () => {
  it("is in the preferences once it is set", async () => {
    const preferences = async () => {
      const file = desktop.files.get("Rock") ?? null;
      const session = await opened(createQuickBooks({ host: "FRONTDESK", file }));
      return textOf(await ask(session, "<PreferencesQueryRq />"), "ClosingDate");
    };
    expect(await preferences()).toBe("");
    await control("POST books", { file: "Rock", closedUntil: "2025-12-31" });
    expect(await preferences()).toBe("2025-12-31");
    await control("POST books", { file: "Rock", closedUntil: null });
    expect(await preferences()).toBe("");
  });
});
