/** Who may ask QuickBooks when; shared by every process that talks for one company. */
export interface Limiter {
  /**
   * Takes the next free moment and answers how long to wait for it (milliseconds). `taken` is false
   * while QuickBooks wants quiet: nothing was taken, come back after `waitMs`.
   * `succeeded` metered calls are counted on the way.
   */
  take(succeeded: number): Promise<{ taken: boolean; waitMs: number }>;
  /** Nobody asks for this long (milliseconds): QuickBooks said so. */
  holdOff(forMs: number): Promise<void>;
  /** Counts metered calls that no later `take` will bring along. */
  count(succeeded: number): Promise<void>;
  /** Metered calls of the Intuit app in this month, over all companies. */
  callsThisMonth(): Promise<number>;
}
