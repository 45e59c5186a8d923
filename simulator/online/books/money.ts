/** An amount in cents as QuickBooks prints it: 0, 300.0, 337.5, 12.75 (recordings). */
export function money(cents: number): string {
  if (cents === 0) return "0";
  const sign = cents < 0 ? "-" : "";
  const absolute = Math.abs(cents);
  const whole = Math.floor(absolute / 100);
  const rest = absolute - whole * 100;
  if (rest === 0) return `${sign}${whole}.0`;
  if (rest % 10 === 0) return `${sign}${whole}.${rest / 10}`;
  return rest < 10 ? `${sign}${whole}.0${rest}` : `${sign}${whole}.${rest}`;
}

/** A price or quantity in hundredths as QuickBooks prints it: 75, 22.5, 12.75 (recordings). */
export function plain(hundredths: number): string {
  return hundredths % 100 === 0 ? `${hundredths / 100}` : money(hundredths);
}

/** Minor units with a fixed number of decimals: 1250 is 12.50. */
export const decimal = (units: number, decimals = 2): string =>
  (units / 10 ** decimals).toFixed(decimals);
