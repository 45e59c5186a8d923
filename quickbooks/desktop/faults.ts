import type { Fault } from "../../core/faults.ts";

/** What an HRESULT means; QuickBooks' own text is kept. */
export const faultOfHresult = (hresult: string, message: string): Fault => ({
  kind: "quickbooks-unreachable",
  message: message === "" ? `QuickBooks could not be opened (${hresult}).` : message,
  rawCode: hresult,
  rawMessage: message,
});
