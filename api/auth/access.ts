import type { Holder } from "../../db/api-tokens.ts";
import { findBatchOfAnyone, type Batch } from "../../db/batches.ts";
import { findConnectorOfAnyone, type Connector } from "../../db/connectors.ts";
import { findCompany, type Company } from "../../db/companies.ts";
import { isUuid } from "../../db/transactions.ts";
import type { Context } from "../context.ts";
import type { Load } from "../loaders.ts";
import { forbidden, noSuch } from "../refusals.ts";
import type { Refusal } from "../words.ts";
import { mayDo, type Action } from "./roles.ts";

/** May this token see the company? An id that is none is nobody's. */
export const sees = (viewer: Holder, companyId: string): boolean =>
  isUuid(companyId) && (viewer.companyIds === null || viewer.companyIds.includes(companyId));

/** A company that may be read, or null: one that may not be seen is like one that is not there. */
export const readableCompany = async (
  { deps, viewer }: Context,
  companyId: string,
): Promise<Company | null> => (sees(viewer, companyId) ? findCompany(deps.pool, companyId) : null);

/** A batch that may be read, or null; `loads` are read with it, in as few round trips as can be. */
export async function readableBatch(
  { deps, viewer, batchCompanies, load }: Context,
  batchId: string,
  loads: Iterable<Load> = [],
): Promise<Batch | null> {
  if (!isUuid(batchId)) return null;
  const companyId = batchCompanies.companyOf(batchId);
  if (companyId !== null) {
    if (!sees(viewer, companyId)) return null;
    const ref = { id: batchId, companyId };
    load.ahead(ref, loads);
    return load.batch(ref);
  }
  const batch = await findBatchOfAnyone(deps.pool, batchId);
  if (batch === null || !sees(viewer, batch.companyId)) return null;
  batchCompanies.remember(batch);
  load.ahead(batch, loads);
  return batch;
}

/** A company that this may be done to, or why not. */
export async function companyFor(
  context: Context,
  companyId: string,
  action: Action,
): Promise<Company | Refusal> {
  if (!mayDo(context.viewer.role, action)) return forbidden(context.viewer.role);
  return (await readableCompany(context, companyId)) ?? noSuch("company");
}

/** A batch that this may be done to, or why not. */
export async function batchFor(
  context: Context,
  batchId: string,
  action: Action,
): Promise<Batch | Refusal> {
  if (!mayDo(context.viewer.role, action)) return forbidden(context.viewer.role);
  return (await readableBatch(context, batchId)) ?? noSuch("batch");
}

/** A connector that this may be done to, or why not. */
export async function connectorFor(
  context: Context,
  connectorId: string,
  action: Action,
): Promise<Connector | Refusal> {
  const { deps, viewer } = context;
  if (!mayDo(viewer.role, action)) return forbidden(viewer.role);
  const found = isUuid(connectorId) ? await findConnectorOfAnyone(deps.pool, connectorId) : null;
  return found !== null && sees(viewer, found.companyId) ? found : noSuch("connector");
}
