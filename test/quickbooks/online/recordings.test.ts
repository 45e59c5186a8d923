import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { readChangesAnswer, readQueryAnswer } from "../../../quickbooks/online/answer.ts";
import { faultOf } from "../../../quickbooks/online/faults.ts";
import { ONLINE_KINDS, type OnlineKind } from "../../../quickbooks/online/kinds.ts";
import { readRecord } from "../../../quickbooks/online/record.ts";

const contractDir = process.env["CONTRACT_DIR"];
if (contractDir === undefined) {
  console.log("Skipped: Intuit's recordings and schemas (CONTRACT_DIR is not set).");
}
const withContract = describe.skipIf(contractDir === undefined);

interface Recording {
  request: { uri: string };
  response: { status: { code: number }; headers: Record<string, string[]>; body: unknown };
}

const recordings = (name: string): Recording[] =>
  JSON.parse(readFileSync(join(contractDir ?? "", "examples/online", name), "utf8")) as Recording[];

const answerOf = (body: unknown) => ({
  bytes: Buffer.from(JSON.stringify(body)),
  traceId: "t",
  date: undefined,
});

withContract("recordings of the real QuickBooks Online", () => {
  test("change data capture is read, every object with its columns and its own bytes", () => {
    const { body } = first(recordings("cdc__basic.json")).response;
    const changes = readChangesAnswer(answerOf(body));

    expect(changes.troubles).toEqual([]);
    expect(changes.at.toISOString()).toMatch(/^2020-09-29T15:02:5/);
    expect(changes.records.length).toBe(changes.objects.get("estimate"));
    expect(changes.records[0]).toMatchObject({
      kind: "estimate",
      quickbooksId: "48",
      version: "0",
      modifiedAt: "2015-10-07T18:43:20.000Z",
      number: "1001",
      date: "2015-10-05",
      currency: "USD",
    });
    const group = (body as { CDCResponse: [{ QueryResponse: [{ Estimate: unknown[] }] }] })
      .CDCResponse[0].QueryResponse[0].Estimate;
    expect(changes.records.map((record) => record.payload.toString())).toEqual(
      group.map((estimate) => JSON.stringify(estimate)),
    );
  });

  test("a query inside a batch is read as a query of its own", () => {
    const body = first(recordings("batch__basic.json")).response.body as {
      BatchItemResponse: { QueryResponse?: Record<string, unknown> }[];
    };
    const response = body.BatchItemResponse.find((item) => item.QueryResponse !== undefined);
    const entity = Object.keys(response?.QueryResponse ?? {}).find((key) => /^[A-Z]/.test(key));
    const kind = kindNamed(entity ?? "");
    const answer = readQueryAnswer(kind, answerOf({ ...response, time: "2020-09-29T08:00:00Z" }));

    expect(answer.rows).toBeGreaterThan(0);
    expect(answer.records).toHaveLength(answer.rows);
    expect(answer.troubles).toEqual([]);
  });

  test("a voided invoice is an invoice of nothing, not a deletion", () => {
    const bodies = recordings("void__invoice.json").map(({ response }) => response.body);
    const invoices = bodies
      .map((body) => (body as { Invoice?: unknown }).Invoice)
      .filter((invoice) => invoice !== undefined);
    const read = invoices.map((invoice) =>
      readRecord("invoice", Buffer.from(JSON.stringify(invoice))),
    );

    expect(read.length).toBeGreaterThan(0);
    expect(read.every((each) => each.is === "record")).toBe(true);
    const voided = read.at(-1);
    expect(voided?.is === "record" && voided.record).toMatchObject({ balance: "0", total: "0" });
  });

  test("the gateway's 401 in lower case ends the authorisation, with Intuit's code", () => {
    const { response } = first(recordings("error__401.json"));
    const fault = faultOf({
      status: response.status.code,
      body: JSON.stringify(response.body),
      traceId: response.headers["Intuit-Tid"]?.[0],
      retryAfter: undefined,
    });
    expect(fault).toMatchObject({
      kind: "authorization-ended",
      rawCode: "3200",
      httpStatus: 401,
      traceId: "1-5f7349e0-0fd2bee86a8a83c67a77fbb2",
    });
  });

  test("a validation fault of the real service keeps its code and its text", () => {
    const { response } = first(recordings("error__400_json.json"));
    const fault = faultOf({
      status: 400,
      body: JSON.stringify(response.body),
      traceId: undefined,
      retryAfter: undefined,
    });
    expect(fault).toMatchObject({ kind: "unknown-fault", rawCode: "2010" });
    expect(fault.rawMessage).toContain("invalid or unsupported property");
  });
});

withContract("Intuit's schemas", () => {
  const schema = contractDir
    ? ["Finance.xsd", "IntuitBaseTypes.xsd", "IntuitNamesTypes.xsd", "SalesTax.xsd"]
        .map((name) => readFileSync(join(contractDir, "contract/online", name), "utf8"))
        .join("\n")
    : "";

  test.each(Object.entries(ONLINE_KINDS))(
    "%s: every property we read is one of theirs",
    (_, kind) => {
      expect(schema).toMatch(new RegExp(`name="${kind.entity}"`));
      const read = [kind.number, kind.total, ...kind.party, ...kind.balance].filter(
        (name) => name !== null,
      );
      for (const property of read) {
        expect(schema, property).toMatch(new RegExp(`name="${property}"`));
      }
    },
  );
});

function first<T>(all: T[]): T {
  const [one] = all;
  if (one === undefined) throw new Error("an empty recording");
  return one;
}

function kindNamed(entity: string): OnlineKind {
  const found = Object.entries(ONLINE_KINDS).find(([, kind]) => kind.entity === entity);
  if (found === undefined) throw new Error(`no kind for ${entity}`);
  return found[0] as OnlineKind;
}
