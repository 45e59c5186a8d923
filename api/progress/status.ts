import type { Batch } from "../../db/batches.ts";
import type { Company } from "../../db/companies.ts";
import type { Overview } from "../../db/overviews.ts";
import type { ActivityWord } from "../words.ts";
import { moment, waitingSentence } from "./waiting.ts";

export interface CompanyStatus {
  activity: ActivityWord;
  /** One sentence or two for a person. */
  status: string;
  waitingFor: string | null;
}

/** What goes on at a company, told from what stands in the database. */
export function statusOf(company: Company, overview: Overview): CompanyStatus {
  const { openBatch } = overview;
  if (company.state === "paused") {
    return idle("Paused by a person. Next: call resumeCompany when it shall go on.");
  }
  if (openBatch?.status === "running") return running(openBatch, company.workableAt !== null);
  if (company.state === "disconnected") return needsYou(disconnected(company));
  if (openBatch !== null) return queued(openBatch);
  return settingUp(company, overview) ?? atRest(overview);
}

function running(batch: Batch, isWorkable: boolean): CompanyStatus {
  if (batch.waitingFor !== null) {
    return {
      activity: "waiting",
      status: `The ${kindWords(batch)} ${waitingSentence(batch, batch.waitingFor)}`,
      waitingFor: batch.waitingFor,
    };
  }
  const since = batch.startedAt === null ? "" : ` since ${moment(batch.startedAt)}`;
  const phase = batch.phase === null ? "" : `: ${PHASE_WORDS[batch.phase] ?? batch.phase}`;
  return {
    activity: "running",
    status: `The ${kindWords(batch)} runs${since}${phase}.${isWorkable ? " People can work meanwhile." : ""}`,
    waitingFor: null,
  };
}

const queued = (batch: Batch): CompanyStatus => ({
  activity: "waiting",
  status: `The ${kindWords(batch)} waits since ${moment(batch.queuedAt)} for its turn. Nothing to do: a worker takes it up by itself.`,
  waitingFor: "turn",
});

function disconnected({ stateReason }: Company): string {
  if (stateReason === null) return "Disconnected. Next: connect it again with connectOnline.";
  return `Disconnected: ${sentence(stateReason.message)} Next: ${stateReason.nextStep}`;
}

/** What is missing before a first sync, or null when nothing is. */
function settingUp(company: Company, { connection }: Overview): CompanyStatus | null {
  if (connection === null) {
    return needsYou(
      company.edition === "online"
        ? "Not connected yet. Next: call connectOnline and send an administrator of the QuickBooks company to its address."
        : "Not connected yet. Next: connectDesktop, which comes with a later version.",
    );
  }
  if (company.confirmedAt === null) {
    const whose = connection.books === null ? "QuickBooks" : `"${connection.books.name}"`;
    return needsYou(
      `Connected to ${whose}. Next: look at whose books these are, then call confirmCompany.`,
    );
  }
  return null;
}

function atRest({ lastBatch, attention }: Overview): CompanyStatus {
  const open =
    attention === 0
      ? ""
      : ` ${attention} ${attention === 1 ? "thing needs" : "things need"} attention.`;
  if (lastBatch === null) {
    return idle(`Connected, and never synced. Next: call startInitialSync.${open}`);
  }
  const ended = lastBatch.finishedAt === null ? "" : ` at ${moment(lastBatch.finishedAt)}`;
  if (lastBatch.status === "failed") {
    const { failure } = lastBatch;
    const why = failure === null ? "" : `: ${sentence(failure.message)} Next: ${failure.nextStep}`;
    return needsYou(`The ${kindWords(lastBatch)} failed${ended}${why || "."}${open}`);
  }
  if (lastBatch.status === "cancelled") {
    return idle(
      `The ${kindWords(lastBatch)} was cancelled${ended}; what it stored is kept. Call retryBatch to go on.${open}`,
    );
  }
  const result = `The ${kindWords(lastBatch)} succeeded${ended}.`;
  return attention > 0 ? needsYou(`${result}${open}`) : idle(`${result} Nothing to do.`);
}

const idle = (status: string): CompanyStatus => ({ activity: "idle", status, waitingFor: null });

const needsYou = (status: string): CompanyStatus => ({
  activity: "needs_you",
  status,
  waitingFor: null,
});

const PHASE_WORDS: Record<string, string> = {
  preflight: "looking at what there is to read",
  lists: "reading customers, items and the other lists",
  "open-balances": "reading open balances",
  sweep: "reading what changed meanwhile",
  records: "reading the records",
  proof: "comparing the counts with QuickBooks",
};

const KIND_WORDS: Record<Batch["kind"], string> = {
  initial: "initial sync",
  historical: "sync of the history",
  autosync: "AutoSync",
  manual: "sync",
  reapply_payments: "re-application of payments",
  verify: "comparison with QuickBooks",
};

const kindWords = (batch: Batch): string => KIND_WORDS[batch.kind];

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
