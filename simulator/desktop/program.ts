import type { LogEntry, PcSettings, QuickBooks, QuickBooksSession, Refused } from "./contract.ts";
import type { CompanyFile } from "./file/company-file.ts";
import { pause } from "./pause.ts";
import { ProgramSession, type SessionHost } from "./session.ts";

const LOG_MAX = 20_000;

const PC_DEFAULT: PcSettings = {
  isRunning: true,
  isAutomaticLoginAllowed: false,
  isPersonalDataAllowed: true,
  access: "granted",
  isSingleUserElsewhere: false,
  fileMode: "SingleUser",
  isModalOpen: false,
  isModalMidIterator: false,
  crashAfter: null,
  crashHresult: "0x80040402",
  nextInUse: 0,
  inUseStatus: "3175",
  nextRefused: 0,
  refusedHresult: "0x80040400",
  nextCut: 0,
  latency: { openMs: 0, startMs: 0, requestMs: 0, recordMs: 0, lineMs: 0 },
};

const refuse = (hresult: string, message: string): Refused => ({ hresult, message });

const samePath = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** QuickBooks on one PC, as far as an application on it can tell. */
class Program implements QuickBooks, SessionHost {
  readonly host: string;
  readonly disk: Set<CompanyFile>;
  settings: PcSettings;
  file: CompanyFile | null;
  readonly entries: LogEntry[] = [];
  private readonly sessions = new Set<ProgramSession>();
  /** Whoever waits for the modal window to be closed. */
  private waiting: (() => void)[] = [];

  constructor(host: string, file: CompanyFile | null, disk: Iterable<CompanyFile>) {
    this.host = host;
    this.file = file;
    this.disk = new Set(disk);
    if (file !== null) this.disk.add(file);
    this.settings = { ...PC_DEFAULT, isRunning: file !== null };
  }

  get log(): readonly LogEntry[] {
    return this.entries;
  }

  change(patch: Partial<PcSettings>): void {
    this.settings = { ...this.settings, ...patch };
    if (patch.isRunning === false) this.quit();
    if (!this.settings.isModalOpen) {
      for (const goOn of this.waiting.splice(0)) goOn();
    }
  }

  show(file: CompanyFile | null): void {
    this.endSessions();
    this.file = file;
    if (file === null) return;
    this.disk.add(file);
    this.settings = { ...this.settings, isRunning: true };
  }

  async open(asked: string): Promise<QuickBooksSession | Refused> {
    const { latency, isRunning } = this.settings;
    await pause(latency.openMs + (isRunning || asked === "" ? 0 : latency.startMs));
    const file = this.fileFor(asked);
    if ("hresult" in file) return file;
    const refused = this.refusalOf();
    if (refused !== undefined) return refused;
    const startedFor = !this.settings.isRunning;
    if (startedFor) this.settings = { ...this.settings, isRunning: true };
    this.file = file;
    const session = new ProgramSession(this, file, startedFor);
    this.sessions.add(session);
    return session;
  }

  quit(): void {
    this.endSessions();
    this.file = null;
    this.settings = { ...this.settings, isRunning: false };
    for (const goOn of this.waiting.splice(0)) goOn();
  }

  forget(session: ProgramSession, wasStartedFor: boolean): void {
    this.sessions.delete(session);
    if (wasStartedFor && this.sessions.size === 0) this.quit();
  }

  note(entries: readonly LogEntry[]): void {
    this.entries.push(...entries);
    if (this.entries.length > LOG_MAX) this.entries.splice(0, this.entries.length - LOG_MAX);
  }

  async noModal(): Promise<void> {
    if (!this.settings.isModalOpen) return;
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
    });
  }

  take(name: "nextInUse" | "nextRefused" | "nextCut"): boolean {
    const left = this.settings[name];
    if (left > 0) this.settings = { ...this.settings, [name]: left - 1 };
    return left > 0;
  }

  iteratorBegun(): void {
    if (this.settings.isModalMidIterator)
      this.change({ isModalOpen: true, isModalMidIterator: false });
  }

  takeCrash(): boolean {
    const { crashAfter } = this.settings;
    if (crashAfter === null) return false;
    this.settings = { ...this.settings, crashAfter: crashAfter === 0 ? null : crashAfter - 1 };
    return crashAfter === 0;
  }

  private endSessions(): void {
    for (const session of this.sessions) session.end();
    this.sessions.clear();
  }

  /** The file that a BeginSession gets, by what is open and what can be reached. */
  private fileFor(asked: string): CompanyFile | Refused {
    const { isRunning, isAutomaticLoginAllowed } = this.settings;
    const open = this.file;
    if (asked === "") {
      if (!isRunning)
        return refuse(
          "0x80040416",
          "If the QuickBooks company data file is not open, a call to the BeginSession method must include the name of the data file.",
        );
      return (
        open ??
        refuse(
          "0x80040417",
          "If the QuickBooks company data file is not open, a call to the BeginSession method must include the name of the data file.",
        )
      );
    }
    if (open !== null) {
      return samePath(open.path, asked)
        ? open
        : refuse(
            "0x8004040A",
            "A QuickBooks company data file is already open and it is different from the one requested.",
          );
    }
    const found = [...this.disk].find(({ path }) => samePath(path, asked));
    if (found === undefined)
      return refuse("0x80040403", "Could not open the specified QuickBooks company data file.");
    if (isRunning || isAutomaticLoginAllowed) return found;
    return refuse(
      "0x8004041D",
      "QuickBooks does not allow this application to log in automatically.",
    );
  }

  private refusalOf(): Refused | undefined {
    const { access, isSingleUserElsewhere, isModalOpen } = this.settings;
    if (isModalOpen)
      return refuse(
        "0x80040414",
        "A modal dialog box is showing in the QuickBooks user interface. Your application cannot access QuickBooks until the user dismisses the dialog box.",
      );
    if (isSingleUserElsewhere)
      return refuse(
        "0x80040410",
        "The QuickBooks company data file is currently open in a mode other than the one specified by your application.",
      );
    if (access === "never-asked")
      return refuse(
        "0x80040418",
        "This application has not accessed this QuickBooks company data file before. The QuickBooks administrator must grant the application access.",
      );
    if (access === "revoked")
      return refuse(
        "0x8004041A",
        "This application does not have permission to access this QuickBooks company data file.",
      );
    return undefined;
  }
}

/**
 * One PC with QuickBooks on it. `file` is open there; without one QuickBooks does not run. `disk` are
 * further files that the PC can reach.
 */
export function createQuickBooks(options: {
  host: string;
  file?: CompanyFile | null;
  disk?: Iterable<CompanyFile>;
}): QuickBooks {
  return new Program(options.host, options.file ?? null, options.disk ?? []);
}
