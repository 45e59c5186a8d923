import type { ActivityWord } from "../words.ts";

export interface CompanyStatus {
  activity: ActivityWord;
  /** One sentence or two for a person. */
  status: string;
  waitingFor: string | null;
}

export const idle = (status: string): CompanyStatus => ({
  activity: "idle",
  status,
  waitingFor: null,
});

/** Somebody must act; `waitingFor` is what is in the way, where that has a name. */
export const needsYou = (status: string, waitingFor: string | null = null): CompanyStatus => ({
  activity: "needs_you",
  status,
  waitingFor,
});
