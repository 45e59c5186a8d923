import type { WriteStream } from "node:tty";

import { number, render, renderLine, seconds } from "./render.ts";
import type { View } from "./view.ts";

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
    const lines = render(view, out.columns || WIDTH_DEFAULT).slice(0, Math.max(1, out.rows - 1));
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

function printedScreen(out: WriteStream): Screen {
  const said = new Set<string>();
  let told = 0;
  const once = (line: string): void => {
    if (said.has(line)) return;
    said.add(line);
    out.write(`${line}\n`);
  };
  const now = (line: string): void => {
    if (Date.now() - told < PLAIN_EVERY_MS) return;
    told = Date.now();
    out.write(`${line}\n`);
  };
  return {
    show({ addresses, wait, company, batch, workableAfter, ending, counts }) {
      for (const [name, address] of addresses) once(`${name}: ${address}`);
      if (wait !== undefined) now(`${wait} …`);
      if (company !== undefined) once(`${company.name}: ${company.books}`);
      if (batch !== undefined && ending === undefined) now(renderLine(batch));
      if (workableAfter !== undefined)
        once(`People can work now (after ${seconds(workableAfter)})`);
      if (ending !== undefined) once(ending.sentence);
      for (const { kind, ours, theirs } of counts) {
        once(`  ${kind}: ${number(ours)} here, ${number(theirs)} in QuickBooks`);
      }
    },
    end: () => undefined,
  };
}
