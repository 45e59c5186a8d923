import { z } from "zod";

import type { RecordKind } from "../../core/record-kinds.ts";
import { NAMES_OF_KIND, type DesktopCompany } from "../support/desktop.ts";
import type { Stage } from "../support/sync.ts";

const Rows = z.array(z.object({ id: z.string(), modified: z.number() }).loose());
/** Deletions of these are told by nobody: they are looked for once a day, and by a run for everything. */
const UNTOLD: readonly RecordKind[] = ["transfer"];

/** The records of a company file that were touched while it was watched. */
export class TouchedRecords {
  private readonly stage: Stage;
  private readonly company: DesktopCompany;
  private readonly ids = new Set<string>();

  constructor(stage: Stage, company: DesktopCompany) {
    this.stage = stage;
    this.company = company;
  }

  add(ids: readonly string[]): void {
    for (const id of ids) this.ids.add(id);
  }

  forget(): void {
    this.ids.clear();
  }

  /** Some records of one of QuickBooks' kinds that are there now, from a share of them on. */
  async some(kind: string, at: number, count: number): Promise<string[]> {
    const rows = await this.rowsOf(kind);
    const from = Math.floor(rows.length * at);
    return rows.slice(from, from + count).map(({ id }) => id);
  }

  /** What was touched before a run was wanted is held as it is now, or not any more. */
  async expectHeld(everything: boolean, batchId: string): Promise<void> {
    const missing: string[] = [];
    for (const [kind, names] of Object.entries(NAMES_OF_KIND)) {
      if (!everything && UNTOLD.some((each) => each === kind)) continue;
      const theirs = new Map<string, string>();
      for (const name of names) {
        for (const { id, modified } of await this.rowsOf(name)) theirs.set(id, String(modified));
      }
      const ours = await this.heldOf(kind);
      for (const id of this.ids) {
        const [there, held] = [theirs.get(id), ours.get(id)];
        if (there !== held) missing.push(`${kind} ${id} is ${there}, held ${held}`);
      }
    }
    if (missing.length > 0) {
      throw new Error(`Batch ${batchId} succeeded, but we lack: ${missing.join(", ")}`);
    }
  }

  private async rowsOf(kind: string): Promise<z.infer<typeof Rows>> {
    const query = new URLSearchParams({ file: this.company.file, kind });
    const url = `${this.stage.simulator.url}/_simulator/desktop/records?${query}`;
    return Rows.parse(await (await fetch(url)).json());
  }

  private async heldOf(kind: string): Promise<Map<string, string>> {
    const { rows } = await this.stage.pool.query<{ id: string; version: string }>(
      `select quickbooks_id as id, version from records
        where company_id = $1 and kind = $2 and quickbooks_id = any($3) and deleted_at is null`,
      [this.company.companyId, kind, [...this.ids]],
    );
    return new Map(rows.map(({ id, version }) => [id, version]));
  }
}
