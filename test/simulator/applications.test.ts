import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  aCase,
  applied,
  between,
  cents,
  changed,
  expectTruthToAgree,
  openOnes,
  payloadOf,
  stateOf,
  type Company,
} from "./applied.ts";
import { addRealm, api, control, startSimulator, type Running } from "./running.ts";

let running: Running;
let company: Company;
beforeAll(async () => {
  running = await startSimulator("--records", "0");
});
beforeEach(async () => {
  company = { running, realm: await addRealm(running, { records: 1200, seed: 4 }) };
});
afterAll(() => running.stop());

describe("the applications of a company", () => {
  test("are what its payments say, and every balance is its total less them", async () => {
    await expectTruthToAgree(company);
    const { applications: list } = await applied(company);
    const kinds = new Set(list.map(({ fromKind, toKind }) => `${fromKind} ${toKind}`));
    expect(kinds).toEqual(
      new Set([
        "payment invoice",
        "credit_memo invoice",
        "bill_payment bill",
        "vendor_credit bill",
      ]),
    );
  });

  test.each([
    ["Invoice", "CreditMemo", "Payment"],
    ["Bill", "VendorCredit", "BillPayment"],
  ] as const)("a payment over two of %s in part, with %s", async (kind, credit, entity) => {
    const { party, one, other, memo } = await aCase(company, kind, credit);
    const before = await payloadOf(company, kind, one.id);
    const lines = [
      { entity: kind, id: one.id, cents: 300 },
      { entity: kind, id: other.id, cents: 200 },
      { entity: credit, id: memo, cents: 350 },
    ];
    const unapplied = entity === "Payment" ? 70 : 0;
    const at = "2027-03-01T10:00:00Z";
    const [id = ""] = await changed(company, { op: "make-payment", entity, lines, unapplied, at });
    const { applications: list, documents } = await applied(company);
    const [payer, giver] =
      entity === "Payment" ? ["payment", "credit_memo"] : ["bill_payment", "vendor_credit"];
    expect(between(list, `${giver} ${memo}`, one.id)).toBe("3.00");
    expect(between(list, `${giver} ${memo}`, other.id)).toBe("0.50");
    expect(between(list, `${payer} ${id}`, one.id)).toBeUndefined();
    expect(between(list, `${payer} ${id}`, other.id)).toBe("1.50");
    expect(stateOf(documents, payer, id)).toEqual({
      kind: payer,
      id,
      total: ((150 + unapplied) / 100).toFixed(2),
      balance: (unapplied / 100).toFixed(2),
      customerOrVendor: party,
      partyKind: kind === "Invoice" ? "customer" : "vendor",
    });
    const after = await payloadOf(company, kind, one.id);
    expect(Object(after["MetaData"]).LastUpdatedTime).toBe("2027-03-01T02:00:00-08:00");
    expect(Number(after["SyncToken"])).toBe(Number(before["SyncToken"]) + 1);
    await expectTruthToAgree(company);
  });

  test("a payment of nothing joins a memo to an invoice", async () => {
    const { one, memo } = await aCase(company, "Invoice", "CreditMemo");
    const lines = [
      { entity: "Invoice", id: one.id, cents: 500 },
      { entity: "CreditMemo", id: memo, cents: 500 },
    ];
    const [id = ""] = await changed(company, { op: "make-payment", entity: "Payment", lines });
    expect(await payloadOf(company, "Payment", id)).toMatchObject({ TotalAmt: 0, UnappliedAmt: 0 });
    const { applications: list } = await applied(company);
    expect(list.filter(({ fromId, toId }) => fromId === id || toId === id)).toEqual([]);
    expect(between(list, `credit_memo ${memo}`, one.id)).toBe("5.00");
    await changed(company, { op: "delete", entity: "CreditMemo", id: memo });
    expect(await payloadOf(company, "Payment", id)).toEqual({});
    await expectTruthToAgree(company);
  });

  test("amounts, lines and dates of a payment change, and what they touch moves", async () => {
    const { one, other } = await aCase(company, "Invoice", "CreditMemo");
    const lines = [{ entity: "Invoice", id: one.id, cents: 400 }];
    const [id = ""] = await changed(company, {
      op: "make-payment",
      entity: "Payment",
      lines,
      unapplied: 10,
    });
    await changed(company, {
      op: "change-payment",
      entity: "Payment",
      id,
      lines: [{ ...lines[0], cents: 150 }],
    });
    expect(await payloadOf(company, "Payment", id)).toMatchObject({
      TotalAmt: 1.6,
      UnappliedAmt: 0.1,
    });
    expect(cents((await payloadOf(company, "Invoice", one.id))["Balance"])).toBe(one.cents - 150);
    await changed(company, { op: "move-line", entity: "Payment", id, from: one.id, to: other.id });
    expect(cents((await payloadOf(company, "Invoice", one.id))["Balance"])).toBe(one.cents);
    expect((await payloadOf(company, "Invoice", one.id))["LinkedTxn"]).toEqual([]);
    expect(cents((await payloadOf(company, "Invoice", other.id))["Balance"])).toBe(
      other.cents - 150,
    );
    await changed(company, { op: "back-date", entity: "Payment", id, date: "2025-01-15" });
    expect(await payloadOf(company, "Payment", id)).toMatchObject({
      TxnDate: "2025-01-15",
      SyncToken: "3",
    });
    await expectTruthToAgree(company);
  });

  test("void leaves a payment, an invoice and a memo with nothing in them", async () => {
    const { one, other, memo } = await aCase(company, "Invoice", "CreditMemo");
    const paid = (id: string, entity = "Invoice") => ({ entity, id, cents: 100 });
    const [id = "", second = ""] = await changed(
      company,
      { op: "make-payment", entity: "Payment", lines: [paid(one.id), paid(other.id)] },
      {
        op: "make-payment",
        entity: "Payment",
        lines: [paid(other.id), paid(memo, "CreditMemo")],
      },
    );
    await changed(company, { op: "void", entity: "Invoice", id: one.id });
    expect(await payloadOf(company, "Invoice", one.id)).toMatchObject({
      TotalAmt: 0,
      PrivateNote: "Voided",
    });
    expect(await payloadOf(company, "Payment", id)).toMatchObject({ TotalAmt: 2, UnappliedAmt: 1 });
    await changed(company, { op: "void", entity: "CreditMemo", id: memo });
    expect(await payloadOf(company, "CreditMemo", memo)).toMatchObject({
      TotalAmt: 0,
      RemainingCredit: 0,
    });
    expect(await payloadOf(company, "Payment", second)).toEqual({});
    await changed(company, { op: "void", entity: "Payment", id });
    const voided = await payloadOf(company, "Payment", id);
    expect(voided).toMatchObject({ TotalAmt: 0, PrivateNote: "Voided", Line: [] });
    expect(cents((await payloadOf(company, "Invoice", other.id))["Balance"])).toBe(other.cents);
    await expect(changed(company, { op: "void", entity: "Payment", id })).rejects.toThrow(
      "void already",
    );
    await expectTruthToAgree(company);
  });

  test("a payment in a deposit is frozen, and neither token nor time tells of it", async () => {
    const { one } = await aCase(company, "Invoice", "CreditMemo");
    const lines = [{ entity: "Invoice", id: one.id, cents: 400 }];
    const [id = ""] = await changed(company, { op: "make-payment", entity: "Payment", lines });
    const before = await payloadOf(company, "Payment", id);
    const at = "2027-03-01T10:00:00Z";
    const [deposit = ""] = await changed(company, {
      op: "deposit",
      payments: [id],
      date: "2026-01-02",
      at,
    });
    const after = await payloadOf(company, "Payment", id);
    expect(after["LinkedTxn"]).toEqual([{ TxnId: deposit, TxnType: "Deposit" }]);
    expect([after["MetaData"], after["SyncToken"]]).toEqual([
      before["MetaData"],
      before["SyncToken"],
    ]);
    expect(await payloadOf(company, "Deposit", deposit)).toMatchObject({
      TotalAmt: 4,
      TxnDate: "2026-01-02",
    });
    for (const order of [
      { op: "void", entity: "Payment", id },
      { op: "change-payment", entity: "Payment", id, unapplied: 5 },
      { op: "back-date", entity: "Payment", id, date: "2025-01-15" },
    ]) {
      await expect(changed(company, order)).rejects.toThrow("6540");
    }
    await expectTruthToAgree(company);
    await changed(company, { op: "delete", entity: "Deposit", id: deposit });
    await changed(company, { op: "void", entity: "Payment", id });
    await expectTruthToAgree(company);
  });

  test.each([
    ["CreditMemo", "Invoice", "credit_memo", "expense"],
    ["VendorCredit", "Bill", "vendor_credit", "deposit"],
  ] as const)("a refund pays %s out", async (entity, kind, from, to) => {
    const { memo } = await aCase(company, kind, entity);
    await changed(company, { op: "refund", entity, id: memo, cents: 120 });
    const { applications: list, documents } = await applied(company);
    expect(list.find(({ fromId, fromKind }) => fromKind === from && fromId === memo)).toMatchObject(
      { toKind: to, amount: "1.20" },
    );
    const left = cents(stateOf(documents, from, memo)?.balance);
    await expectTruthToAgree(company);
    await changed(company, { op: "refund", entity, id: memo });
    expect(stateOf((await applied(company)).documents, from, memo)?.balance).toBe("0.00");
    expect(left).toBeGreaterThan(0);
    await expectTruthToAgree(company);
  });

  test.each([
    ["Customer", "Invoice", "CreditMemo", "Payment"],
    ["Vendor", "Bill", "VendorCredit", "BillPayment"],
  ] as const)("a journal entry gives credit to a %s", async (side, kind, credit, entity) => {
    const { party, one } = await aCase(company, kind, credit);
    const [journal = ""] = await changed(company, {
      op: "journal-credit",
      side,
      party,
      cents: 900,
    });
    const lines = [
      { entity: kind, id: one.id, cents: 400 },
      { entity: "JournalEntry", id: journal, cents: 400 },
    ];
    const [id = ""] = await changed(company, { op: "make-payment", entity, lines });
    const { applications: list, documents } = await applied(company);
    expect(between(list, `journal_entry ${journal}`, one.id)).toBe("4.00");
    expect(stateOf(documents, "journal_entry", journal)).toMatchObject({
      total: "9.00",
      balance: "5.00",
      customerOrVendor: party,
    });
    await expectTruthToAgree(company);
    await changed(company, { op: "delete", entity: "JournalEntry", id: journal });
    expect(await payloadOf(company, entity, id)).toEqual({});
    await expectTruthToAgree(company);
  });

  test("a deposit that is paid with an invoice itself is on it without a payment", async () => {
    const [first] = await openOnes(company, "Invoice");
    const order = { op: "create", entity: "Invoice", party: first?.party, deposit: 5 };
    const [id = ""] = await changed(company, order);
    const made = await payloadOf(company, "Invoice", id);
    expect(made["Deposit"]).toBe(0.05);
    expect(cents(made["Balance"])).toBe(cents(made["TotalAmt"]) - 5);
    const { applications: list } = await applied(company);
    expect(between(list, `invoice ${id}`, id)).toBe("0.05");
    await expectTruthToAgree(company);
    await changed(company, { op: "void", entity: "Invoice", id });
    await expectTruthToAgree(company);
  });

  test("what QuickBooks would not do is refused with a sentence", async () => {
    const { one, memo } = await aCase(company, "Invoice", "CreditMemo");
    const stranger = (await openOnes(company, "Invoice")).find(({ party }) => party !== one.party);
    const pay = (lines: object[]) =>
      changed(company, { op: "make-payment", entity: "Payment", lines });
    const line = { entity: "Invoice", id: one.id, cents: 100 };
    await expect(pay([{ ...line, cents: one.cents + 1 }])).rejects.toThrow("cents open");
    await expect(pay([line, line])).rejects.toThrow("cannot be such a line");
    await expect(pay([line, { ...line, id: stranger?.id }])).rejects.toThrow("several");
    await expect(pay([{ entity: "CreditMemo", id: memo, cents: 10 }])).rejects.toThrow("credits");
    await expect(pay([])).rejects.toThrow("nothing");
    await expectTruthToAgree(company);
  });
});

describe("the closing date", () => {
  test("is in the preferences once it is set", async () => {
    const preferences = async () =>
      Object((await api(running, "preferences", { realm: company.realm })).json()["Preferences"]);
    const before = await preferences();
    expect(before.AccountingInfoPrefs.BookCloseDate).toBeUndefined();
    await control(running, "POST books", { realm: company.realm, closedUntil: "2025-12-31" });
    const after = await preferences();
    expect(after.AccountingInfoPrefs.BookCloseDate).toBe("2025-12-31");
    expect(Number(after.SyncToken)).toBe(Number(before.SyncToken) + 1);
    await control(running, "POST books", { realm: company.realm, closedUntil: null });
    expect((await preferences()).AccountingInfoPrefs.BookCloseDate).toBeUndefined();
  });
});
