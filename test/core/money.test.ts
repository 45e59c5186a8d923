import { describe, expect, test } from "vitest";

import {
  addDecimals,
  compareDecimals,
  decimalsOf,
  isDecimal,
  isZero,
  multiplied,
  negated,
} from "../../core/money.ts";
import { randomFrom } from "../support/random.ts";

describe("sums", () => {
  test.each([
    [["0.1", "0.2"], "0.3"],
    [[], "0"],
    [["-0.00"], "0.00"],
    [["1.10", "2.2", "3"], "6.30"],
    [["100", "-100.00"], "0.00"],
    [["-0.05", "0.02"], "-0.03"],
    [["-12.34", "-0.66"], "-13.00"],
    [["9007199254740993", "0.01"], "9007199254740993.01"],
    [["9999999999999.99", "0.01"], "10000000000000.00"],
    [["99999999999999999999", "1"], "100000000000000000000"],
    [["0.000000000000001", "1"], "1.000000000000001"],
    [["1e3", "1"], "1001"],
    [["1.5E+2", "0.25"], "150.25"],
    [["25e-2", "0.75"], "1.00"],
    [["-1e-10", "1"], "0.9999999999"],
    [["0E-9"], "0.000000000"],
    [["007"], "7"],
  ])("%j is %s", (amounts, sum) => {
    expect(addDecimals(amounts)).toBe(sum);
  });

  test("the other sign", () => {
    expect(["12.30", "-12.30", "0.00", "-0", "-1e2"].map(negated)).toEqual([
      "-12.30",
      "12.30",
      "0.00",
      "0",
      "100",
    ]);
  });
});

describe("comparison", () => {
  test.each([
    ["1", "1.000", 0],
    ["0", "-0.00", 0],
    ["0.3", "0.30000000000001", -1],
    ["-2", "-1.99", -1],
    ["1234567890123.05", "1234567890123.04", 1],
    ["1e2", "99.99", 1],
    ["-1", "1", -1],
  ])("%s and %s: %i", (one, other, order) => {
    expect(compareDecimals(one, other)).toBe(order);
    expect(compareDecimals(other, one)).toBe(order === 0 ? 0 : -order);
  });

  test("nothing is nothing however it is written, and the smallest amount is not", () => {
    expect(["0", "0.00", "-0.0", "0e5", "0E-9"].filter((amount) => !isZero(amount))).toEqual([]);
    expect(["0.000000000000001", "-0.01", "1e-99"].filter(isZero)).toEqual([]);
  });
});

describe("an amount times a rate", () => {
  test.each([
    ["0.5", "1", 0, "1"],
    ["-0.5", "1", 0, "-1"],
    ["0.49", "1", 0, "0"],
    ["-0.49", "1", 0, "0"],
    ["1.005", "1", 2, "1.01"],
    ["-1.005", "1", 2, "-1.01"],
    ["2.5", "1", 0, "3"],
    ["0.00499", "1", 2, "0.00"],
    ["100.00", "1.25", 2, "125.00"],
    ["99.99", "0.92145", 2, "92.14"],
    ["1000", "0.0067114", 3, "6.711"],
    ["1234567890123.45", "1.000001", 2, "1234569124691.34"],
    ["3", "2", 3, "6.000"],
    ["1e3", "1e-3", 2, "1.00"],
    ["15000", "0.006711409395973154", 2, "100.67"],
    ["-3", "-0.5", 0, "2"],
  ])("%s times %s with %i decimals is %s", (amount, rate, places, expected) => {
    expect(multiplied(amount, rate, places)).toBe(expected);
  });

  test("as many decimals as the currency has", () => {
    expect(multiplied("12.345", "100", decimalsOf("JPY"))).toBe("1235");
    expect(multiplied("12.3456", "1", decimalsOf("KWD"))).toBe("12.346");
    expect(multiplied("12.345", "1", decimalsOf("EUR"))).toBe("12.35");
  });
});

test.each([
  ["USD", 2],
  ["JPY", 0],
  ["KWD", 3],
  ["XQQ", 2],
  ["US Dollar", 2],
  ["", 2],
  [null, 2],
])("amounts in %j have %i decimals", (currency, decimals) => {
  expect(decimalsOf(currency)).toBe(decimals);
});

describe("texts that are no amounts", () => {
  test.each([
    "",
    " ",
    "-",
    ".",
    ".5",
    "5.",
    "+5",
    "1,000.00",
    "1.2.3",
    "--1",
    "0x10",
    "1 ",
    "1\n",
    "1e",
    "1e100",
    "NaN",
    "Infinity",
    "null",
    "٣",
    "123456789012345678901",
    `0.${"1".repeat(31)}`,
  ])("%j", (text) => {
    expect(isDecimal(text)).toBe(false);
    expect(() => addDecimals(["1", text])).toThrow(RangeError);
    expect(() => negated(text)).toThrow(RangeError);
    expect(() => isZero(text)).toThrow(RangeError);
    expect(() => compareDecimals("1", text)).toThrow(RangeError);
    expect(() => multiplied("1", text, 2)).toThrow(RangeError);
    expect(() => multiplied(text, "1", 2)).toThrow(RangeError);
  });

  test("a long one is told by its beginning", () => {
    expect(() => negated("x".repeat(1_000_000))).toThrow(`"${"x".repeat(40)}" is no amount`);
  });
});

/** So many decimals hold whatever an amount below is made of: its fifteen, and ten of its exponent. */
const SCALE = 25;

describe.each([1, 2, 3, 4, 5])("whatever the amounts are (seed %i)", (seed) => {
  const random = randomFrom(seed);
  const upTo = (limit: number): number => Math.floor(random() * limit);

  /** An amount as text, and as a count of the smallest units there are, built beside it digit by digit. */
  function some(): { text: string; units: bigint } {
    const digits = Array.from({ length: 1 + upTo(18) }, () => upTo(10)).join("");
    const places = upTo(Math.min(digits.length, 16));
    const exponent = random() < 0.2 ? upTo(21) - 10 : null;
    const isNegative = random() < 0.5;
    const whole = digits.slice(0, digits.length - places);
    const part = places === 0 ? "" : `.${digits.slice(-places)}`;
    const text = `${isNegative ? "-" : ""}${whole}${part}${exponent === null ? "" : `e${exponent}`}`;
    const units = BigInt(digits) * 10n ** BigInt(SCALE - places + (exponent ?? 0));
    return { text, units: isNegative ? -units : units };
  }

  /** The units of an answer: it is written plainly, without an exponent. */
  function unitsOf(text: string): bigint {
    expect(text).toMatch(/^(?!-0(\.0*)?$)-?(0|[1-9]\d*)(\.\d+)?$/);
    const [whole = "", part = ""] = text.split(".");
    return BigInt(whole + part) * 10n ** BigInt(SCALE - part.length);
  }

  test("sums, signs, comparisons and products are those of whole numbers", () => {
    for (let round = 0; round < 400; round++) {
      const amounts = Array.from({ length: 2 + upTo(5) }, some);
      const sum = amounts.reduce((total, { units }) => total + units, 0n);
      expect(unitsOf(addDecimals(amounts.map(({ text }) => text)))).toBe(sum);

      const [one = some(), other = some()] = amounts;
      expect(unitsOf(negated(one.text))).toBe(-one.units);
      expect(isZero(one.text)).toBe(one.units === 0n);
      const order = one.units < other.units ? -1 : one.units > other.units ? 1 : 0;
      expect(compareDecimals(one.text, other.text)).toBe(order);

      const places = upTo(5);
      const product = one.units * other.units;
      const step = 10n ** BigInt(2 * SCALE - places);
      const size = product < 0n ? -product : product;
      const rounded = size / step + ((size % step) * 2n >= step ? 1n : 0n);
      const answer = multiplied(one.text, other.text, places);
      expect(answer.split(".")[1]?.length ?? 0).toBe(places);
      expect(unitsOf(answer)).toBe(
        (product < 0n ? -rounded : rounded) * 10n ** BigInt(SCALE - places),
      );
    }
  });
});
