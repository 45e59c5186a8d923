import { POLICY, type FaultKind } from "../../core/faults.ts";
import type { Batch } from "../../db/batches.ts";
import type { Company } from "../../db/companies.ts";
import type { Overview } from "../../db/overviews.ts";
import { idle, needsYou, type CompanyStatus } from "./company-status.ts";
import { moment } from "./moment.ts";
import { foundTrouble, troubleBehind, type Trouble } from "./pc.ts";
import { settingUpDesktop } from "./setting-up.ts";
import { waitingSentence } from "./waiting.ts";

/** What goes on at a company at a moment, told from what stands in the database. */
export function statusOf(company: Company, overview: Overview, now: Date): CompanyStatus {
  const { openBatch } = overview;
  if (company.state === "paused") {
    return idle("Paused by a person. Next: call resumeCompany when it shall go on.");
  }
  if (openBatch?.status === "running") return running(openBatch, { company, overview, now });
  if (company.state === "disconnected") return needsYou(disconnected(company));
  if (openBatch !== null) return queued(openBatch);
  return (
    (company.edition === "desktop"
      ? settingUpDesktop(company, overview, now)
      : settingUp(company, overview)) ?? withRestore(atRest(overview), overview)
  );
}

/** What a batch waits for, as far as it is known: behind a PC that is away there may be more. */
export const waitingForOf = (batch: Batch, overview: Overview, now: Date): string | null =>
  batch.waitingFor && (troubleBehind(batch.waitingFor, overview, now)?.code ?? batch.waitingFor);

interface At {
  company: Company;
  overview: Overview;
  now: Date;
}

function running(batch: Batch, { company, overview, now }: At): CompanyStatus {
  if (batch.waitingFor !== null) {
    const trouble = troubleBehind(batch.waitingFor, overview, now);
    const code = trouble?.code ?? batch.waitingFor;
    const waits = {
      activity: isForUs(code) ? ("needs_you" as const) : ("waiting" as const),
      status: `The ${kindWords(batch)} ${waitingSentence(batch, batch.waitingFor, trouble)}`,
      waitingFor: code,
    };
    return withRestore(waits, overview);
  }
  const since = batch.startedAt === null ? "" : ` since ${moment(batch.startedAt)}`;
  const phase = batch.phase === null ? "" : `: ${PHASE_WORDS[batch.phase] ?? batch.phase}`;
  const meanwhile = company.workableAt === null ? "" : " People can work meanwhile.";
  const runs = {
    activity: "running" as const,
    status: `The ${kindWords(batch)} runs${since}${phase}.${meanwhile}`,
    waitingFor: null,
  };
  return withRestore(runs, overview);
}

/** What only whoever runs Evenbooks can decide, be it at a customer's PC or about the books. */
const isForUs = (code: string): boolean => {
  const policy = Object.hasOwn(POLICY, code) ? POLICY[code as FaultKind] : null;
  return (policy?.retry === "contact" || policy?.retry === "word") && policy.whose === "operator";
};

/** A file that was restored from a backup is told of until what it holds is verified. */
function withRestore(status: CompanyStatus, { connection }: Overview): CompanyStatus {
  const at = connection?.restoredAt ?? null;
  if (at === null) return status;
  return {
    ...status,
    status: `${status.status} The company file was restored from a backup (found at ${moment(at)}): what it holds is verified again.`,
  };
}

const queued = (batch: Batch): CompanyStatus => ({
  activity: "waiting",
  status: `The ${kindWords(batch)} waits since ${moment(batch.waitingSince ?? batch.queuedAt)} for its turn. Nothing to do: a worker takes it up by itself.`,
  waitingFor: "turn",
});

function disconnected({ stateReason }: Company): string {
  if (stateReason === null) return "Disconnected. Next: connect it again with connectOnline.";
  return `Disconnected: ${sentence(stateReason.message)} Next: ${stateReason.nextStep}`;
}

/** What is missing before a first sync Online, or null when nothing is. */
function settingUp(company: Company, { connection }: Overview): CompanyStatus | null {
  if (connection === null) {
    return needsYou(
      "Not connected yet. Next: call connectOnline and send an administrator of the QuickBooks company to its address.",
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

function atRest(overview: Overview): CompanyStatus {
  const result = lastResult(overview);
  const trouble = foundTrouble(overview);
  const endedAt = overview.lastBatch?.finishedAt ?? null;
  if (trouble === null || (endedAt !== null && trouble.at !== null && trouble.at <= endedAt)) {
    return result;
  }
  return {
    activity: "needs_you",
    status: `${result.status.replace(/ Nothing to do\.$/, "")} ${told(trouble)}`,
    waitingFor: trouble.code,
  };
}

function lastResult({ lastBatch, attention }: Overview): CompanyStatus {
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

const told = ({ says, nextStep }: Trouble): string =>
  `${says.charAt(0).toUpperCase()}${says.slice(1)}. Next: ${nextStep}`;

const PHASE_WORDS: Record<string, string> = {
  preflight: "looking at what there is to read",
  lists: "reading customers, items and the other lists",
  "open-balances": "reading open balances",
  sweep: "reading what changed meanwhile",
  records: "reading the records",
  changes: "reading what changed since the last run",
  history: "reading the years before",
  proof: "comparing the counts with QuickBooks",
  documents: "reading documents and payments",
  payments: "settling who paid what",
  comparison: "comparing everything with QuickBooks",
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
