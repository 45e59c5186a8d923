import { renderCompany, runLine } from "./render-company.ts";
import { renderCounts } from "./render-counts.ts";
import type { CompanyView, View } from "./view.ts";
import { clip, wrap } from "./words.ts";

const RUNS_SHOWN_MAX = 5;

/** The whole screen as lines, none wider than `width`; counts are on it where `height` has room for them. */
export function render(view: View, width: number, height: number): string[] {
  const lines = [
    `  Evenbooks demo. ${view.hint}`,
    "",
    ...view.addresses.map(([name, address]) => `  ${name.padEnd(14)} ${address}`),
    ...(view.wait === null ? [] : ["", ...wrap(`… ${view.wait}`, width)]),
    ...view.companies.flatMap((company) => renderCompany(company, width)),
    ...renderRuns(view.companies),
  ];
  for (const company of view.companies) {
    const counts = renderCounts(company, width);
    if (lines.length + counts.length <= height) lines.push(...counts);
  }
  return lines.slice(0, height).map((line) => clip(line, width));
}

/** The newest runs of all companies, newest first. */
function renderRuns(companies: CompanyView[]): string[] {
  const runs = companies
    .flatMap(({ name, runs: own }) => own.map((run) => ({ name, run })))
    .sort((one, other) => other.run.at.getTime() - one.run.at.getTime())
    .slice(0, RUNS_SHOWN_MAX)
    .map(({ name, run }) => `  ${runLine(name, run)}`);
  return runs.length === 0 ? [] : ["", ...runs];
}
