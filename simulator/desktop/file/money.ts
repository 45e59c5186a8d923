/** Cents as AMTTYPE: -1250 is -12.50. */
export function amount(cents: number): string {
  const whole = Math.abs(cents);
  const rest = whole % 100;
  const text = `${(whole - rest) / 100}.${rest < 10 ? "0" : ""}${rest}`;
  return cents < 0 ? `-${text}` : text;
}

/** Hundredths as QUANTYPE, without needless zeros: 150 is 1.5. */
export const quantity = (hundredths: number): string => String(hundredths / 100);

/** The cents of an AMTTYPE; undefined when it is none. */
export function centsOf(text: string): number | undefined {
  return /^[+-]?\d{1,13}(\.\d\d)?$/.test(text) ? Math.round(Number(text) * 100) : undefined;
}
