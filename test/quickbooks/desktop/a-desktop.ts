import { randomUUID } from "node:crypto";

import { FaultError, type Fault } from "../../../core/faults.ts";
import { RECORD_KINDS, type RecordKind } from "../../../core/record-kinds.ts";
import type {
  BoundFile,
  DesktopSession,
  Exchanges,
  HeldRecord,
  SeenFile,
} from "../../../quickbooks/desktop/exchanges.ts";
import { faultOfHresult } from "../../../quickbooks/desktop/faults.ts";
import { OWNER_ID } from "../../../quickbooks/desktop/pairing.ts";
import { nothingLearned, type Learned } from "../../../quickbooks/desktop/learned.ts";
import { createDesktopSource } from "../../../quickbooks/desktop/source.ts";
import type {
  Checkpoint,
  Listing,
  Source,
  SourceRecord,
  Trouble,
} from "../../../quickbooks/source.ts";
import {
  createCompanyFile,
  createQuickBooks,
  type CompanyFile,
  type FileOptions,
  type QuickBooks,
  type QuickBooksSession,
} from "../../../simulator/desktop/quickbooks.ts";

export const PATH = "C:\\Books\\Rock & Co.qbw";
export const FILE_ID = "{11111111-2222-3333-4444-555555555555}";

/** A clock that only the test moves; true time in milliseconds. */
class TestClock {
  ms = Date.parse("2026-11-02T17:00:00Z");
  readonly now = (): number => this.ms;

  advance(seconds: number): void {
    this.ms += seconds * 1000;
  }
}

interface OpenSession {
  seen: DesktopSession;
  inside: QuickBooksSession;
}

/**
 * A simulated QuickBooks with a company file open, and our way to it without the network between:
 * what the Web Connector and the tables do is played by this class, with QuickBooks itself real.
 */
export class Desktop implements Exchanges {
  readonly clock = new TestClock();
  readonly file: CompanyFile;
  readonly quickBooks: QuickBooks;
  /** The documents that QuickBooks was asked, in order. */
  readonly asked: string[] = [];
  readonly refused: Fault[] = [];
  readonly accepted: SeenFile[] = [];
  /** Called before each document is asked; what it throws is thrown instead of the answer. */
  before: (request: string) => void | Promise<void> = () => undefined;
  /** May alter an answer on its way. */
  onAnswer: (response: string) => string = (response) => response;
  bounds: Omit<BoundFile, "otherCompanyOf"> = {
    companyName: "Rock & Co",
    isConfirmed: true,
    fileId: FILE_ID,
    fingerprint: null,
    file: null,
  };
  otherCompany: string | null = null;
  /** What we hold as touched last. */
  held: HeldRecord[] = [];
  /** What the worker has learned of this company. */
  readonly learned = nothingLearned();
  insideMs = (records: number): number => 20 + records;
  #open: OpenSession | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: Partial<FileOptions> = {}) {
    this.file = createCompanyFile({
      path: PATH,
      companyName: "Rock & Co",
      ein: "12-3456789",
      records: 1000,
      seed: 7,
      clock: this.clock.now,
      ...options,
    });
    this.file.stamp(OWNER_ID, FILE_ID);
    this.quickBooks = createQuickBooks({ host: "FRONTDESK", file: this.file });
  }

  /** The Web Connector logs in (anew), as its schedule has it. */
  async logIn(over: Partial<DesktopSession> = {}, path = ""): Promise<DesktopSession> {
    this.#open?.inside.close();
    const inside = await this.quickBooks.open(path);
    if ("hresult" in inside) throw new Error(inside.hresult);
    inside.lock(OWNER_ID);
    const host = await inside.process(
      `<?xml version="1.0"?><?qbxml version="${inside.qbxmlVersion.major}.0"?><QBXML><QBXMLMsgsRq onError="continueOnError">` +
        `<HostQueryRq requestID="0"/><CompanyQueryRq requestID="1"><OwnerID>${OWNER_ID}</OwnerID></CompanyQueryRq>` +
        `<PreferencesQueryRq requestID="2"/></QBXMLMsgsRq></QBXML>`,
    );
    if ("hresult" in host) throw new Error(host.hresult);
    const seen: DesktopSession = {
      id: randomUUID(),
      connectorId: this.bounds.fileId,
      file: inside.file,
      country: inside.country,
      majorVersion: inside.qbxmlVersion.major,
      minorVersion: inside.qbxmlVersion.minor,
      hostAnswer: host.response,
      isJudged: false,
      refusedPath: null,
      ...over,
    };
    this.#open = { seen, inside };
    return seen;
  }

  async session(): Promise<DesktopSession> {
    return { ...this.#current().seen };
  }

  ask(question: { sessionId: string; request: string }, signal: AbortSignal) {
    const turn = this.#turn.then(() => this.#ask(question, signal));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async bound(): Promise<BoundFile> {
    return { ...this.bounds, otherCompanyOf: async () => this.otherCompany };
  }

  async touchedLast(): Promise<HeldRecord[]> {
    return this.held;
  }

  async accept(sessionId: string, seen: SeenFile): Promise<void> {
    const open = this.#current();
    if (open.seen.id !== sessionId) throw away();
    open.seen.isJudged = true;
    this.accepted.push(seen);
    this.bounds = { ...this.bounds, fingerprint: seen.fingerprint, file: seen.file };
  }

  async refuse(sessionId: string, fault: Fault): Promise<void> {
    this.refused.push(fault);
    if (this.#open?.seen.id === sessionId) this.end();
  }

  /** The session is over. */
  end(): void {
    this.#open?.inside.close();
    this.#open = null;
  }

  #current(): OpenSession {
    if (this.#open === null) throw away();
    return this.#open;
  }

  async #ask({ sessionId, request }: { sessionId: string; request: string }, signal: AbortSignal) {
    signal.throwIfAborted();
    const { seen, inside } = this.#current();
    if (seen.id !== sessionId) throw away();
    this.asked.push(request);
    await this.before(request);
    const log = this.quickBooks.log.length;
    const answered = await inside.process(request);
    if ("hresult" in answered) {
      this.end();
      throw new FaultError(faultOfHresult(answered.hresult, answered.message));
    }
    const records = this.quickBooks.log.slice(log).reduce((sum, entry) => sum + entry.records, 0);
    return { response: this.onAnswer(answered.response), insideMs: this.insideMs(records) };
  }
}

const away = (): FaultError =>
  new FaultError({ kind: "connector-away", message: "No Web Connector is logged in." });

/** A simulated PC that is logged in. */
export async function aDesktop(options: Partial<FileOptions> = {}): Promise<Desktop> {
  const desktop = new Desktop(options);
  await desktop.logIn();
  return desktop;
}

export const never = new AbortController().signal;

export const whole = (kind: RecordKind, over: Partial<Listing> = {}): Listing => ({
  kind,
  scope: "all",
  datedFrom: null,
  datedUntil: null,
  modifiedFrom: null,
  modifiedUntil: null,
  ...over,
});

export const DESKTOP_RECORD_KINDS = RECORD_KINDS.filter((kind) => kind !== "department");

export interface Walked {
  records: Map<string, SourceRecord>;
  troubles: Trouble[];
  /** Records as they came, those that came twice counted twice. */
  came: number;
  pages: number;
}

const PAGES_MAX = 5_000;

/** Walks a listing to its end as an activity does, the next page asked before this one is stored. */
export async function walk(
  source: Source,
  listing: Listing,
  options: {
    total?: number | null;
    from?: Checkpoint;
    between?: (pages: number) => void | Promise<void>;
  } = {},
): Promise<Walked> {
  const walked: Walked = { records: new Map(), troubles: [], came: 0, pages: 0 };
  let at: Checkpoint | null = options.from ?? source.start(listing, options.total ?? null);
  while (at !== null) {
    if (walked.pages++ > PAGES_MAX) throw new Error("a walk without an end");
    // A checkpoint is stored as JSON.
    const from = JSON.parse(JSON.stringify(at)) as Checkpoint;
    const page = await source.listPage(listing, from, never);
    for (const record of page.records) walked.records.set(record.quickbooksId, record);
    walked.came += page.records.length;
    walked.troubles.push(...page.troubles);
    at = page.next;
    await options.between?.(walked.pages);
  }
  return walked;
}

/** The kinds of the simulated company that make up one of ours. */
export const SIMULATED = {
  customer: ["Customer"],
  vendor: ["Vendor"],
  employee: ["Employee"],
  account: ["Account"],
  class: ["Class"],
  term: ["StandardTerms", "DateDrivenTerms"],
  payment_method: ["PaymentMethod"],
  tax_code: ["SalesTaxCode"],
  item: [
    "ItemService",
    "ItemNonInventory",
    "ItemInventory",
    "ItemOtherCharge",
    "ItemDiscount",
    "ItemSalesTax",
  ],
  invoice: ["Invoice"],
  payment: ["ReceivePayment"],
  credit_memo: ["CreditMemo"],
  sales_receipt: ["SalesReceipt"],
  refund_receipt: ["ARRefundCreditCard"],
  estimate: ["Estimate"],
  sales_order: ["SalesOrder"],
  purchase_order: ["PurchaseOrder"],
  bill: ["Bill"],
  bill_payment: ["BillPaymentCheck", "BillPaymentCreditCard"],
  vendor_credit: ["VendorCredit"],
  expense: ["Check", "CreditCardCharge"],
  journal_entry: ["JournalEntry"],
  deposit: ["Deposit"],
  transfer: ["Transfer"],
  inventory_adjustment: ["InventoryAdjustment"],
  time_activity: ["TimeTracking"],
} as const satisfies Partial<Record<RecordKind, readonly string[]>>;

export type DesktopRecordKind = keyof typeof SIMULATED;

/** What the file holds of a kind: ids, and the second of the last change by true time. */
export function held(file: CompanyFile, kind: DesktopRecordKind): Map<string, number> {
  const found = new Map<string, number>();
  const { rows, txns } = file.books;
  for (const name of SIMULATED[kind]) {
    const some = name in rows ? rows[name as keyof typeof rows] : txns[name as keyof typeof txns];
    for (const { id, modified } of some) found.set(id, modified);
  }
  return found;
}

/** A source as an activity has it: a worker keeps what it learned of a company from one to the next. */
export const sourceOf = (desktop: Desktop, learned: Learned = desktop.learned): Source =>
  createDesktopSource(desktop, learned);
