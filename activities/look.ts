import { z } from "zod";

import type { Fault } from "../core/faults.ts";
import { RECORD_KINDS } from "../core/record-kinds.ts";
import type { Changes, Checkpoint } from "../quickbooks/source.ts";
import type { StandingStep } from "./standing-step.ts";

const Kinds = z.array(z.enum(RECORD_KINDS)).transform((kinds) => new Set(kinds));

/** A pass over what has changed since a moment, as far as it has come. */
const Pass = z.object({
  /** QuickBooks' clock at its start; null before its first answer. */
  at: z.coerce.date().nullable(),
  /** What its step had brought before. */
  broughtBefore: z.number(),
  /** Kinds whose deletions nobody told. */
  untold: Kinds,
  /** Those of them that were compared since. */
  compared: z.array(z.enum(RECORD_KINDS)).default([]),
  /** Kinds of which a record was met that cannot be taken. */
  spoilt: Kinds,
  /** Kinds that QuickBooks does not offer any more, and what it said. */
  notOffered: z
    .array(z.tuple([z.enum(RECORD_KINDS), z.custom<Fault>()]))
    .transform((pairs) => new Map(pairs)),
  /** Where it goes on behind the pages that are stored. */
  rest: z.custom<Checkpoint>().nullable(),
  isOver: z.boolean(),
});
export type Pass = z.infer<typeof Pass>;

const Asked = z.object({ everything: z.boolean(), hurriedAt: z.coerce.date().nullable() });

const Look = z.object({
  /** The moments that it looks from on: with others it is another look. */
  from: z.string(),
  /** When it began, by our own clock. */
  takenAt: z.coerce.date(),
  /** What a run of AutoSync had been asked for by then. */
  asked: Asked.nullable(),
  passes: z.record(z.string(), Pass),
});

/**
 * One look at everything that has changed. Where it takes more than one answer it is kept in its step's
 * checkpoint, together with the pages that it has stored: whoever comes next (another attempt, another
 * session of a PC) reads on, and the cursors move to where this look began.
 */
export type Look = z.infer<typeof Look>;

/** The look that stands in a step's checkpoint if it looks from there on, or a new one. */
export function lookFrom(run: StandingStep, from: string, asked: Look["asked"] = null): Look {
  const kept = keptIn(run);
  const standing = kept === null ? null : Look.parse(JSON.parse(kept));
  if (standing?.from === from) return standing;
  return { from, takenAt: new Date(), asked, passes: {} };
}

/** A pass of a look by its name: as far as it has come, or at its start. */
export function passOf(run: StandingStep, look: Look, name: string): Pass {
  const begun: Pass = {
    at: null,
    broughtBefore: run.part.brought,
    untold: new Set(),
    compared: [],
    spoilt: new Set(),
    notOffered: new Map(),
    rest: null,
    isOver: false,
  };
  return (look.passes[name] ??= begun);
}

/** Notes what an answer told, before its records are stored. */
export function noteIn(pass: Pass, changes: Changes): void {
  pass.at ??= changes.at;
  pass.rest = changes.rest;
  pass.isOver = changes.rest === null;
  for (const kind of changes.deletionsUntold) pass.untold.add(kind);
  for (const { kind } of changes.troubles) pass.spoilt.add(kind);
  for (const { kind, fault } of changes.notOffered ?? []) pass.notOffered.set(kind, fault);
}

/**
 * The step's checkpoint with the look as it is now. One whose answers are all there is not kept: it
 * costs no more to look once more.
 */
export function checkpointWith(run: StandingStep, look: Look): Checkpoint | null {
  const isKept = keptIn(run) !== null;
  const isLeft = Object.values(look.passes).some(({ rest }) => rest !== null);
  if (!isKept && !isLeft) return run.part.checkpoint;
  return keptWith(run, look);
}

/** The step's checkpoint with the look in it. */
export const keptWith = (run: StandingStep, look: Look): Checkpoint => ({
  ...run.part.checkpoint,
  look: JSON.stringify(look, written),
});

/** Has a look been kept in this step's checkpoint? */
export const isLookKept = (run: StandingStep): boolean => keptIn(run) !== null;

const keptIn = ({ part }: StandingStep): string | null => {
  const kept = part.checkpoint?.["look"];
  return typeof kept === "string" ? kept : null;
};

const written = (_: string, value: unknown): unknown =>
  value instanceof Set || value instanceof Map ? [...value] : value;
