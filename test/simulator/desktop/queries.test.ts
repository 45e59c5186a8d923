import { describe, expect, it } from "vitest";
import {
  anOffice,
  ask,
  attributeOf,
  elementsOf,
  statusOf,
  textOf,
  textsOf,
  type Office,
} from "./office.ts";

const query = async (
  { session }: Office,
  kind: string,
  inside = "",
  attributes = "",
): Promise<string> => ask(session, `<${kind}QueryRq${attributes}>${inside}</${kind}QueryRq>`);

const idsIn = (answer: string, kind: string): string[] =>
  elementsOf(answer, `${kind}Ret`).map(
    (record) => textOf(record, "TxnID") || textOf(record, "ListID"),
  );

describe("a list query", () => {
  it("answers active records only, in the order of their names, unless it asks for all", async () => {
    const office = await anOffice();
    const [first] = office.file.list("Customer");
    office.file.deactivate("Customer", first?.id ?? "");
    const active = idsIn(await query(office, "Customer"), "Customer");
    const all = await query(office, "Customer", "<ActiveStatus>All</ActiveStatus>");
    const inactive = await query(office, "Customer", "<ActiveStatus>InactiveOnly</ActiveStatus>");
    expect(active).not.toContain(first?.id);
    expect(idsIn(inactive, "Customer")).toContain(first?.id);
    expect(elementsOf(all, "CustomerRet")).toHaveLength(office.file.list("Customer").length);
    const names = elementsOf(all, "CustomerRet").map((row) =>
      textOf(row, "FullName").toLowerCase(),
    );
    expect(names).toEqual(names.toSorted((one, other) => (one < other ? -1 : 1)));
    const created = idsIn(all, "Customer");
    expect(created).not.toEqual(created.toSorted());
  });

  it("finds by id and by full name, and says 500 for what is not there", async () => {
    const office = await anOffice();
    const [customer] = office.file.list("Customer");
    const job = office.file.list("Customer").find(({ parent }) => parent === customer);
    const byId = await query(
      office,
      "Customer",
      `<ListID>${customer?.id}</ListID><ListID>80009999-1</ListID>`,
    );
    expect(idsIn(byId, "Customer")).toEqual([customer?.id]);
    expect([statusOf(byId), attributeOf(byId, "statusSeverity")]).toEqual([500, "Warn"]);
    const named = await query(
      office,
      "Customer",
      `<FullName>${customer?.name.toUpperCase()}:${job?.name}</FullName>`,
    );
    expect(idsIn(named, "Customer")).toEqual([job?.id]);
    expect(textOf(elementsOf(named, "CustomerRet")[0] ?? "", "Sublevel")).toBe("1");
    expect(statusOf(await query(office, "Customer", "<ListID>not an id</ListID>"))).toBe(3000);
  });

  it("filters by name, by range of names, by type and by balance", async () => {
    const office = await anOffice();
    const names = async (inside: string, kind = "Customer"): Promise<string[]> =>
      elementsOf(await query(office, kind, inside), `${kind}Ret`).map(
        (row) => textOf(row, "FullName") || textOf(row, "Name"),
      );
    const everybody = await names("");
    const starting = await names(
      "<NameFilter><MatchCriterion>StartsWith</MatchCriterion><Name>eck</Name></NameFilter>",
    );
    expect(starting.length).toBeGreaterThan(0);
    expect(starting).toEqual(
      everybody.filter((name) => /^eck/i.test(name.split(":").at(-1) ?? "")),
    );
    const ranged = await names(
      "<NameRangeFilter><FromName>b</FromName><ToName>m</ToName></NameRangeFilter>",
    );
    expect(ranged).toEqual(
      everybody.filter((name) => name.toLowerCase() >= "b" && name.toLowerCase() <= "m"),
    );
    expect(ranged.length).toBeLessThan(everybody.length);
    expect(await names("<AccountType>CreditCard</AccountType>", "Account")).toEqual([
      "CalOil Card",
    ]);
    const owing = await query(
      office,
      "Customer",
      "<TotalBalanceFilter><Operator>GreaterThan</Operator><Amount>0.00</Amount></TotalBalanceFilter>",
    );
    expect(textsOf(owing, "TotalBalance").every((text) => Number(text) > 0)).toBe(true);
    expect(
      statusOf(
        await query(
          office,
          "Customer",
          "<NameRangeFilter><FromName>z</FromName><ToName>a</ToName></NameRangeFilter>",
        ),
      ),
    ).toBe(3031);
    expect(
      statusOf(
        await query(
          office,
          "Customer",
          "<CurrencyFilter><FullName>Euro</FullName></CurrencyFilter>",
        ),
      ),
    ).toBe(3250);
  });

  it("brings all kinds of items, and both kinds of terms", async () => {
    const office = await anOffice();
    const items = await query(office, "Item", "<ActiveStatus>All</ActiveStatus>");
    const kinds = new Set([...items.matchAll(/^<(Item\w+)Ret>$/gm)].map(([, kind]) => kind));
    expect(kinds.size).toBe(6);
    const terms = await query(office, "Terms", "<ActiveStatus>All</ActiveStatus>");
    expect([terms.includes("<StandardTermsRet>"), terms.includes("<DateDrivenTermsRet>")]).toEqual([
      true,
      true,
    ]);
  });
});

describe("a transaction query", () => {
  it("has neither lines nor links unless it asks for them", async () => {
    const office = await anOffice();
    const has = (answer: string): boolean[] => [
      answer.includes("<InvoiceLineRet>"),
      answer.includes("<LinkedTxn>"),
    ];
    expect(has(await query(office, "Invoice"))).toEqual([false, false]);
    expect(has(await query(office, "Invoice", "<IncludeLineItems>1</IncludeLineItems>"))).toEqual([
      true,
      false,
    ]);
    expect(
      has(await query(office, "Invoice", "<IncludeLinkedTxns>true</IncludeLinkedTxns>")),
    ).toEqual([false, true]);
    expect(await query(office, "ReceivePayment")).not.toContain("<AppliedToTxnRet>");
  });

  it("finds by id and by number", async () => {
    const office = await anOffice();
    const [invoice] = office.file.transactions("Invoice");
    expect(
      idsIn(await query(office, "Invoice", `<TxnID>${invoice?.id}</TxnID>`), "Invoice"),
    ).toEqual([invoice?.id]);
    expect(
      idsIn(
        await query(office, "Invoice", `<RefNumber>${invoice?.refNumber}</RefNumber>`),
        "Invoice",
      ),
    ).toEqual([invoice?.id]);
    const gone = await query(office, "Invoice", "<TxnID>FFFF-1400000000</TxnID>");
    expect([statusOf(gone), attributeOf(gone, "statusSeverity")]).toEqual([500, "Warn"]);
    expect(statusOf(await query(office, "Invoice", "<RefNumber>no such</RefNumber>"))).toBe(1);
    const ranged = await query(
      office,
      "Invoice",
      "<RefNumberRangeFilter><FromRefNumber>1001</FromRefNumber><ToRefNumber>1003</ToRefNumber></RefNumberRangeFilter>",
    );
    expect(textsOf(ranged, "RefNumber")).toEqual(["1001", "1002", "1003"]);
  });

  it("takes both ends of a range of modification time, to the second, and all of a tie", async () => {
    const office = await anOffice({ records: 1000 });
    const { file } = office;
    const all = file.transactions("Invoice");
    const tied = all.find(
      (one) => all.filter((other) => other.modified === one.modified).length > 3,
    );
    const same = all.filter(({ modified }) => modified === tied?.modified).map(({ id }) => id);
    const at = textOf(await query(office, "Invoice", `<TxnID>${tied?.id}</TxnID>`), "TimeModified");
    const range = (from: string, to: string): string =>
      `<ModifiedDateRangeFilter><FromModifiedDate>${from}</FromModifiedDate><ToModifiedDate>${to}</ToModifiedDate></ModifiedDateRangeFilter>`;
    expect(idsIn(await query(office, "Invoice", range(at, at)), "Invoice")).toEqual(same);
    const wall = at.slice(0, 19);
    expect(idsIn(await query(office, "Invoice", range(wall, wall)), "Invoice")).toEqual(same);
    const utc = new Date(at).toISOString().slice(0, 19);
    expect(
      idsIn(await query(office, "Invoice", range(`${utc}+00:00`, `${utc}+00:00`)), "Invoice"),
    ).toEqual(same);
    expect(statusOf(await query(office, "Invoice", range(utc, utc)))).toBe(1);
    expect(
      statusOf(await query(office, "Invoice", range("2026-02-01T00:00:00", "2026-01-01T00:00:00"))),
    ).toBe(3030);
    expect(
      statusOf(await query(office, "Invoice", range("2026-02-31T00:00:00", "2026-03-01T00:00:00"))),
    ).toBe(3020);
  });

  it("keeps to times as they are written while QuickBooks is an hour off", async () => {
    const office = await anOffice();
    const [invoice] = office.file.transactions("Invoice");
    const written = async (): Promise<string> =>
      textOf(await query(office, "Invoice", `<TxnID>${invoice?.id}</TxnID>`), "TimeModified");
    const right = await written();
    office.file.change({ hasOneHourBug: true });
    const wrong = await written();
    expect(Date.parse(wrong) - Date.parse(right)).toBe(3_600_000);
    for (const text of [wrong, wrong.slice(0, 19)]) {
      const range = `<ModifiedDateRangeFilter><FromModifiedDate>${text}</FromModifiedDate><ToModifiedDate>${text}</ToModifiedDate></ModifiedDateRangeFilter>`;
      expect(idsIn(await query(office, "Invoice", range), "Invoice")).toContain(invoice?.id);
    }
  });

  it("filters by date, party, account and payment", async () => {
    const office = await anOffice();
    const all = office.file.transactions("Invoice");
    const dated = await query(
      office,
      "Invoice",
      "<TxnDateRangeFilter><FromTxnDate>2025-01-01</FromTxnDate><ToTxnDate>2025-12-31</ToTxnDate></TxnDateRangeFilter>",
    );
    expect(textsOf(dated, "TxnDate").every((day) => day.startsWith("2025"))).toBe(true);
    expect(textsOf(dated, "TxnDate").length).toBeGreaterThan(5);
    const party = all[0]?.party;
    const theirs = await query(
      office,
      "Invoice",
      `<EntityFilter><ListID>${party?.id}</ListID></EntityFilter>`,
    );
    expect(idsIn(theirs, "Invoice")).toEqual(
      all.filter((one) => one.party === party).map(({ id }) => id),
    );
    const parent = office.file
      .list("Customer")
      .find((row) => all.some((one) => one.party?.parent === row));
    const withJobs = await query(
      office,
      "Invoice",
      `<EntityFilter><ListIDWithChildren>${parent?.id}</ListIDWithChildren></EntityFilter>`,
    );
    expect(idsIn(withJobs, "Invoice")).toContain(
      all.find((one) => one.party?.parent === parent)?.id,
    );
    const open = await query(office, "Invoice", "<PaidStatus>NotPaidOnly</PaidStatus>");
    const paid = await query(office, "Invoice", "<PaidStatus>PaidOnly</PaidStatus>");
    expect(new Set(textsOf(open, "IsPaid"))).toEqual(new Set(["false"]));
    expect(idsIn(open, "Invoice").length + idsIn(paid, "Invoice").length).toBe(all.length);
    const card = "<AccountFilter><FullName>CalOil Card</FullName></AccountFilter>";
    expect(statusOf(await query(office, "Check", card))).toBe(1);
    expect(statusOf(await query(office, "CreditCardCharge", card))).toBe(0);
  });

  it("counts without answering, and answers only the elements that are named", async () => {
    const office = await anOffice();
    const count = await query(office, "Invoice", "", ' metaData="MetaDataOnly"');
    expect(attributeOf(count, "retCount")).toBe(String(office.file.transactions("Invoice").length));
    expect(count).not.toContain("<InvoiceRet>");
    const narrow = await query(
      office,
      "Invoice",
      "<IncludeRetElement>TxnID</IncludeRetElement><IncludeRetElement>CustomerRef</IncludeRetElement>",
    );
    const [record = ""] = elementsOf(narrow, "InvoiceRet");
    expect(record).toMatch(
      /^<TxnID>[^<]+<\/TxnID>\n<CustomerRef>\n<ListID>[^<]+<\/ListID>\n<FullName>[^<]+<\/FullName>\n<\/CustomerRef>\n$/,
    );
    const long = `<IncludeRetElement>${"x".repeat(51)}</IncludeRetElement>`;
    expect(statusOf(await query(office, "Invoice", long))).toBe(3070);
  });

  it("lists every kind of transaction in one summary, without EditSequence", async () => {
    const office = await anOffice();
    const answer = await query(
      office,
      "Transaction",
      "<TransactionTypeFilter><TxnTypeFilter>Bill</TxnTypeFilter><TxnTypeFilter>Deposit</TxnTypeFilter></TransactionTypeFilter>",
    );
    const { Bill: bills = 0, Deposit: deposits = 0 } = office.file.counts();
    expect(textsOf(answer, "TxnType").sort()).toEqual([
      ...Array<string>(bills).fill("Bill"),
      ...Array<string>(deposits).fill("Deposit"),
    ]);
    expect(answer).not.toContain("EditSequence");
    const vendors = await query(
      office,
      "Transaction",
      "<TransactionEntityFilter><EntityTypeFilter>Vendor</EntityTypeFilter></TransactionEntityFilter>",
    );
    expect(vendors).toContain("<TxnType>VendorCredit</TxnType>");
    expect(vendors).not.toContain("<TxnType>Invoice</TxnType>");
  });
});
