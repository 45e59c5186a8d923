import { Kind, type GraphQLResolveInfo, type SelectionNode } from "graphql";

import type { Load } from "./loaders.ts";

/** What the fields of a batch are made from; one that is not here is a column of its own row. */
const OF_FIELD: Readonly<Record<string, readonly Load[]>> = {
  company: ["company"],
  "company.activity": ["overview"],
  "company.status": ["overview"],
  "company.waitingFor": ["overview"],
  "company.books": ["overview"],
  "company.openBatch": ["overview"],
  "company.counts": ["counts"],
  steps: ["steps"],
  sums: ["sums"],
  done: ["progress"],
  total: ["progress"],
  created: ["progress"],
  updated: ["progress"],
  unchanged: ["progress"],
  deleted: ["progress"],
  recordsPerSecond: ["progress", "samples"],
  etaSeconds: ["progress", "samples"],
  etaSecondsLow: ["progress", "samples"],
  etaSecondsHigh: ["progress", "samples"],
  insideQuickBooksShare: ["insideShare"],
};

/**
 * What answering a query for one batch is going to load, as far as its text tells. A load that is missing
 * here is made when its field is reached: one round trip more, and the same answer.
 */
export function loadsOf(info: GraphQLResolveInfo): Set<Load> {
  const loads = new Set<Load>();
  const visit = (nodes: readonly SelectionNode[], path: string): void => {
    for (const node of nodes) {
      if (node.kind === Kind.FIELD) {
        const name = `${path}${node.name.value}`;
        for (const load of OF_FIELD[name] ?? []) loads.add(load);
        if (name === "company") visit(node.selectionSet?.selections ?? [], "company.");
      } else {
        const spread = node.kind === Kind.FRAGMENT_SPREAD ? info.fragments[node.name.value] : node;
        visit(spread?.selectionSet.selections ?? [], path);
      }
    }
  };
  for (const node of info.fieldNodes) visit(node.selectionSet?.selections ?? [], "");
  return loads;
}
