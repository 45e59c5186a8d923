import type { StepPart } from "../db/steps.ts";

/** Where streams get their parts, and where a stream learns that another one has nothing to do. */
export interface Desk {
  /** The next part, as soon as there is one; null when none will come. */
  take(): Promise<StepPart | null>;
  /** A taken part is given back: finished, or left where it stands. */
  done(part: StepPart, finished: boolean): void;
  /** A stream has no part and nobody has promised it one; asking is the promise. */
  claimHungry(): boolean;
  /** The promise was kept (with a part) or could not be (null). */
  feed(part: StepPart | null): void;
  /** A number for a new part of a step. */
  newNumber(name: string): number;
  /** Nobody waits any longer. */
  close(): void;
  /** Every part was finished. */
  readonly finished: boolean;
}

export function createDesk(parts: readonly StepPart[]): Desk {
  const waiting = [...parts];
  const highest = new Map(parts.map((part) => [part.name, part.highestPart]));
  const hungry: (() => void)[] = [];
  let taken = 0;
  let promised = 0;
  let left = parts.length;
  let closed = false;
  const wakeAll = (): void => hungry.splice(0).forEach((wake) => wake());
  return {
    async take() {
      for (;;) {
        if (closed) return null;
        const part = waiting.shift();
        if (part !== undefined) {
          taken++;
          return part;
        }
        if (taken === 0) return null;
        await new Promise<void>((wake) => hungry.push(wake));
      }
    },
    done(_part, finished) {
      taken--;
      if (finished) left--;
      if (taken === 0) wakeAll();
    },
    claimHungry() {
      if (hungry.length <= promised + waiting.length) return false;
      promised++;
      return true;
    },
    feed(part) {
      promised--;
      if (part === null) return;
      left++;
      waiting.push(part);
      hungry.shift()?.();
    },
    newNumber(name) {
      const number = (highest.get(name) ?? 0) + 1;
      highest.set(name, number);
      return number;
    },
    close() {
      closed = true;
      wakeAll();
    },
    get finished() {
      return left === 0;
    },
  };
}
