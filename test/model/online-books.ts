import type { RecordKind } from "../../core/record-kinds.ts";
import { isOnlineKind, ONLINE_KINDS } from "../../quickbooks/online/kinds.ts";
import { ENTITY_OF_KIND } from "../support/simulator.ts";
import type { Event } from "./online-schedule.ts";
import type { Shared } from "./shared.ts";

export interface Change {
  op: "create" | "update" | "delete" | "pay";
  entity?: string;
  id?: string;
  count?: number;
  cents?: number;
  at?: string;
  date?: string;
  reference?: string;
}

/** A row that was changed by us, as our books must show it: at least as new as that, or gone. */
interface Known {
  entity: string;
  id: string;
  atMs: number;
  isGone: boolean;
}

/** The books of one company in the simulator, and what is known of what was done to them. */
export class OnlineBooks {
  readonly realmId: string;
  private readonly shared: Shared;
  private readonly known = new Map<string, Known>();
  private readonly poisoned = new Map<string, { entity: string; id: string }>();

  constructor(shared: Shared, realmId: string) {
    this.shared = shared;
    this.realmId = realmId;
  }

  /** Makes one change and answers the ids it was about; none where QuickBooks refuses it. */
  async change(change: Change): Promise<string[]> {
    const { stage } = this.shared;
    const atMs = change.at === undefined ? this.shared.now() : Date.parse(change.at);
    const order = { realm: this.realmId, changes: [change] };
    const answer = await stage.simulator.post("changes", order).catch((error: unknown) => {
      if (String(error).includes("changes: 422")) return null;
      throw error;
    });
    const changes = (answer?.["changes"] ?? []) as { entity: string; ids: string[] }[];
    for (const { entity, ids } of changes) {
      for (const id of ids) {
        // A list keeps what is deleted there, inactive.
        const isGone = change.op === "delete" && !isList(entity);
        const second = Math.floor(atMs / 1000) * 1000;
        this.known.set(`${entity}:${id}`, { entity, id, atMs: second, isGone });
      }
    }
    return changes.flatMap(({ ids }) => ids);
  }

  async poison({ entity, op, how }: Extract<Event, { do: "poison" }>): Promise<void> {
    if (this.poisoned.size > 0) return;
    const [id] = await this.change({ op, entity });
    if (id === undefined) return;
    await this.shared.stage.simulator.post("poison", { realm: this.realmId, entity, id, how });
    this.poisoned.set(`${entity}:${id}`, { entity, id });
  }

  /** QuickBooks is well again, and somebody repairs the record and saves it, as its attention asks. */
  async cure(): Promise<void> {
    await this.shared.stage.simulator.remove(`faults?realm=${this.realmId}`);
    await this.shared.stage.simulator.remove(`poison?realm=${this.realmId}`);
    for (const { entity, id } of this.poisoned.values()) {
      await this.change({ op: "update", entity, id });
    }
    this.poisoned.clear();
  }

  /** Everything that must be in our books after a run that is wanted now. */
  expected(everything: boolean): Known[] {
    return [...this.known]
      .filter(([key]) => !this.poisoned.has(key))
      .map(([, known]) => ({ ...known }))
      .filter(({ entity }) => everything || isFed(entity));
  }

  /** What was done so far is in our books. */
  forget(): void {
    this.known.clear();
  }

  /** Those of `expected` that our books show older than they are, or not at all. */
  async missing(companyId: string, expected: readonly Known[]): Promise<string[]> {
    const { rows } = await this.shared.stage.pool.query<{ missing: string }>(
      `select e.kind || ' ' || e.id || case when "isGone" then ' is gone' else ' of ' || e.at end as missing
        from json_to_recordset($2) as e(kind text, id text, at timestamptz, "isGone" boolean)
        -- What is older than the first sync may be dated before its history, which is not read yet.
        join connections c on c.company_id = $1 and e.at >= c.changes_from
        left join records r on r.company_id = $1 and r.kind = e.kind and r.quickbooks_id = e.id
        where case when "isGone" then r.deleted_at is null and r.quickbooks_id is not null
          else r.quickbooks_id is null or (r.deleted_at is null and r.modified_at < e.at) end`,
      [
        companyId,
        JSON.stringify(
          expected.map(({ entity, id, atMs, isGone }) => ({
            kind: kindOf(entity),
            id,
            at: new Date(atMs).toISOString(),
            isGone,
          })),
        ),
      ],
    );
    return rows.map(({ missing }) => missing);
  }
}

const KIND_OF_ENTITY = new Map(
  Object.entries(ENTITY_OF_KIND).map(([kind, entity]) => [entity, kind as RecordKind]),
);

const kindOf = (entity: string): RecordKind => {
  const kind = KIND_OF_ENTITY.get(entity);
  if (kind === undefined) throw new Error(`no kind for ${entity}`);
  return kind;
};

const onlineOf = (entity: string) => {
  const kind = kindOf(entity);
  if (!isOnlineKind(kind)) throw new Error(`${kind} is not of QuickBooks Online`);
  return ONLINE_KINDS[kind];
};

const isList = (entity: string): boolean => onlineOf(entity).family === "list";
const isFed = (entity: string): boolean => onlineOf(entity).inChangeFeed;
