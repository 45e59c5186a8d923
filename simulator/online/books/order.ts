/** Rows of one kind by LastUpdatedTime, kept as sorted numbers: eight bytes a row. */
const INDEX_BITS = 21;
export const ROWS_MAX = 2 ** INDEX_BITS;
const INDEX_MASK = ROWS_MAX - 1;
/** Odd, so that multiplying by it is a permutation: rows of one second lie in no order of ids. */
const SCRAMBLE = 0x0f_2b_35;
const UNSCRAMBLE = inverse(SCRAMBLE);
/** 2001; nothing is older, so that keys stay far below 2^53. */
const EPOCH_SECONDS = 978_307_200;

function inverse(odd: number): number {
  let x = odd;
  for (let round = 0; round < 5; round++) {
    x = Math.imul(x, 2 - Math.imul(odd, x)) & INDEX_MASK;
  }
  return x;
}

const keyOf = (seconds: number, index: number): number =>
  (seconds - EPOCH_SECONDS) * ROWS_MAX + (Math.imul(index, SCRAMBLE) & INDEX_MASK);

/** A row that changes its place: `from` undefined for a new one, `to` undefined for a deleted one. */
export interface Move {
  index: number;
  from: number | undefined;
  to: number | undefined;
}

export class Order {
  private keys: Float64Array;

  constructor(updated: Int32Array, length: number) {
    const keys = new Float64Array(length);
    for (let index = 0; index < length; index++) keys[index] = keyOf(updated[index] ?? 0, index);
    this.keys = keys.sort();
  }

  get length(): number {
    return this.keys.length;
  }

  /** The row at a position, oldest first. */
  at(position: number): number {
    const key = this.keys[position] ?? 0;
    return Math.imul(key % ROWS_MAX, UNSCRAMBLE) & INDEX_MASK;
  }

  /** LastUpdatedTime of the row at a position. */
  secondsAt(position: number): number {
    return Math.floor((this.keys[position] ?? 0) / ROWS_MAX) + EPOCH_SECONDS;
  }

  /** How many rows are older than a moment: the position of the first that is not. */
  before(seconds: number): number {
    const bound = Math.max(0, (seconds - EPOCH_SECONDS) * ROWS_MAX);
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] ?? 0) < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts rows in their new places, in one pass however many they are. */
  move(moves: readonly Move[]): void {
    const gone: number[] = [];
    const come: number[] = [];
    for (const { index, from, to } of moves) {
      if (from !== undefined) gone.push(keyOf(from, index));
      if (to !== undefined) come.push(keyOf(to, index));
    }
    gone.sort((a, b) => a - b);
    come.sort((a, b) => a - b);
    let nextGone = 0;
    const old = this.keys;
    const keys = new Float64Array(old.length + come.length);
    let length = 0;
    let next = 0;
    for (const key of old) {
      while (next < come.length && (come[next] ?? 0) < key) keys[length++] = come[next++] ?? 0;
      if (key === gone[nextGone]) nextGone++;
      else keys[length++] = key;
    }
    while (next < come.length) keys[length++] = come[next++] ?? 0;
    this.keys = keys.subarray(0, length);
  }
}
