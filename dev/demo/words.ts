/** 75 is `1 min 15 s`. */
export function seconds(count: number): string {
  const whole = Math.round(count);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export const number = (value: number): string => value.toLocaleString("en-US");

/** An amount as people read it, without a float on the way: `1234.5` is `1,234.50`. */
export function money(amount: string): string {
  const [whole = "", decimals = ""] = amount.split(".");
  return `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",")}.${decimals.padEnd(2, "0")}`;
}

/** The time of day where the demo runs: `11:02:13`. */
export const timeOfDay = (at: Date): string => at.toLocaleTimeString("en-GB");

/** Lines of this width at most, indented as the screen is. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "  ";
    for (const word of paragraph.split(" ")) {
      if (line.length + word.length + 1 > width && line.trim() !== "") {
        lines.push(line);
        line = "    ";
      }
      line += line.trim() === "" ? word : ` ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

export const clip = (line: string, width: number): string =>
  line.length <= width ? line : `${line.slice(0, width - 1)}…`;
