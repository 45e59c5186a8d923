import { describe, expect, test } from "vitest";

import { amountIn } from "../../../quickbooks/online/amounts.ts";
import { BrokenJson, eachElement, eachMember, valueAt } from "../../../quickbooks/online/cut.ts";

const members = (text: string): [string, string][] => {
  const found: [string, string][] = [];
  const json = Buffer.from(text);
  eachMember(json, 0, (key, from) => {
    found.push([key, valueAt(json, from)]);
    return null;
  });
  return found;
};

describe("cutting an answer", () => {
  test("gives every value's own bytes", () => {
    const text = ` { "a" : 1.50 , "b":{"x":[1,{"y":"}]"}]}, "c":"q\\"}\\\\", "d":[ ] ,"e":null } `;
    expect(members(text)).toEqual([
      ["a", "1.50"],
      ["b", '{"x":[1,{"y":"}]"}]}'],
      ["c", '"q\\"}\\\\"'],
      ["d", "[ ]"],
      ["e", "null"],
    ]);
  });

  test("cuts elements that hold invalid JSON, as long as their braces balance", () => {
    const text = '[{"a":01x},{"b":"ok"}]';
    const found: string[] = [];
    eachElement(Buffer.from(text), 0, (element) => found.push(element.toString()));
    expect(found).toEqual(['{"a":01x}', '{"b":"ok"}']);
  });

  test("takes a text that breaks off anywhere for broken, never for its end", () => {
    const text =
      '{"QueryResponse":{"Invoice":[{"Id":"1","x":"a\\"b"},{"Id":"2"}],"n":2},"time":"t"}';
    for (let length = 0; length < text.length; length++) {
      expect(() => members(text.slice(0, length)), text.slice(0, length)).toThrow(BrokenJson);
    }
    expect(members(text)).toHaveLength(2);
  });
});

describe("an amount", () => {
  const amount = (text: string, key = "TotalAmt") =>
    amountIn(text, key, JSON.parse(text) as Record<string, unknown>);

  test.each([
    ['{"TotalAmt":0.1}', "0.1"],
    ['{"TotalAmt": 300.0}', "300.0"],
    ['{"TotalAmt" : -1234567890123.45}', "-1234567890123.45"],
    ['{"TotalAmt":100000000000000000.01}', "100000000000000000.01"],
    ['{"TotalAmt":1.0E7}', "1.0E7"],
    ['{"TotalAmt":0}', "0"],
  ])("keeps the digits of %s", (text, digits) => {
    expect(amount(text)).toBe(digits);
  });

  test("is the top level's, whatever stands below or inside a text", () => {
    expect(amount('{"Line":[{"TotalAmt":5}],"TotalAmt":7.10,"Memo":"\\"TotalAmt\\":9"}')).toBe(
      "7.10",
    );
    expect(amount('{"Line":[{"TotalAmt":5}]}')).toBeNull();
    expect(amount('{"TotalAmt":null}')).toBeNull();
  });
});
