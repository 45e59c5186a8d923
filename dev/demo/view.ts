/** What the demo knows, and its screen shows. */
export interface View {
  addresses: [name: string, address: string][];
  /** What is being waited for before the sync runs. */
  wait?: string;
  company?: { name: string; books: string };
  batch?: BatchView;
  /** Seconds from the start of the sync until people could work. */
  workableAfter?: number;
  ending?: { isGood: boolean; sentence: string };
  counts: CountView[];
  /** How to go on. */
  hint: string;
}

export interface BatchView {
  status: string;
  phase: string | null;
  waitingFor: string | null;
  done: number;
  total: number | null;
  recordsPerSecond: number | null;
  etaSeconds: number | null;
}

/** How many records of a kind each side has. */
export interface CountView {
  kind: string;
  ours: number;
  theirs: number;
}
