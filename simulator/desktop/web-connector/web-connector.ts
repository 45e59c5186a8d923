import type { QuickBooks } from "../quickbooks.ts";
import { Caller } from "./caller.ts";
import { Gate, wait } from "./gate.ts";
import { openFile, stampFile } from "./open-file.ts";
import { readQwc, visitSupport, type Qwc } from "./qwc.ts";
import { ending, type Ending, type RunReport } from "./report.ts";
import { runUpdate } from "./run.ts";
import { SETTINGS_DEFAULT, type Settings } from "./settings.ts";
import { LineTroubles } from "./troubles.ts";

const REPORTS_MAX = 20;
const MS_PER_SECOND = 1000;
const EVERY_SECONDS_DEFAULT = 60;

/** One line of the Web Connector's list. */
export interface Application {
  qwc: Qwc;
  /** As typed by the user; null when nobody has typed one. */
  password: string | null;
  /** The gap between two runs while Auto-Run is on; null when it is off. */
  everyMs: number | null;
  /** The floor under that gap which the server has set. */
  everyMsMin: number;
  /** The newest runs, oldest first. */
  reports: RunReport[];
  runs: number;
}

/** An order that this PC cannot carry out now. */
export class NotPossible extends Error {
  override readonly name = "NotPossible";
}

/** The Web Connector of one PC: its list of applications, its schedule, its line to the servers. */
export class WebConnector {
  readonly quickBooks: QuickBooks;
  readonly applications = new Map<string, Application>();
  readonly troubles = new LineTroubles();
  settings: Settings = SETTINGS_DEFAULT;
  private readonly gate = new Gate();
  /** Ends with the process; a new start has a new one. */
  private life = new AbortController();
  /** Auto-Run of each application. */
  private readonly polling = new Map<string, AbortController>();
  /** The Web Connector's UpdateLock: the run that is on, or was the last one. */
  private lastRun: Promise<unknown> = Promise.resolve();

  constructor(quickBooks: QuickBooks) {
    this.quickBooks = quickBooks;
  }

  get hostName(): string {
    return this.quickBooks.host;
  }

  get isRunning(): boolean {
    return !this.life.signal.aborted;
  }

  get isAsleep(): boolean {
    return !this.gate.isOpen;
  }

  /**
   * Adds a .qwc file as a double click does: checks it, visits AppSupport and stamps the company file
   * that is open. `isStampGone` says that Intuit's tool has taken an earlier stamp out of the file.
   * Throws QwcRefused with the code that the user would see.
   */
  async add(text: string, password: string | null, isStampGone = false): Promise<Application> {
    const qwc = readQwc(text);
    await visitSupport(qwc);
    const { quickBooks, settings } = this;
    const isListed = this.applications.get(qwc.appName)?.qwc.fileId === qwc.fileId;
    await stampFile({ quickBooks, qwc, settings }, isListed || isStampGone);
    const application: Application = {
      qwc,
      password,
      everyMs: null,
      everyMsMin: 0,
      reports: [],
      runs: 0,
    };
    this.stopPolling(qwc.appName);
    this.applications.set(qwc.appName, application);
    return application;
  }

  /** Runs one update now, after the run that may be on. Throws NotPossible. */
  run(appName: string): Promise<RunReport> {
    return this.update(this.applicationNamed(appName), false, this.life.signal);
  }

  /** Switches Auto-Run on, by the schedule of the .qwc or by another gap; its first run begins at once. */
  startPolling(appName: string, everyMs?: number): void {
    const application = this.applicationNamed(appName);
    const { everySeconds = EVERY_SECONDS_DEFAULT } = application.qwc;
    this.stopPolling(appName);
    application.everyMs = everyMs ?? everySeconds * MS_PER_SECOND;
    if (this.isRunning) this.poll(application);
  }

  /** Switches Auto-Run off; a run that is on goes on. */
  stopPolling(appName: string): void {
    const application = this.applications.get(appName);
    if (application !== undefined) application.everyMs = null;
    this.polling.get(appName)?.abort();
    this.polling.delete(appName);
  }

  /** The PC falls asleep: no call is made until it wakes up, be it in the middle of a run. */
  pause(): void {
    this.gate.close();
  }

  resume(): void {
    this.gate.open();
  }

  /** kill -9: everything that is under way is dropped where it stands. */
  die(): void {
    for (const polling of this.polling.values()) polling.abort();
    this.polling.clear();
    this.life.abort();
  }

  /** Starts the Web Connector again, with Auto-Run where it was on. */
  start(): void {
    if (this.isRunning) return;
    this.life = new AbortController();
    for (const application of this.applications.values()) {
      if (application.everyMs !== null) this.poll(application);
    }
  }

  applicationNamed(appName: string): Application {
    const application = this.applications.get(appName);
    if (application !== undefined) return application;
    throw new NotPossible(`QBWC1011: application named ${appName} is not on ${this.hostName}`);
  }

  private poll(application: Application): void {
    const { appName } = application.qwc;
    const polling = new AbortController();
    this.polling.set(appName, polling);
    const life = this.life.signal;
    const loop = async (): Promise<void> => {
      while (!polling.signal.aborted) {
        await this.gate.pass(polling.signal);
        const report = await this.update(application, true, life);
        const { postponeSeconds, everySecondsMin } = report;
        if (everySecondsMin !== null) application.everyMsMin = everySecondsMin * MS_PER_SECOND;
        const gapMs = Math.max(application.everyMs ?? 0, application.everyMsMin);
        const next = postponeSeconds === null ? gapMs : postponeSeconds * MS_PER_SECOND;
        await wait(next, polling.signal);
      }
    };
    loop().catch((error: unknown) => {
      if (!polling.signal.aborted && !life.aborted) throw error;
    });
  }

  private async update(
    application: Application,
    isAutoRun: boolean,
    life: AbortSignal,
  ): Promise<RunReport> {
    if (life.aborted) throw new NotPossible(`the Web Connector of ${this.hostName} is not running`);
    const before = this.lastRun;
    const run = (async (): Promise<RunReport> => {
      await before;
      return this.oneRun(application, isAutoRun, life);
    })();
    this.lastRun = run.catch(() => undefined);
    return run;
  }

  private async oneRun(
    application: Application,
    isAutoRun: boolean,
    signal: AbortSignal,
  ): Promise<RunReport> {
    const { qwc, password } = application;
    const report = this.newReport(qwc.appName, isAutoRun);
    const caller = new Caller({
      url: qwc.appUrl,
      timeoutMs: this.settings.timeoutMs,
      troubles: this.troubles,
      gate: this.gate,
      signal,
      kill: () => this.die(),
      calls: report.calls,
    });
    const began = performance.now();
    const { settings, troubles, quickBooks } = this;
    const open = (path: string) => openFile({ quickBooks, qwc, settings }, path);
    let ended: Ending;
    try {
      ended = await runUpdate({
        qwc,
        password,
        settings,
        caller,
        troubles,
        open,
        signal,
        report,
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      ended = ending("died", null, "the Web Connector was killed");
    } finally {
      caller.close();
    }
    Object.assign(report, ended, { ms: Math.round(performance.now() - began) });
    application.runs++;
    application.reports.push(report);
    application.reports.splice(0, application.reports.length - REPORTS_MAX);
    return report;
  }

  private newReport(application: string, isAutoRun: boolean): RunReport {
    return {
      application,
      hostName: this.hostName,
      isAutoRun,
      startedAt: new Date().toISOString(),
      ms: 0,
      ...ending("died", null, "", ""),
      ticket: null,
      file: null,
      exchanges: 0,
      quickBooksMs: 0,
      percent: 0,
      postponeSeconds: null,
      everySecondsMin: null,
      calls: [],
    };
  }
}
