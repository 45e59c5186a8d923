import { randomFrom } from "../support/random.ts";

/** Chance that is the same for the same seed. */
export interface Draw {
  chance: (share: number) => boolean;
  /** A whole number, both ends included. */
  within: (least: number, most: number) => number;
  one: <T>(some: readonly T[]) => T;
  /** A day of some year up to now. */
  day: () => string;
  /** What one of these makes, each drawn as often as its weight says. */
  weighted: <T>(makers: readonly Weighted<T>[]) => T;
}

export type Weighted<T> = readonly [weight: number, make: () => T];

export function drawFrom(seed: number): Draw {
  // Seeds follow one another; their first numbers must not.
  const random = randomFrom(Math.imul(seed, 0x9e3779b1));
  const within = (least: number, most: number): number =>
    least + Math.floor(random() * (most - least + 1));
  const one = <T>(some: readonly T[]): T => {
    const found = some[Math.floor(random() * some.length)];
    if (found === undefined) throw new Error("nothing to choose from");
    return found;
  };
  return {
    chance: (share) => random() < share,
    within,
    one,
    day: () => `${within(2022, 2026)}-0${within(1, 9)}-1${within(0, 9)}`,
    weighted: (makers) => {
      const total = makers.reduce((sum, [weight]) => sum + weight, 0);
      let left = random() * total;
      const drawn = makers.find(([weight]) => (left -= weight) < 0);
      return (drawn ?? one(makers))[1]();
    },
  };
}
