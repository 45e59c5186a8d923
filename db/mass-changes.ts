import type { Pool } from "pg";
import { z } from "zod";

import type { RecordKind } from "../core/record-kinds.ts";
import { raiseCompanyAttention, resolveAttention } from "./attention.ts";
import type { Lease } from "./leases.ts";
import { maybeOne, one, run, sql, type Queryable, type Sql } from "./sql.ts";
import { inCompany } from "./transactions.ts";
import { addWake } from "./wakes.ts";

/** A company has one such attention at most; whose batch found it last stands in its row. */
const KEY = "mass-change";

const Found = z.object({ message: z.string(), isAccepted: z.boolean() });

/** What a batch has found to be changed at once, and whether a person has said to go on; null when it found nothing. */
export const findMassChange = (
  tx: Queryable,
  { companyId, batchId }: Lease,
): Promise<z.infer<typeof Found> | null> =>
  maybeOne(
    tx,
    Found,
    sql`/* findMassChange */ select message, resolved_at is not null as "isAccepted" from attention
      where company_id = ${companyId} and key = ${KEY} and batch_id = ${batchId}`,
  );

/** A batch has found that very much was changed at once: a person is asked before anything of it is stored. */
export const raiseMassChange = (
  tx: Queryable,
  lease: Lease,
  said: { message: string; nextStep: string },
): Promise<void> => raiseCompanyAttention(tx, lease, { key: KEY, cause: KEY, kind: null, ...said });

/** What an earlier batch asked about is in. */
export const settleMassChange = (tx: Queryable, companyId: string): Promise<number> =>
  resolveAttention(tx, companyId, KEY);

/** A person says that all of it is meant: the batch that waits for this word goes on. False when none waits. */
export const acceptMassChange = (pool: Pool, companyId: string): Promise<boolean> =>
  inCompany(pool, companyId, async (tx) => {
    const accepted = await maybeOne(
      tx,
      z.object({ batchId: z.string() }),
      sql`/* acceptMassChange */ update attention a set resolved_at = now()
        where company_id = ${companyId} and key = ${KEY} and resolved_at is null
          and exists (select from batches b where b.company_id = ${companyId} and b.id = a.batch_id
            and b.status = 'running')
        returning batch_id as "batchId"`,
    );
    if (accepted === null) return false;
    await run(
      tx,
      sql`/* endWaiting */ update batches set waiting_for = null, waiting_since = null
        where company_id = ${companyId} and id = ${accepted.batchId} and waiting_for = ${KEY}`,
    );
    await addWake(tx, companyId);
    return true;
  });

/** Has a company, by the column of its id, something to ask of its PC? Not while a person is asked first. */
export const hasWorkForPc = (companyId: Sql): Sql => sql`(
  exists (select from batches b where b.company_id = ${companyId} and b.status in ('queued', 'running'))
  and not exists (select from batches b where b.company_id = ${companyId} and b.status = 'running'
    and b.waiting_for = ${KEY}))`;

const Held = z.object({ held: z.number(), known: z.number() });

/** How many present records of some kinds we hold, and how many of these are as they were modified since a moment. */
export const heldSince = (
  tx: Queryable,
  { companyId, kinds, from }: { companyId: string; kinds: readonly RecordKind[]; from: Date },
): Promise<z.infer<typeof Held>> =>
  one(
    tx,
    Held,
    sql`/* heldSince */ select
        (select coalesce(sum(present), 0)::bigint from record_counts
          where company_id = ${companyId} and kind = any(${kinds}::text[])) as held,
        (select count(*) from records where company_id = ${companyId} and kind = any(${kinds}::text[])
          and deleted_at is null and modified_at >= ${from}) as known`,
  );
