import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What this process holds once nothing is left to be thrown away, in megabytes. */
export function heldMb(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}
