import { z } from "zod";

import { Trouble } from "../embedded/trouble.ts";

/** The control doors of the simulator. Both throw a Trouble when it refuses. */
export interface Doors {
  /** What stands behind `/_simulator/{path}`. */
  read: <T>(shape: z.ZodType<T>, path: string) => Promise<T>;
  /** Has something done by `/_simulator/{path}` and answers what it says about it. */
  order: (path: string, order: object) => Promise<unknown>;
}

const Refused = z.object({ error: z.string() });

export function openDoors(simulator: string, signal: AbortSignal): Doors {
  const ask = async (path: string, how: RequestInit): Promise<unknown> => {
    const response = await fetch(`${simulator}/_simulator/${path}`, { ...how, signal });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const why = Refused.safeParse(answer).data?.error ?? `HTTP ${response.status}`;
    throw new Trouble(`The simulated QuickBooks refused ${path}: ${why}`);
  };
  return {
    read: async (shape, path) => shape.parse(await ask(path, {})),
    order: (path, order) => ask(path, { method: "POST", body: JSON.stringify(order) }),
  };
}
