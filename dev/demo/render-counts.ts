import type { CompanyView, CountView } from "./view.ts";
import { number } from "./words.ts";

/** A company's records of each kind: as many columns as fit, read downwards. A difference shows both numbers. */
export function renderCounts({ name, counts }: CompanyView, width: number): string[] {
  if (counts.length === 0) return [];
  const rows = Array.from({ length: counts.length }, (_, index) => index + 1).find((height) =>
    inColumns(counts, height).every((line) => line.length <= width),
  );
  return [
    "",
    `  Records of ${name} after its first sync, here and in QuickBooks:`,
    ...inColumns(counts, rows ?? counts.length),
  ];
}

function inColumns(counts: CountView[], rows: number): string[] {
  const lines = Array.from({ length: rows }, () => "");
  for (let first = 0; first < counts.length; first += rows) {
    const column = counts.slice(first, first + rows);
    const kindWidth = Math.max(...column.map(({ kind }) => kind.length));
    const figuresWidth = Math.max(...column.map((count) => figures(count).length));
    column.forEach((count, row) => {
      lines[row] += `  ${count.kind.padEnd(kindWidth)} ${figures(count).padStart(figuresWidth)}`;
    });
  }
  return lines;
}

const figures = ({ ours, theirs }: CountView): string =>
  ours === theirs ? `${number(ours)} ✓` : `${number(ours)} ✗ ${number(theirs)}`;
