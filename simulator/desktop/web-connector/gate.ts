import { setTimeout as sleep } from "node:timers/promises";

/** A PC that may fall asleep: what is to happen waits until it is awake. */
export class Gate {
  private opened: Promise<void> = Promise.resolve();
  private wake: (() => void) | undefined;

  get isOpen(): boolean {
    return this.wake === undefined;
  }

  close(): void {
    if (this.wake !== undefined) return;
    this.opened = new Promise((resolve) => (this.wake = resolve));
  }

  open(): void {
    this.wake?.();
    this.wake = undefined;
  }

  /** Waits until it is open; rejects when the signal aborts first. */
  pass(signal: AbortSignal): Promise<void> {
    return this.isOpen ? Promise.resolve() : unlessAborted(this.opened, signal);
  }
}

/** What a promise brings, or a rejection as soon as the signal aborts. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error("aborted", { cause: signal.reason }));
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Waits, or rejects as soon as the signal aborts. */
export const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal });
