import { z } from "zod";

import type { DesktopCompany } from "../support/desktop.ts";
import type { DesktopEvent } from "./desktop-schedule.ts";
import { TouchedRecords } from "./desktop-touched.ts";
import { pause, type Shared } from "./shared.ts";
import { Syncs } from "./syncs.ts";

const DAYLIGHT_MINUTES = 60;
const OFFSET_MINUTES = -480;
const POLL_MS = 300;

const Changed = z.object({ ids: z.array(z.string()) });
const Backup = z.object({ backup: z.number() });

type Of<Doing extends DesktopEvent["do"]> = Extract<DesktopEvent, { do: Doing }>;

/** One company under test, with its file and its PC: it does what a schedule says. */
export class ModelDesktop {
  readonly company: DesktopCompany;
  readonly syncs: Syncs;
  readonly touched: TouchedRecords;
  private readonly shared: Shared;
  private backup: number | null = null;
  private isSummer = false;
  private skewMinutes = 0;
  private changes = 0;

  constructor(shared: Shared, company: DesktopCompany) {
    this.shared = shared;
    this.company = company;
    this.syncs = new Syncs(shared, company.companyId);
    this.touched = new TouchedRecords(shared.stage, company);
  }

  /** Lets one event happen. Throws where it shows that a promise was broken. */
  async happen(event: DesktopEvent): Promise<void> {
    if (Syncs.isAbout(event)) return this.syncs.happen(event);
    switch (event.do) {
      case "settle":
        return this.settle(event.everything);
      case "create":
        return this.create(event);
      case "edit":
        return this.edit(event);
      case "take away":
        return this.takeAway(event);
      case "payments":
        return this.change([{ do: "random", seed: event.seed, edits: event.edits }]);
      case "backdate":
        return this.change([{ do: "create", kind: event.kind, draft: { date: event.date } }]);
      case "line": {
        const { do: _, ...trouble } = event;
        return void (await this.order("line", { trouble }));
      }
      case "away":
        return this.away(event);
      case "quickbooks":
        return this.quickBooks(event);
      case "clock":
        return this.setClock(event);
      case "restore":
        return this.restore();
      default:
        return event satisfies never;
    }
  }

  async backUp(): Promise<void> {
    const { order, file } = this.company;
    this.backup = Backup.parse(await order("backups", { file })).backup;
  }

  /** Whatever was in the way at the PC is over. */
  async cure(): Promise<void> {
    const { pc, file, order } = this.company;
    await this.shared.stage.simulator.remove(`desktop/line?${new URLSearchParams({ pc })}`);
    const settings = { isModalOpen: false, crashAfter: null, nextInUse: 0 };
    await order("quickbooks", { pc, show: file, settings });
    await this.order("power", { to: "wake" });
    await this.order("power", { to: "start" });
    await this.order("polling", { everyMs: POLL_MS });
  }

  private readonly order = (door: string, body: object) =>
    this.company.order(door, { pc: this.company.pc, ...body });

  /** What had changed before a run was wanted is in our books after it. */
  private async settle(everything: boolean): Promise<void> {
    await this.cure();
    const batchId = await this.syncs.want("user", everything);
    if ((await this.syncs.untilOver(batchId)).status !== "succeeded") return;
    await this.touched.expectHeld(everything, batchId);
  }

  private async change(changes: readonly object[]): Promise<void> {
    const { file, order } = this.company;
    const answer = await order("changes", { file, changes }).catch((error: unknown) => {
      // What QuickBooks refuses has not happened.
      if (String(error).includes("changes: 422")) return { ids: [] };
      throw error;
    });
    this.touched.add(Changed.parse(answer).ids);
  }

  private create({ kind, count }: Of<"create">): Promise<void> {
    const draftOf = () => (isList(kind) ? { name: `New ${++this.changes}` } : {});
    const made = () => ({ do: "create", kind, draft: draftOf() });
    return this.change(Array.from({ length: count }, made));
  }

  private async edit({ kind, at, count }: Of<"edit">): Promise<void> {
    const draft = isList(kind) ? {} : { memo: `Edit ${++this.changes}` };
    const ids = await this.touched.some(kind, at, count);
    if (ids.length > 0) await this.change(ids.map((id) => ({ do: "edit", kind, id, draft })));
  }

  private async takeAway({ kind, how, at }: Of<"take away">): Promise<void> {
    const [id] = await this.touched.some(kind, at, 1);
    const way = isList(kind) === (how === "void") ? "delete" : how;
    const does = !isList(kind) && way === "deactivate" ? "delete" : way;
    if (id !== undefined) await this.change([{ do: does, kind, id }]);
  }

  private async away({ how, forMs }: Of<"away">): Promise<void> {
    await this.order("power", { to: how });
    await pause(forMs);
    await this.order("power", { to: how === "die" ? "start" : "wake" });
  }

  private async quickBooks({ how, forMs }: Of<"quickbooks">): Promise<void> {
    const { file } = this.company;
    const settings = {
      closed: { isRunning: false },
      crash: { crashAfter: 0 },
      window: { isModalOpen: true },
      "in use": { nextInUse: 2 },
    }[how];
    await this.order("quickbooks", { settings });
    await pause(forMs);
    const over = { isModalOpen: false, crashAfter: null, nextInUse: 0 };
    await this.order("quickbooks", { show: file, settings: over });
  }

  /** Between two sessions: whoever sets a PC's clock has QuickBooks closed. */
  private async setClock({ how, minutes }: Of<"clock">): Promise<void> {
    const { file, order } = this.company;
    await this.order("power", { to: "die" });
    if (how === "daylight saving") this.isSummer = !this.isSummer;
    else this.skewMinutes = minutes;
    const settings = {
      utcOffsetMinutes: OFFSET_MINUTES + (this.isSummer ? DAYLIGHT_MINUTES : 0),
      clockSkewMs: this.skewMinutes * 60_000,
    };
    await order("file-settings", { file, settings });
    await this.order("power", { to: "start" });
  }

  private async restore(): Promise<void> {
    if (this.backup === null) return;
    const { file, order } = this.company;
    await order("restores", { file, backup: this.backup });
    // What was taken back may be dated before everything that is held yet.
    this.touched.forget();
  }
}

const isList = (kind: string): boolean =>
  ["Customer", "Vendor", "Employee", "Account", "Class", "PaymentMethod"].includes(kind);
