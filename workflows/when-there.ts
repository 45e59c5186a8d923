import {
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";

import { POLICY } from "../core/faults.ts";
import { connectorCame } from "./contract.ts";
import { faultOf } from "./faults.ts";

/** The second chance, should the word that a PC has come not reach us. */
const LOOK_AGAIN_MS = 5 * 60_000;

/** Does a piece of work as soon as the PC that it needs is there. */
export type WhenThere = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Listens for a company's PC. Work that finds it away, or something in its way there, is done again
 * when its Web Connector comes, or a person has said what was asked; meanwhile nothing but this workflow waits. Word that comes while the
 * work still looks around is not lost: it is counted from before the work began. `input` is what the
 * workflow begins anew with where its history grows long.
 */
export function listenForConnector(input: unknown): WhenThere {
  let came = 0;
  setHandler(connectorCame, () => {
    came++;
  });
  return async (work) => {
    for (;;) {
      const before = came;
      try {
        return await work();
      } catch (error) {
        const fault = faultOf(error);
        const { retry } = POLICY[fault.kind];
        if (retry !== "contact" && retry !== "word") throw error;
        const whom = retry === "word" ? "a person" : "the PC";
        setCurrentDetails(`Waits for ${whom}: ${fault.message}`);
        await condition(() => came > before, LOOK_AGAIN_MS);
        if (workflowInfo().continueAsNewSuggested) await continueAsNew(input);
      }
    }
  };
}
