/** What the demo knows, and its screen shows. */
export interface View {
  addresses: [name: string, address: string][];
  /** What is being waited for before the companies are there. */
  wait: string | null;
  companies: CompanyView[];
  /** How to go on. */
  hint: string;
}

/** One company's part of the screen. */
export interface CompanyView {
  name: string;
  /** What is being waited for before its first sync runs. */
  wait: string | null;
  /** Whose books it is bound to, in a few words. */
  books?: string;
  /** Its first sync. */
  batch?: BatchView;
  /** Seconds from the start of the first sync until people could work. */
  workableAfter?: number;
  ending?: { isGood: boolean; sentence: string };
  /** As they were when the first sync had ended. */
  counts: CountView[];
  /** The syncs that followed. */
  runs: RunView[];
  /** How payments were brought back to QuickBooks' truth. */
  payments?: PaymentsView;
}

/** A re-application of payments, as it goes on. */
export interface PaymentsView {
  /** What is being done, until the end. */
  wait: string | null;
  /** What people did with payments in QuickBooks, a clause each. */
  edits: string[];
  /** Since which day payments are looked at. */
  since: string;
  plan: PlanLineView[];
  /** What came of the plan, the swap and the proof. */
  outcomes: { isGood: boolean; sentence: string }[];
  /** All of it in a few words, when it is over. */
  ending?: { isGood: boolean; sentence: string };
}

/** One application of a plan. */
export interface PlanLineView {
  /** "invoice 1041" */
  document: string;
  /** "payment 88" */
  payer: string;
  /** "300.00 → nothing" */
  change: string;
  why: string;
}

export interface BatchView {
  status: string;
  phase: string | null;
  waitingFor: string | null;
  done: number;
  total: number | null;
  recordsPerSecond: number | null;
  etaSeconds: number | null;
  /** From 0 to 1; null Online, and before it ran. */
  insideQuickBooksShare: number | null;
}

/** How many records of a kind each side has. */
export interface CountView {
  kind: string;
  ours: number;
  theirs: number;
}

/** A sync after the first one. */
export interface RunView {
  at: Date;
  /** Who wanted it: "by Intuit's webhook". */
  by: string;
  /** How it stands, or what it brought. */
  outcome: string;
  hasEnded: boolean;
}
