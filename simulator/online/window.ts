const SLOTS_FIRST = 1024;

/** Moments of the last so many milliseconds: how many requests a sliding window holds. */
export class SlidingWindow {
  private readonly lengthMs: number;
  private moments = new Float64Array(SLOTS_FIRST);
  private head = 0;
  private size = 0;
  /** The most that the window ever held since the last reset. */
  max = 0;

  constructor(lengthMs: number) {
    this.lengthMs = lengthMs;
  }

  /** How many moments lie in the window that ends now. */
  held(now: number): number {
    while (this.size > 0 && (this.moments[this.head] ?? 0) <= now - this.lengthMs) {
      this.head = (this.head + 1) % this.moments.length;
      this.size--;
    }
    return this.size;
  }

  add(now: number): void {
    this.held(now);
    if (this.size === this.moments.length) this.grow();
    this.moments[(this.head + this.size) % this.moments.length] = now;
    this.size++;
    this.max = Math.max(this.max, this.size);
  }

  private grow(): void {
    const bigger = new Float64Array(this.moments.length * 2);
    for (let n = 0; n < this.size; n++) {
      bigger[n] = this.moments[(this.head + n) % this.moments.length] ?? 0;
    }
    this.moments = bigger;
    this.head = 0;
  }
}
