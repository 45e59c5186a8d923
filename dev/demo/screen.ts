import type { WriteStream } from "node:tty";

import { render } from "./render.ts";
import { batchLine, runLine, workable } from "./render-company.ts";
import { marked, planText } from "./render-payments.ts";
import type { CompanyView, PaymentsView, View } from "./view.ts";
import { number } from "./words.ts";

const PLAIN_EVERY_MS = 3_000;
const WIDTH_DEFAULT = 80;

export interface Screen {
  show: (view: View) => void;
  /** Leaves the terminal as it was, with the last picture in it. */
  end: () => void;
}

/** Draws in place in a terminal; elsewhere prints what is new, and every few seconds how far it is. */
export const createScreen = (out: WriteStream): Screen =>
  out.isTTY ? drawnScreen(out) : printedScreen(out);

function drawnScreen(out: WriteStream): Screen {
  let height = 0;
  let last: View | undefined;
  const show = (view: View): void => {
    last = view;
    const lines = render(view, out.columns || WIDTH_DEFAULT, Math.max(1, out.rows - 1));
    const up = height === 0 ? "" : `\u001B[${height}F`;
    out.write(`\u001B[?25l${up}\u001B[0J${lines.join("\n")}\n`);
    height = lines.length;
  };
  const redraw = (): void => {
    // The old picture may have been wrapped by the new width: begin on a clear screen.
    out.write("\u001B[2J\u001B[H");
    height = 0;
    if (last !== undefined) show(last);
  };
  out.on("resize", redraw);
  return {
    show,
    end() {
      out.off("resize", redraw);
      out.write("\u001B[?25h");
    },
  };
}

/** Lines about a company name it first; those about its runs begin with the time. */
export function printedScreen(out: Pick<WriteStream, "write">): Screen {
  const said = new Set<string>();
  const told = new Map<string, number>();
  const once = (line: string): void => {
    if (said.has(line)) return;
    said.add(line);
    out.write(`${line}\n`);
  };
  /** What changes all the time, about one thing each. */
  const now = (about: string, line: string): void => {
    if (Date.now() - (told.get(about) ?? 0) < PLAIN_EVERY_MS) return;
    told.set(about, Date.now());
    out.write(`${line}\n`);
  };
  const showCompany = (company: CompanyView): void => {
    const { name, wait, books, batch, workableAfter, ending, counts, runs, payments } = company;
    if (wait !== null) now(name, `${name}: ${wait}`);
    if (books !== undefined) once(`${name}: ${books}`);
    if (batch !== undefined && ending === undefined) now(name, `${name}: ${batchLine(batch)}`);
    if (workableAfter !== undefined) once(`${name}: ${workable(workableAfter)}`);
    if (ending !== undefined) once(`${name}: ${ending.sentence}`);
    for (const { kind, ours, theirs } of counts) {
      once(`${name}:   ${kind}: ${number(ours)} here, ${number(theirs)} in QuickBooks`);
    }
    for (const run of runs) {
      if (run.hasEnded) once(runLine(name, run));
    }
    if (payments !== undefined) showPayments(name, payments);
  };
  const showPayments = (name: string, payments: PaymentsView): void => {
    const { wait, edits, since, plan, outcomes, ending } = payments;
    for (const edit of edits) once(`${name}: in QuickBooks, ${edit}`);
    for (const line of plan) once(`${name}: plan since ${since}: ${planText(line)}`);
    for (const outcome of outcomes) once(`${name}: ${marked(outcome)}`);
    if (ending !== undefined) once(`${name}: ${marked(ending)}`);
    else if (wait !== null) now(name, `${name}: ${wait}`);
  };
  return {
    show({ addresses, wait, companies }) {
      for (const [name, address] of addresses) once(`${name}: ${address}`);
      if (wait !== null) now("", `${wait} …`);
      companies.forEach(showCompany);
    },
    end: () => undefined,
  };
}
