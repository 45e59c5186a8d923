/** How far a batch was at a moment. */
export interface Sample {
  at: Date;
  done: number;
}

export interface PaceInput {
  status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  waitingFor: string | null;
  waitingUntil: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  done: number;
  total: number | null;
  /** Oldest first. */
  samples: readonly Sample[];
  now: Date;
}

/** Records a second, and the seconds that are left with their band; null is "not known". */
export interface Pace {
  recordsPerSecond: number | null;
  etaSeconds: number | null;
  etaSecondsLow: number | null;
  etaSecondsHigh: number | null;
}

type TimeLeft = Omit<Pace, "recordsPerSecond">;

const UNKNOWN: TimeLeft = { etaSeconds: null, etaSecondsLow: null, etaSecondsHigh: null };

const RECENT_MS = 60_000;
/** Less than this says nothing about a rate. */
const SPAN_MIN_MS = 3_000;
/** Two rates that agree by chance are no promise: the band is never narrower than this. */
const BAND_MIN = 0.1;

/** The rate is that of the last minute; the band reaches to the rate of all that is remembered. */
export function paceOf(batch: PaceInput): Pace {
  if (batch.finishedAt !== null) {
    return { recordsPerSecond: endedRate(batch, batch.finishedAt), ...UNKNOWN };
  }
  if (batch.status !== "running") return { recordsPerSecond: null, ...UNKNOWN };
  const long = rateSince(batch.samples[0], batch) ?? overAll(batch, batch.now);
  const recent = rateSince(recentSample(batch), batch) ?? long;
  return { recordsPerSecond: recent, ...timeLeft(batch, recent, long) };
}

function timeLeft(batch: PaceInput, recent: number | null, long: number | null): TimeLeft {
  const waitSeconds = secondsToWait(batch);
  if (batch.total === null || waitSeconds === null) return UNKNOWN;
  const left = Math.max(0, batch.total - batch.done);
  const present = recent !== null && recent > 0 ? recent : long;
  if (present === null || present <= 0) return UNKNOWN;
  const other = long !== null && long > 0 ? long : present;
  const seconds = (speed: number) => Math.ceil(waitSeconds + left / speed);
  return {
    etaSeconds: seconds(present),
    etaSecondsLow: seconds(Math.max(present, other) * (1 + BAND_MIN)),
    etaSecondsHigh: seconds(Math.min(present, other) * (1 - BAND_MIN)),
  };
}

/** None while it works; while it waits, as long as is known, else null. */
function secondsToWait(batch: PaceInput): number | null {
  if (batch.waitingFor === null) return 0;
  if (batch.waitingUntil === null) return null;
  return Math.max(0, batch.waitingUntil.getTime() - batch.now.getTime()) / 1000;
}

/** The oldest sample of the last minute, else the newest one before it. */
function recentSample({ samples, now }: PaceInput): Sample | undefined {
  const since = now.getTime() - RECENT_MS;
  return samples.find((sample) => sample.at.getTime() >= since) ?? samples.at(-1);
}

const rateSince = (sample: Sample | undefined, { done, now }: PaceInput): number | null =>
  sample === undefined ? null : rate(done - sample.done, now.getTime() - sample.at.getTime());

const overAll = ({ startedAt, done }: PaceInput, until: Date): number | null =>
  startedAt === null ? null : rate(done, until.getTime() - startedAt.getTime());

/** What has ended had its rate, however short it was; of nothing within no time there is none. */
function endedRate({ startedAt, done }: PaceInput, finishedAt: Date): number | null {
  const ms = startedAt === null ? 0 : finishedAt.getTime() - startedAt.getTime();
  return ms <= 0 ? null : done / (ms / 1000);
}

const rate = (records: number, ms: number): number | null =>
  ms < SPAN_MIN_MS ? null : Math.max(0, records) / (ms / 1000);
