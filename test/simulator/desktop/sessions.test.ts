import { describe, expect, it } from "vitest";
import {
  anOffice,
  ask,
  attributeOf,
  elementsOf,
  opened,
  requestOf,
  answerTo,
  statusesOf,
  statusOf,
  textOf,
} from "./office.ts";

const idsIn = (answer: string, kind: string): string[] =>
  elementsOf(answer, `${kind}Ret`).map((record) => textOf(record, "TxnID"));

describe("an iterator", () => {
  const start = '<InvoiceQueryRq iterator="Start"><MaxReturned>20</MaxReturned></InvoiceQueryRq>';
  const goOn = (id: string | undefined, size = 20): string =>
    `<InvoiceQueryRq iterator="Continue" iteratorID="${id}"><MaxReturned>${size}</MaxReturned></InvoiceQueryRq>`;

  it("brings everything once, and ends", async () => {
    const { session, file } = await anOffice();
    const total = file.transactions("Invoice").length;
    let answer = await ask(session, start);
    const id = attributeOf(answer, "iteratorID");
    const ids = idsIn(answer, "Invoice");
    while (attributeOf(answer, "iteratorRemainingCount") !== "0") {
      expect(attributeOf(answer, "iteratorRemainingCount")).toBe(String(total - ids.length));
      answer = await ask(session, goOn(id));
      ids.push(...idsIn(answer, "Invoice"));
    }
    expect(ids).toHaveLength(total);
    expect(new Set(ids).size).toBe(total);
    expect(statusOf(await ask(session, goOn(id)))).toBe(3391);
  });

  it("lives in its session alone, can be stopped, and wants the same filters", async () => {
    const { session, quickBooks } = await anOffice();
    const id = attributeOf(await ask(session, start), "iteratorID");
    const other = await opened(quickBooks);
    expect(statusOf(await ask(other, goOn(id)))).toBe(3391);
    const filtered = goOn(id).replace(
      "</InvoiceQueryRq>",
      "<PaidStatus>PaidOnly</PaidStatus></InvoiceQueryRq>",
    );
    expect(statusOf(await ask(session, filtered))).toBe(3391);
    expect(statusOf(await ask(session, goOn(id, 5)))).toBe(0);
    expect(
      statusOf(await ask(session, `<InvoiceQueryRq iterator="Stop" iteratorID="${id}" />`)),
    ).toBe(0);
    expect(statusOf(await ask(session, goOn(id)))).toBe(3391);
  });

  it("leaves out what is deleted on the way, and shows what is edited", async () => {
    const { session, file } = await anOffice();
    const all = file.transactions("Invoice").map(({ id }) => id);
    const id = attributeOf(await ask(session, start), "iteratorID");
    file.remove("Invoice", all[20] ?? "");
    file.edit("Invoice", all[21] ?? "", { memo: "Changed on the way" });
    const answer = await ask(session, goOn(id));
    expect(idsIn(answer, "Invoice")).toEqual(all.slice(21, 41));
    expect(textOf(answer, "Memo")).toBe("Changed on the way");
    expect(attributeOf(answer, "iteratorRemainingCount")).toBe(String(all.length - 41));
  });
});

describe("a message set", () => {
  const bad = "<CustomerQueryRq><ListID>nonsense</ListID></CustomerQueryRq>";

  it("goes on after an error or stops, as it says", async () => {
    const { session } = await anOffice();
    const requests = `<HostQueryRq requestID="a" />${bad}<HostQueryRq requestID="c" />`;
    expect(
      statusesOf(await answerTo(session, requestOf(requests, "13.0", "continueOnError"))),
    ).toEqual([0, 3000, 0]);
    const stopped = await answerTo(session, requestOf(requests, "13.0", "stopOnError"));
    expect(statusesOf(stopped)).toEqual([0, 3000, 3231]);
    expect(stopped).toContain(
      '<HostQueryRs requestID="c" statusCode="3231" statusSeverity="Error"',
    );
  });

  it("does not stop at a warning", async () => {
    const { session } = await anOffice();
    const gone = "<InvoiceQueryRq><TxnID>FFFF-1</TxnID></InvoiceQueryRq>";
    const answer = await answerTo(
      session,
      requestOf(`${gone}<HostQueryRq />`, "13.0", "stopOnError"),
    );
    expect(statusesOf(answer)).toEqual([500, 0]);
  });

  it("echoes request ids, and leaves them out as its version does", async () => {
    const { session, file } = await anOffice();
    expect(
      attributeOf(await ask(session, '<HostQueryRq requestID="a &amp; b" />'), "requestID"),
    ).toBe("a &amp; b");
    expect(attributeOf(await ask(session, "<HostQueryRq />"), "requestID")).toBe("");
    expect(statusOf(await ask(session, `<HostQueryRq requestID="${"x".repeat(51)}" />`))).toBe(
      1060,
    );
    file.change({ majorVersion: 24 });
    expect(attributeOf(await ask(session, "<HostQueryRq />"), "requestID")).toBeUndefined();
  });

  it("with an id is done once, and its answer can be had again", async () => {
    const { session, quickBooks } = await anOffice();
    const set = (attributes: string, requests = "<CompanyActivityQueryRq />"): string =>
      requestOf(requests).replace("onError", `${attributes} onError`);
    const first = await answerTo(session, set('newMessageSetID="A1"'));
    expect(first).toContain('<QBXMLMsgsRs newMessageSetID="A1" messageSetStatusCode="0">');
    const done = quickBooks.log.length;
    const later = await opened(quickBooks);
    expect(await answerTo(later, set('newMessageSetID="A1"'))).toBe(first);
    expect(quickBooks.log).toHaveLength(done);
    expect(await answerTo(session, set('newMessageSetID="A1"', "<HostQueryRq />"))).toContain(
      'messageSetStatusCode="9001"',
    );
    expect(await answerTo(session, set('oldMessageSetID="A1" newMessageSetID="A1"', ""))).toBe(
      first,
    );
    expect(await answerTo(session, set('oldMessageSetID="A1"', ""))).toContain(
      'messageSetStatusCode="0"',
    );
    expect(await answerTo(session, set('oldMessageSetID="A1"', ""))).toContain(
      'messageSetStatusCode="600"',
    );
    expect(await answerTo(session, set(`newMessageSetID="${"x".repeat(25)}"`))).toContain(
      'messageSetStatusCode="9004"',
    );
  });
});
