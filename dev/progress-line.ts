import type { WriteStream } from "node:tty";

const PLAIN_EVERY_MS = 10_000;

/** Shows what a wait is about: one line redrawn in a terminal, elsewhere a line every ten seconds. */
export function showProgress(to: WriteStream): {
  show: (sentence: string) => void;
  end: () => void;
} {
  let told = 0;
  let drawn = false;
  return {
    show(sentence) {
      if (to.isTTY) {
        drawn = true;
        to.write(`\r\u001B[2K${sentence.slice(0, to.columns - 1)}`);
      } else if (Date.now() - told > PLAIN_EVERY_MS) {
        told = Date.now();
        to.write(`${sentence}\n`);
      }
    },
    end() {
      if (drawn) to.write("\r\u001B[2K");
    },
  };
}
