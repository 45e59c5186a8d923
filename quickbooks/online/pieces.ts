import type { Checkpoint, CutSize, Piece } from "../source.ts";
import type { Asker } from "./walk.ts";
import { packPosition, secondAfter, secondBefore, secondOf, unpackPosition } from "./position.ts";

/** One refinement finds the hour of an import beside rows of many years; the second is for two such hours. */
const ROUNDS_MAX = 3;
/** A slice this much larger than wanted is cut again; less is left to whoever has nothing to do later. */
const UNEVEN = 3;
/** And so is one that holds this part of everything. */
const NEARLY_ALL = 0.7;
/** A slice that holds less than this part of what is wanted is joined with its neighbour. */
const SMALL = 0.5;
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
  const whole: Slice = { from: at, until, total: left };
  let slices = await cutSlice(whole, { wanted, isFirstRound: true }, ask);
  for (let round = 1; round < ROUNDS_MAX && slices.some(isUneven(wanted, left)); round++) {
    slices = await cutUneven(slices, { wanted, left }, ask);
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

interface Round {
  wanted: number;
  isFirstRound: boolean;
}

/** Every slice that holds too much in slices of its own. */
async function cutUneven(
  slices: Slice[],
  { wanted, left }: { wanted: number; left: number },
  ask: Asker,
): Promise<Slice[]> {
  const parts = await Promise.all(
    slices.map((slice) =>
      isUneven(wanted, left)(slice)
        ? cutSlice(slice, { wanted, isFirstRound: false }, ask)
        : Promise.resolve([slice]),
    ),
  );
  return parts.flat();
}

const isUneven =
  (wanted: number, left: number) =>
  ({ from, until, total }: Slice): boolean =>
    total > Math.min(wanted * UNEVEN, left * NEARLY_ALL) && from !== until;

async function cutSlice(
  slice: Slice,
  { wanted, isFirstRound }: Round,
  ask: Asker,
): Promise<Slice[]> {
  const edges = await edgesOf(slice, isFirstRound, ask);
  if (edges === null) return [slice];
  const [oldest, newest] = edges;
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

/**
 * The seconds of the oldest and the newest row of a slice. Where a walk is under way its own bounds
 * do at first, and save a question; they mislead where rows crowd in a small part of the time.
 */
async function edgesOf(
  { from, until }: Slice,
  isFirstRound: boolean,
  ask: Asker,
): Promise<[string, string] | null> {
  if (isFirstRound && from !== null) return from < until ? [from, until] : null;
  const [oldest, newest] = await Promise.all([
    ask.edge({ from, until }, "oldest"),
    ask.edge({ from, until }, "newest"),
  ]);
  return oldest === null || newest === null ? null : [oldest, newest];
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
    if (last !== undefined && (last.total < wanted * SMALL || slice.total === 0)) {
      last.until = slice.until;
      last.total += slice.total;
    } else {
      joined.push({ ...slice });
    }
  }
  return joined;
}
