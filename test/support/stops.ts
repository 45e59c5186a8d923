import type { Commit, Decision } from "./commit-proxy.ts";

/** What a commit is called: after the first of its statements that `sortOf` knows. */
export type SortOf = (commit: Commit) => string | null;

/** Before or after the n-th commit of a sort, from 1 on. */
export interface Stop {
  sort: string;
  nth: number;
  where: "before" | "after";
}

/** A company that is killed at one stop after another, and goes on after each. */
export interface Walk {
  decideBefore(commit: Commit): Decision;
  decideAfter(commit: Commit): Decision;
  /** Where it stands still or is to stand still next; null when every stop is behind it. */
  next(): Stop | null;
  /** Does it stand still at that stop? Then no later commit of these sorts passes. */
  isHeld(): boolean;
  /** It was killed there: the one after it is next. */
  goOn(): void;
  /** Its run is over: no stop is next any more. */
  giveUp(): void;
  /** The stops that it never came to. */
  missed(): readonly Stop[];
}

/** What begins anew with another attempt is counted anew from its commit on; what is over by then comes no more. */
export interface Counting {
  sortOf: SortOf;
  begins: string;
  beginsAnew: readonly string[];
  overByThen: readonly string[];
}

/** Walks a company along stops that are in the order in which a run comes to them. */
export function walkAlong(
  companyId: string,
  stops: readonly Stop[],
  { sortOf, begins, beginsAnew, overByThen }: Counting,
): Walk {
  const left = [...stops];
  const passed = new Map<string, number>();
  let last: Commit | null = null;
  let isHeld = false;
  const missed: Stop[] = [];
  const passOver = (sorts: readonly string[]): void => {
    const until = left.findIndex(({ sort }) => !sorts.includes(sort));
    missed.push(...left.splice(0, until === -1 ? left.length : until));
  };
  const pass = (sort: string): void => {
    passed.set(sort, (passed.get(sort) ?? 0) + 1);
    if (sort === begins) for (const other of beginsAnew) passed.delete(other);
  };
  return {
    decideBefore(commit) {
      const sort = commit.companyId === companyId ? sortOf(commit) : null;
      if (sort === null) return "pass";
      if (last !== null) return "hold";
      if (sort === begins) passOver(overByThen);
      const [stop] = left;
      const isThere = stop?.sort === sort && (passed.get(sort) ?? 0) + 1 >= stop.nth;
      if (isThere) last = commit;
      if (isThere && stop.where === "before") {
        isHeld = true;
        return "hold";
      }
      pass(sort);
      return "pass";
    },
    decideAfter(commit) {
      if (commit !== last) return "pass";
      isHeld = true;
      return "hold";
    },
    next: () => left[0] ?? null,
    isHeld: () => isHeld,
    goOn() {
      left.shift();
      last = null;
      isHeld = false;
    },
    giveUp: () => void missed.push(...left.splice(0)),
    missed: () => missed,
  };
}
