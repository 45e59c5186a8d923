/** Runs work as soon as there is room for it. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** A gate with room for so many at once; who comes first goes first. */
export function createGate(atOnce: number): Gate {
  const waiting: (() => void)[] = [];
  let room = atOnce;
  return async (work) => {
    if (room > 0) room--;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) room++;
      else next();
    }
  };
}
