import { costLimitRule } from "@escape.tech/graphql-armor-cost-limit";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import { GraphQLError, parse, type ValidationContext } from "graphql";
import type { Plugin } from "graphql-yoga";

import { breadthRule } from "./breadth.ts";

const TOKENS_MAX = 5_000;
const DEPTH_MAX = 12;
/**
 * Twice what a query costs that asks for everything there is with literal pages of 500. Pages have a
 * limit of their own and no list stands inside another, so this is about the size of the query.
 */
const COST_MAX = 250_000;

/** Refuses queries that are too long, deep, wide or costly before anything of them runs. */
export const useQueryLimits = (): Plugin => ({
  onParse({ setParseFn }) {
    setParseFn((source, options) => parse(source, { ...options, maxTokens: TOKENS_MAX }));
  },
  onValidate({ addValidationRule }) {
    addValidationRule(breadthRule);
    addValidationRule(
      maxDepthRule({
        n: DEPTH_MAX,
        flattenFragments: true,
        propagateOnRejection: false,
        onReject: [
          (context) =>
            refuse(context, "QUERY_TOO_DEEP", `The query is deeper than ${DEPTH_MAX} levels.`),
        ],
      }),
    );
    addValidationRule(
      costLimitRule({
        maxCost: COST_MAX,
        flattenFragments: true,
        depthCostFactor: 1,
        propagateOnRejection: false,
        onReject: [
          (context) => refuse(context, "QUERY_TOO_COSTLY", "The query asks for too much at once."),
        ],
      }),
    );
  },
});

function refuse(context: ValidationContext | null, code: string, message: string): void {
  context?.reportError(
    new GraphQLError(`${message} Ask in several requests, or for smaller pages.`, {
      extensions: { code },
    }),
  );
}
