/** Minor units as QuickBooks prints amounts: 0, 300.0, 337.5, 12.75 (recordings); 1.255 of three decimals. */
export function money(cents: number, decimals = 2): string {
  if (cents === 0) return "0";
  if (decimals !== 2) return shortened(decimal(cents, decimals));
  const sign = cents < 0 ? "-" : "";
  const absolute = Math.abs(cents);
  const whole = Math.floor(absolute / 100);
  const rest = absolute - whole * 100;
  if (rest === 0) return `${sign}${whole}.0`;
  if (rest % 10 === 0) return `${sign}${whole}.${rest / 10}`;
  return rest < 10 ? `${sign}${whole}.0${rest}` : `${sign}${whole}.${rest}`;
}

/** Without needless zeros, but always with one decimal. */
function shortened(text: string): string {
  if (!text.includes(".")) return `${text}.0`;
  return text.replace(/0+$/, "").replace(/\.$/, ".0");
}

/** A price in minor units, or a quantity in hundredths, as QuickBooks prints it: 75, 22.5, 12.75 (recordings). */
export function plain(units: number, decimals = 2): string {
  const whole = 10 ** decimals;
  return units % whole === 0 ? `${units / whole}` : money(units, decimals);
}

/** Minor units with a fixed number of decimals: 1250 is 12.50. */
export const decimal = (units: number, decimals = 2): string =>
  (units / 10 ** decimals).toFixed(decimals);
