const DECIMAL = /^-?\d{1,20}(\.\d{1,10})?$/;

/** Is this text an amount as QuickBooks writes one? */
export const isDecimal = (text: string): boolean => DECIMAL.test(text);

/** The exact sum of amounts, with as many decimals as the longest has. */
export function addDecimals(amounts: readonly string[]): string {
  const places = Math.max(...amounts.map((text) => (text.split(".")[1] ?? "").length));
  const sum = amounts.reduce((total, text) => total + scaled(text, places), 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const sign = sum < 0n ? "-" : "";
  return places === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-places)}`;
}

function scaled(text: string, places: number): bigint {
  const [whole = "0", part = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole + part.padEnd(places, "0"));
  return text.startsWith("-") ? -value : value;
}
