/** Mixes three small numbers into 32 bits; the same numbers always give the same bits. */
export function hash(seed: number, a: number, b: number): number {
  let h = (seed ^ Math.imul(a + 1, 0x9e3779b1)) | 0;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13), 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x165667b1);
  return (h ^ (h >>> 15)) >>> 0;
}

/** The entry of a pool that a number falls on. */
export function pick<T>(pool: readonly [T, ...T[]], number: number): T {
  return pool[number % pool.length] ?? pool[0];
}
