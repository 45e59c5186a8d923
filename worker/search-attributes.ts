import type { Client } from "@temporalio/client";

import { SEARCH_ATTRIBUTES } from "../workflows/contract.ts";

/** Keyword, as Temporal's protocol numbers it. */
const KEYWORD = 2;

const NAMES = Object.values(SEARCH_ATTRIBUTES).map((key) => key.name);

/** The search attributes that this namespace lacks; a server without them refuses every start. */
export async function missingSearchAttributes(client: Client): Promise<string[]> {
  const { namespace } = client.options;
  const known = await client.connection.operatorService.listSearchAttributes({ namespace });
  return NAMES.filter((name) => known.customAttributes?.[name] === undefined);
}

/** Registers what is missing and answers its names; twice is once. */
export async function registerSearchAttributes(client: Client): Promise<string[]> {
  const missing = await missingSearchAttributes(client);
  if (missing.length > 0) {
    await client.connection.operatorService.addSearchAttributes({
      namespace: client.options.namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
    });
  }
  return missing;
}
