import { FAULT_KINDS, POLICY } from "../../core/faults.ts";
import type { Resolvers } from "../generated/resolvers.ts";

/** Who asks, and what faults mean. */
export const viewer: Resolvers = {
  Query: {
    viewer: (_, _args, context) => context.viewer,
    errorGuide: () => [...FAULT_KINDS],
  },
  ErrorGuideEntry: {
    kind: (kind) => kind,
    retried: (kind) => POLICY[kind].retry !== "never",
    disconnects: (kind) => POLICY[kind].disconnects,
    actor: (kind) => POLICY[kind].whose,
    nextStep: (kind) => POLICY[kind].nextStep,
  },
};
