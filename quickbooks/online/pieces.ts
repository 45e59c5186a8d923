import type { Checkpoint, CutSize, Piece } from "../source.ts";
import type { Asker } from "./walk.ts";
import { packPosition, secondAfter, secondBefore, secondOf, unpackPosition } from "./position.ts";

/** One refinement finds the hour of an import beside rows of many years; the second is for two such hours. */
const ROUNDS_MAX = 3;
/** A slice this much larger than wanted is cut again. */
const UNEVEN = 2;
const QUESTIONS_MAX = 60;

/** Rows by whole seconds of modification, both ends inclusive. */
interface Slice {
  /** Null is open: the first one begins with the oldest row. */
  from: string | null;
  until: string;
  total: number;
}

/**
 * Cuts what is left of a walk into pieces of about equal size. All counts of a round are asked at
 * once: the stretch between the oldest and the newest row in slices of equal time, then those that
 * hold too much again in the same way. Null where there is nothing to cut: one second, or a walk
 * within a second.
 */
export async function cutIntoPieces(
  checkpoint: Checkpoint,
  { left, ways }: CutSize,
  ask: Asker,
): Promise<Piece[] | null> {
  const position = unpackPosition(checkpoint);
  const { at, until, offset, refusedUntil } = position;
  if (until === null || offset > 0 || refusedUntil !== null || ways < 2) return null;
  const wanted = left / ways;
  let slices: Slice[] = [{ from: at, until, total: left }];
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const finer = await cutSlices(slices, wanted, ask);
    if (finer === slices) break;
    slices = finer;
  }
  const joined = join(slices, wanted);
  if (joined.length < 2) return null;
  return joined.map((slice, index) => ({
    total: slice.total,
    checkpoint: packPosition({
      ...position,
      at: index === 0 ? at : slice.from,
      until: index === joined.length - 1 ? until : slice.until,
    }),
  }));
}

/** Every slice that holds too much in slices of its own; the same array when none does. */
async function cutSlices(slices: Slice[], wanted: number, ask: Asker): Promise<Slice[]> {
  if (!slices.some((slice) => isUneven(slice, wanted))) return slices;
  const parts = await Promise.all(
    slices.map((slice) =>
      isUneven(slice, wanted) ? cutSlice(slice, wanted, ask) : Promise.resolve([slice]),
    ),
  );
  return parts.flat();
}

const isUneven = ({ from, until, total }: Slice, wanted: number): boolean =>
  total > wanted * UNEVEN && from !== until;

async function cutSlice(slice: Slice, wanted: number, ask: Asker): Promise<Slice[]> {
  const [oldest, newest] = await Promise.all([
    ask.edge(slice, "oldest"),
    ask.edge(slice, "newest"),
  ]);
  if (oldest === null || newest === null) return [slice];
  const ways = Math.min(QUESTIONS_MAX, Math.ceil(slice.total / wanted));
  const starts = equalTimes(oldest, newest, ways);
  const restOf = await Promise.all(starts.map((from) => ask.count({ from, until: slice.until })));
  return [slice.from, ...starts].map((from, index) => {
    const next = starts[index];
    const rest = index === 0 ? slice.total : (restOf[index - 1] ?? 0);
    return {
      from,
      until: next === undefined ? slice.until : secondBefore(next),
      total: Math.max(0, rest - (restOf[index] ?? 0)),
    };
  });
}

/** The seconds that cut the time between two into `ways` of equal length, the first one left out, none twice. */
function equalTimes(oldest: string, newest: string, ways: number): string[] {
  const start = Date.parse(oldest);
  const step = (Date.parse(secondAfter(newest)) - start) / ways;
  const times = Array.from({ length: ways - 1 }, (_, index) =>
    secondOf(start + step * (index + 1)),
  );
  return [...new Set(times)].filter((time) => time > oldest && time <= newest);
}

/** Neighbours that hold little become one. */
function join(slices: readonly Slice[], wanted: number): Slice[] {
  const joined: Slice[] = [];
  for (const slice of slices) {
    const last = joined.at(-1);
    if (last !== undefined && (last.total < wanted / UNEVEN || slice.total === 0)) {
      last.until = slice.until;
      last.total += slice.total;
    } else {
      joined.push({ ...slice });
    }
  }
  return joined;
}
