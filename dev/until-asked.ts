const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Settles at the first Ctrl-C (or SIGTERM, or a closed terminal). A second one ends this process at
 * once; what it started sees that and ends by itself.
 */
export function untilAskedToEnd(): Promise<void> {
  return new Promise((settle) => {
    let times = 0;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        times += 1;
        if (times > 1) process.exit(130);
        settle();
      });
    }
  });
}

/** Settles when the other end of our output is gone, as in `npm run demo | head`. */
export function untilNobodyReads(output: NodeJS.WritableStream): Promise<void> {
  return new Promise((settle) => {
    output.on("error", () => settle());
  });
}
