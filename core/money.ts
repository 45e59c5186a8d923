/**
 * An amount or a rate as QuickBooks writes it: up to twenty digits, perhaps with decimals or an exponent.
 * A rate may be a float written out: seventeen digits, and the zeros before them.
 */
const DECIMAL = /^(-?)(\d{1,20})(?:\.(\d{1,30}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** A decimal number as whole units of its last place: 12.30 is 1230 with two places. */
interface Decimal {
  units: bigint;
  places: number;
}

/** Is this text an amount as QuickBooks writes one? */
export const isDecimal = (text: string): boolean => DECIMAL.test(text);

/** The exact sum of amounts, with as many decimals as the longest has; "0" of none. Throws RangeError for a text that is no amount. */
export function addDecimals(amounts: readonly string[]): string {
  const parsed = amounts.map(parse);
  const places = Math.max(0, ...parsed.map((each) => each.places));
  const units = parsed.reduce((sum, each) => sum + unitsAt(each, places), 0n);
  return written({ units, places });
}

/** The same amount with the other sign. */
export function negated(amount: string): string {
  const { units, places } = parse(amount);
  return written({ units: -units, places });
}

/** Below zero, zero or above, as the first amount is less than, equal to or more than the second. */
export function compareDecimals(one: string, other: string): number {
  const [first, second] = [parse(one), parse(other)];
  const places = Math.max(first.places, second.places);
  const difference = unitsAt(first, places) - unitsAt(second, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Is it nothing, however many decimals it is written with? */
export const isZero = (amount: string): boolean => parse(amount).units === 0n;

/** An amount times a rate, rounded half away from zero to so many decimals. */
export function multiplied(amount: string, rate: string, places: number): string {
  const [one, other] = [parse(amount), parse(rate)];
  const exact = { units: one.units * other.units, places: one.places + other.places };
  if (exact.places <= places) return written({ units: unitsAt(exact, places), places });
  const step = 10n ** BigInt(exact.places - places);
  const half = exact.units < 0n ? -step / 2n : step / 2n;
  return written({ units: (exact.units + half) / step, places });
}

/** How many decimals amounts of a currency have (JPY 0, KWD 3), by its ISO 4217 code; two for one that nobody knows. */
export function decimalsOf(currency: string | null): number {
  if (currency === null || !/^[A-Z]{3}$/.test(currency)) return 2;
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

function parse(text: string): Decimal {
  const found = DECIMAL.exec(text);
  if (found === null) throw new RangeError(`"${text.slice(0, 40)}" is no amount`);
  const [, sign = "", whole = "0", part = "", exponent = "0"] = found;
  const units = BigInt(sign + whole + part);
  const places = part.length - Number(exponent);
  return places < 0 ? { units: units * 10n ** BigInt(-places), places: 0 } : { units, places };
}

const unitsAt = ({ units, places }: Decimal, wanted: number): bigint =>
  units * 10n ** BigInt(wanted - places);

function written({ units, places }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const sign = units < 0n ? "-" : "";
  const whole = digits.slice(0, digits.length - places);
  return places === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-places)}`;
}
