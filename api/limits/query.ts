import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import { GraphQLError, parse } from "graphql";
import type { Plugin } from "graphql-yoga";

import { sizeRule } from "./size.ts";

const TOKENS_MAX = 5_000;
const DEPTH_MAX = 12;

/** Refuses queries that are too long, deep, wide or costly before anything of them runs. */
export const useQueryLimits = (): Plugin => ({
  onParse({ setParseFn }) {
    setParseFn((source, options) => parse(source, { ...options, maxTokens: TOKENS_MAX }));
  },
  onValidate({ addValidationRule }) {
    addValidationRule(sizeRule);
    addValidationRule(
      maxDepthRule({
        n: DEPTH_MAX,
        flattenFragments: true,
        propagateOnRejection: false,
        onReject: [(context) => context?.reportError(TOO_DEEP)],
      }),
    );
  },
});

const TOO_DEEP = new GraphQLError(
  `The query is deeper than ${DEPTH_MAX} levels. Ask in several requests.`,
  { extensions: { code: "QUERY_TOO_DEEP" } },
);
