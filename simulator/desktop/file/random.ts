/** A stream of numbers that the seed alone decides. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) >>> 0;
  }

  /** 32 bits. */
  bits(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** From 0 up to, and without, `limit`. */
  below(limit: number): number {
    return this.bits() % limit;
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** One of a pool; throws when there is nothing to choose. */
  of<T>(pool: readonly T[]): T {
    const found = pool[this.below(pool.length)];
    if (found === undefined) throw new Error("nothing to choose from");
    return found;
  }
}

/** The entry of a pool on which a number falls. */
export function pick<T>(pool: readonly [T, ...T[]], number: number): T {
  return pool[number % pool.length] ?? pool[0];
}
