import type { StepPart } from "../db/steps.ts";

/** Where streams get their parts, and where a stream learns how many others have nothing to do. */
export interface Desk {
  /**
   * The next part, as soon as there is one; null when none will come. Where only others could still
   * bring one, a part of what is read later is given out meanwhile.
   */
  take(): Promise<StepPart | null>;
  /** A taken part is given back: finished, or left where it stands. */
  done(part: StepPart, finished: boolean): void;
  /** Is this a part of what is read later? */
  isAhead(part: StepPart): boolean;
  /** Shall a stream leave this part of what is read later, because there is something to do before it, or nothing left? */
  callsBack(part: StepPart): boolean;
  /** How many streams have no part of their own and no promise of one; asking is the promise, to be kept by `feed`. */
  promiseHungry(): number;
  /** Parts for others; `promised` are the streams that waited for them. */
  feed(parts: readonly StepPart[], promised: number): void;
  /** A number for a new part of a step. */
  newNumber(name: string): number;
  /** Nobody waits any longer. */
  close(): void;
  /** Every part was finished, except for what is read later. */
  readonly finished: boolean;
}

/** A desk for parts in the order in which they are to be taken; `later` holds parts that may be begun early. */
export function createDesk(parts: readonly StepPart[], later: readonly StepPart[]): Desk {
  const waiting = [...parts];
  const ahead = [...later];
  const isLater = new Set(later);
  const highest = new Map(parts.map((part) => [part.name, part.highestPart]));
  const hungry: (() => void)[] = [];
  let taken = 0;
  let takenAhead = 0;
  let promises = 0;
  let left = parts.length;
  let closed = false;
  const wake = (count: number): void => hungry.splice(0, count).forEach((awaken) => awaken());
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
        const early = ahead.shift();
        if (early !== undefined) {
          takenAhead++;
          return early;
        }
        await new Promise<void>((awaken) => hungry.push(awaken));
      }
    },
    done(part, finished) {
      if (isLater.has(part)) {
        takenAhead--;
        if (!finished) ahead.unshift(part);
        return;
      }
      taken--;
      if (finished) left--;
      if (taken === 0) wake(hungry.length);
    },
    isAhead: (part) => isLater.has(part),
    callsBack: (part) => isLater.has(part) && (closed || waiting.length > 0 || taken === 0),
    promiseHungry() {
      const count = Math.max(0, hungry.length + takenAhead - promises - waiting.length);
      promises += count;
      return count;
    },
    feed(fed, promised) {
      promises -= promised;
      left += fed.length;
      waiting.push(...fed);
      wake(fed.length);
    },
    newNumber(name) {
      const number = (highest.get(name) ?? 0) + 1;
      highest.set(name, number);
      return number;
    },
    close() {
      closed = true;
      wake(hungry.length);
    },
    get finished() {
      return left === 0;
    },
  };
}
