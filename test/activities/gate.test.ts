import { describe, expect, test } from "vitest";

import { createGate } from "../../activities/gate.ts";

const AT_ONCE = 3;

/** Work that lasts until it is ended, by its number. */
function someWork(gate: ReturnType<typeof createGate>) {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const begin = (name: number): Promise<void> =>
    gate(() => {
      begun.push(name);
      return new Promise<void>((end) => (ends[name] = end));
    });
  return { begun, begin, end: (name: number): void => ends[name]?.() };
}

describe("a gate", () => {
  test("lets so many at once, and the others one by one in the order in which they came", async () => {
    const { begun, begin, end } = someWork(createGate(AT_ONCE));
    const all = [0, 1, 2, 3, 4, 5].map(begin);
    expect(begun).toEqual([0, 1, 2]);
    end(1);
    await all[1];
    expect(begun).toEqual([0, 1, 2, 3]);
    for (const name of [0, 3, 2, 4, 5]) {
      end(name);
      await all[name];
    }
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("has the same room again after work that failed", async () => {
    const gate = createGate(1);
    const broken = gate(() => Promise.reject(new Error("broken")));
    const thrown = gate(() => {
      throw new Error("thrown");
    });
    await expect(broken).rejects.toThrow("broken");
    await expect(thrown).rejects.toThrow("thrown");
    expect(await gate(() => Promise.resolve("done"))).toBe("done");
  });
});
