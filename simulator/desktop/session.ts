import type { LogEntry, PcSettings, QuickBooksSession, Refused } from "./contract.ts";
import type { CompanyFile } from "./file/company-file.ts";
import { pause } from "./pause.ts";
import type { Iterator } from "./qbxml/desk.ts";
import { processDocument } from "./qbxml/process.ts";
import { highestVersion } from "./qbxml/versions.ts";

const ENDED: Refused = {
  hresult: "0x8004040D",
  message: "The session ticket is invalid.",
};

/** What a session needs of the program that it runs in. */
export interface SessionHost {
  readonly host: string;
  readonly settings: Readonly<PcSettings>;
  /** Resolves when no modal window is open. */
  noModal(): Promise<void>;
  /** Counts down to the crash; whether this is it. */
  takeCrash(): boolean;
  /** Counts down one of the `next…` settings; whether it was this one's turn. */
  take(name: "nextInUse" | "nextRefused" | "nextCut"): boolean;
  /** An iterator has answered its first page and holds more. */
  iteratorBegun(): void;
  /** The process ends, and everything that is open in it. */
  quit(): void;
  note(entries: readonly LogEntry[]): void;
  /** A session is over; QuickBooks that was started for it closes again. */
  forget(session: ProgramSession, wasStartedFor: boolean): void;
}

/** BeginSession to EndSession. */
export class ProgramSession implements QuickBooksSession {
  readonly file: string;
  readonly country = "US";
  readonly qbxmlVersion: { major: number; minor: number };
  private readonly program: SessionHost;
  private readonly open: CompanyFile;
  private readonly wasStartedFor: boolean;
  private readonly iterators = new Map<string, Iterator>();
  /** A restored file is another one: its sessions are over. */
  private readonly restores: number;
  private hasEnded = false;

  constructor(program: SessionHost, file: CompanyFile, wasStartedFor: boolean) {
    this.program = program;
    this.open = file;
    this.file = file.path;
    this.wasStartedFor = wasStartedFor;
    this.restores = file.restores;
    this.qbxmlVersion = { major: highestVersion(file.settings.majorVersion), minor: 0 };
  }

  stamp(ownerId: string, fileId: string): void {
    this.open.stamp(ownerId, fileId);
  }

  lock(ownerId: string): void {
    if (this.isOpen) this.open.lock(ownerId, this.program.host);
  }

  unlock(ownerId: string): void {
    if (this.isOpen) this.open.unlock(ownerId);
  }

  async process(request: string): Promise<{ response: string } | Refused> {
    await this.program.noModal();
    return this.open.inTurn(() => this.processed(request));
  }

  close(): void {
    if (this.hasEnded) return;
    this.end();
    this.program.forget(this, this.wasStartedFor);
  }

  /** Everything of the session is gone. */
  end(): void {
    this.hasEnded = true;
    this.iterators.clear();
  }

  private get isOpen(): boolean {
    return !this.hasEnded && this.restores === this.open.restores;
  }

  private async processed(request: string): Promise<{ response: string } | Refused> {
    const { program } = this;
    if (!this.isOpen) return ENDED;
    const { settings } = program;
    if (program.takeCrash()) {
      program.quit();
      return {
        hresult: settings.crashHresult,
        message: "An unexpected error occurred. See the qbsdklog.txt file for details.",
      };
    }
    if (program.take("nextRefused")) {
      return { hresult: settings.refusedHresult, message: "QuickBooks refused the request." };
    }
    const done = processDocument(
      {
        file: this.open,
        settings,
        iterators: this.iterators,
        takeInUse: () => program.take("nextInUse"),
      },
      request,
    );
    if ("hresult" in done) return done;
    const { requestMs, recordMs, lineMs } = settings.latency;
    await pause(done.requests * requestMs + done.records * recordMs + done.lines * lineMs);
    if (!this.isOpen) return ENDED;
    program.note(done.entries);
    const hasBegun = done.entries.some((one) => one.iterator === "Start" && one.records > 0);
    if (hasBegun && this.iterators.size > 0) program.iteratorBegun();
    const { response } = done;
    return {
      response: program.take("nextCut") ? response.slice(0, response.length / 2) : response,
    };
  }
}
