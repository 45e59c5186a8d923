import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

const current = new AsyncLocalStorage<string>();

/** Runs the work of one request under an id of its own. */
export const withRequestId = <T>(work: () => T): T => current.run(randomUUID(), work);

/** The id of the request that is being answered; a fresh one outside of any. */
export const requestId = (): string => current.getStore() ?? randomUUID();
