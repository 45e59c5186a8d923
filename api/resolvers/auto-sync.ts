import { wantAutoSync } from "../../db/autosync.ts";
import {
  pauseCompany,
  resumeCompany,
  runSeconds,
  storeAutoSync,
} from "../../db/autosync-settings.ts";
import { newestBatch, type Batch } from "../../db/batches.ts";
import type { Company } from "../../db/companies.ts";
import { notifyBatch, notifyCompany } from "../../db/notify.ts";
import { autoSyncLabel, AUTO_SYNC_EVERY_MIN, nextTick } from "../../workflows/contract.ts";
import { companyFor } from "../auth/access.ts";
import type { Context } from "../context.ts";
import type { Resolvers } from "../generated/resolvers.ts";
import { wantWhatWasMissed } from "../missed.ts";
import { moment } from "../progress/moment.ts";
import { paceOf } from "../progress/pace.ts";
import { ifDisconnected, invalid, isRefusal, noSuch } from "../refusals.ts";
import type { Refusal } from "../words.ts";

const EVERY_MINUTES_MAX = 10_080;
/** A run may take this part of the time between two of them. */
const FITS = 0.5;

/** How a company is kept even after its initial sync: by a schedule, and whenever somebody asks. */
export const autoSync: Resolvers = {
  Mutation: {
    setAutoSync: async (_, { companyId, input }, context) => {
      const company = await companyFor(context, companyId, "setAutoSync");
      if (isRefusal(company)) return company;
      const everyMinutes = input.everyMinutes ?? null;
      const refusal =
        intervalRefusal(everyMinutes) ??
        (input.enabled ? await notSyncedYet(context, company) : null);
      if (refusal !== null) return refusal;
      const stored = await storeAutoSync(context.deps.pool, companyId, {
        enabled: input.enabled,
        everyMinutes,
        payments: input.payments ?? null,
      });
      return told(context, companyId, stored);
    },
    syncNow: async (_, { companyId, everything }, context) => {
      const company = await companyFor(context, companyId, "syncNow");
      if (isRefusal(company)) return company;
      const refusal = ifDisconnected(company) ?? (await notSyncedYet(context, company));
      return refusal ?? syncNow(context, company, everything ?? false);
    },
    pauseCompany: async (_, { companyId }, context) => {
      const company = await companyFor(context, companyId, "pause");
      if (isRefusal(company)) return company;
      const { pool } = context.deps;
      return told(context, companyId, await pauseCompany(pool, companyId, context.viewer.name));
    },
    resumeCompany: async (_, { companyId }, context) => {
      const company = await companyFor(context, companyId, "pause");
      if (isRefusal(company)) return company;
      const { deps, viewer } = context;
      const resumed = await resumeCompany(deps.pool, companyId);
      await wantWhatWasMissed(deps, companyId, startedBy(viewer));
      await deps.coordinators.nudge(companyId);
      return told(context, companyId, resumed);
    },
  },
  AutoSync: {
    enabled: (row) => row.autoSyncEnabled,
    everyMinutes: (row) => row.autoSyncEveryMinutes,
    payments: (row) => row.autoSyncPayments,
    pausedReason: ({ autoSyncHeld: held }) =>
      held === null ? null : `${held.message} ${held.nextStep}`,
    nextAt: (row) =>
      row.autoSyncEnabled && row.autoSyncHeld === null
        ? nextTick(row.id, row.autoSyncEveryMinutes, new Date())
        : null,
    advice: async (row, _, { deps }) => adviceOf(row, await runSeconds(deps.pool, row.id)),
    failuresInARow: (row) => row.failuresInARow,
  },
};

function intervalRefusal(minutes: number | null): Refusal | null {
  if (minutes === null) return null;
  if (minutes >= AUTO_SYNC_EVERY_MIN && minutes <= EVERY_MINUTES_MAX) return null;
  return invalid(
    `AutoSync runs every ${AUTO_SYNC_EVERY_MIN} minutes to every ${EVERY_MINUTES_MAX} minutes, which is a week.`,
    "Give `everyMinutes` within these, or leave it out: it is 120 unless it was set.",
  );
}

/** Before lists and open balances are in there is nothing to keep even. */
async function notSyncedYet({ deps, load }: Context, company: Company): Promise<Refusal | null> {
  if (company.workableAt !== null) return null;
  const initial = await newestBatch(deps.pool, company.id, "initial");
  if (initial === null || initial.status === "failed" || initial.status === "cancelled") {
    return {
      code: "invalid-input",
      message: `${company.name} has not been synced yet${initial === null ? "" : `: its initial sync ${initial.status === "failed" ? "failed" : "was cancelled"}`}.`,
      nextStep: initial === null ? "Call startInitialSync first." : "Call retryBatch first.",
    };
  }
  const { done, total } = await load.progress(initial);
  return {
    code: "already-running",
    message: `The initial sync of ${company.name} has not brought lists and open balances yet: ${done} of ${total ?? "an unknown number of"} records.`,
    nextStep: "Watch it with `batchProgress`, and call this again when the company is workable.",
  };
}

async function syncNow(
  context: Context,
  company: Company,
  everything: boolean,
): Promise<Batch & { note: string }> {
  const { deps, viewer } = context;
  const { batch, joined } = await wantAutoSync(deps.pool, {
    ...startedBy(viewer),
    companyId: company.id,
    label: autoSyncLabel(company.name),
    everything,
  });
  await notifyBatch(deps.pool, { batchId: batch.id, companyId: company.id });
  await deps.coordinators.nudge(company.id);
  const note = joined === "running" ? runningNote(batch) : await queueNote(context, company);
  return { ...batch, note };
}

const startedBy = ({ role, name }: Context["viewer"]) => ({
  trigger: role === "app" ? ("app" as const) : ("user" as const),
  startedBy: name,
});

const runningNote = ({ waitingFor }: Batch): string =>
  waitingFor === null
    ? "Running now, yours is included."
    : "Yours is included in the run at work, which waits: `status` of the company says for what.";

/** Behind which batch it waits, and when its turn is likely to come. */
async function queueNote({ load }: Context, company: Company): Promise<string> {
  const { openBatch } = await load.overview(company.id);
  if (openBatch === null || openBatch.status !== "running") return "It starts at once.";
  const [{ done, total }, samples] = await Promise.all([
    load.progress(openBatch),
    load.samples(openBatch),
  ]);
  const { etaSeconds } = paceOf({ ...openBatch, done, total, samples, now: new Date() });
  const behind = `Queued behind "${openBatch.label}"`;
  if (openBatch.kind === "historical" || openBatch.phase === "records")
    return `${behind}, which makes room; it starts within seconds.`;
  return etaSeconds === null
    ? `${behind}.`
    : `${behind}, starts about ${moment(new Date(Date.now() + etaSeconds * 1000))}.`;
}

/** Whoever watches hears of it, and Temporal follows. */
async function told(
  { deps }: Context,
  companyId: string,
  company: Company | null,
): Promise<Company | Refusal> {
  if (company === null) return noSuch("company");
  await notifyCompany(deps.pool, companyId);
  await deps.coordinators.align(companyId);
  return company;
}

/** What would fit, where the last runs took too long for how often they are wanted. */
function adviceOf({ autoSyncEveryMinutes }: Company, seconds: number | null): string | null {
  if (seconds === null || seconds <= autoSyncEveryMinutes * 60 * FITS) return null;
  const minutes = Math.ceil(seconds / 60);
  const fitting = Math.ceil(minutes / FITS / 5) * 5;
  return `The last runs took about ${minutes} minutes each: every ${fitting} minutes would leave time between them.`;
}
