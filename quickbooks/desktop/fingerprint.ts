import type { Fault, FaultKind } from "../../core/faults.ts";
import { isRecordKind, RECORD_KINDS } from "../../core/record-kinds.ts";
import { AHEAD_MAX_MS, GRAIN_MS, hasOffset, HOUR_MS, msOf, textOf } from "./clock.ts";
import type {
  BoundFile,
  DesktopSession,
  Fingerprint,
  HeldRecord,
  SeenFile,
  Sentinel,
} from "./exchanges.ts";
import { companyOf, editionOf, sameId, type Host } from "./host.ts";
import { DESKTOP_KINDS, desktopKind } from "./kinds.ts";
import { OWNER_ID } from "./pairing.ts";
import { deletedQueries, EVERYTHING, idQuery, pickQuery, trimmed, type Asking } from "./queries.ts";
import type { Response } from "./reader.ts";
import { knownBad } from "./releases.ts";
import { isMissing, lookFor, shownIn, wantedOf, type Shown } from "./touched-last.ts";
import type { Request } from "./writer.ts";

/** Kinds that every company has and that grow: of each the first record and a new one are remembered. */
const SENTINEL_KINDS = ["customer", "invoice"] as const;
const SENTINELS_MAX = 4;
/** A new record is one of these last days, by the PC's wall clock; so many are looked at. */
const NEW_DAYS = 3;
const NEW_MAX = 200;
const DAY_MS = 86_400_000;
/** QuickBooks' own word for "never" is the beginning of 1970, on the PC's wall clock. */
const NEVER_BEFORE_MS = 2 * DAY_MS;

/** What rides first in a session's first message set. */
export interface Probe {
  requests: Request[];
  /** The records to be looked for, from the third request on. */
  known: Sentinel[];
  /** Behind them the records to be remembered next: of which kind each request is. */
  next: (typeof SENTINEL_KINDS)[number][];
  /** And at last what we hold ourselves as touched last: each is looked for by so many requests. */
  held: { record: HeldRecord; requests: number }[];
}

/** Whose file it is, whether it was restored, whether it still knows a few records, and which to remember next. */
export function probeOf(
  host: Host,
  { fingerprint }: Pick<BoundFile, "fingerprint">,
  touched: readonly HeldRecord[],
): Probe {
  const known = (fingerprint?.sentinels ?? []).filter(isUsable).slice(0, SENTINELS_MAX);
  const since =
    host.company?.lock == null ? null : textOf(host.company.lock.wallMs - NEW_DAYS * DAY_MS);
  const looks = SENTINEL_KINDS.flatMap((kind) => {
    const asking = askingOf(kind, host.qbxml);
    const some = (size: number, from: string | null): Request => {
      const picked = { ...EVERYTHING, modified: from === null ? null : { from, until: null } };
      return trimmed(pickQuery(asking, picked, { is: "some", size }), wantedOf(asking));
    };
    const first = known.some((one) => one.kind === kind) ? [] : [some(1, null)];
    const recent = since === null ? [] : [some(NEW_MAX, since)];
    return [...first, ...recent].map((request) => ({ kind, request }));
  });
  const held = touched.map((record) => ({ record, asked: lookFor(record, host.qbxml) }));
  const requests = [
    { name: "CompanyQuery", content: [["OwnerID", OWNER_ID]] as const },
    { name: "CompanyActivityQuery", content: [] },
    ...known.map((sentinel) => {
      const asking = askingOf(sentinel.kind, host.qbxml);
      return trimmed(idQuery(asking, [sentinel.quickbooksId]), wantedOf(asking));
    }),
    ...looks.map(({ request }) => request),
    ...held.flatMap(({ asked }) => asked),
  ];
  return {
    requests,
    known,
    next: looks.map(({ kind }) => kind),
    held: held.map(({ record, asked }) => ({ record, requests: asked.length })),
  };
}

const isUsable = ({ kind }: Sentinel): boolean =>
  isRecordKind(kind) && DESKTOP_KINDS[kind] !== undefined;

function askingOf(kind: string, qbxml: number): Asking {
  const desktop = isRecordKind(kind) ? desktopKind(kind) : undefined;
  const query = desktop?.queries[0];
  if (desktop === undefined || query === undefined) throw new Error(`no kind ${kind}`);
  return { kind: desktop, query, qbxml };
}

export type Verdict = { is: "right"; seen: SeenFile } | { is: "wrong"; fault: Fault };

/** What is judged, by whom it was asked. */
export interface Judged {
  session: DesktopSession;
  host: Host;
  bound: BoundFile;
  probe: Probe;
  /** Answers to the probe's requests, in their order. */
  responses: readonly Response[];
  /** Asks the same session something more. */
  ask: (requests: readonly Request[]) => Promise<readonly Response[]>;
}

/**
 * Judges the file of a session. The stamp says whose it is, then its path. A sentinel that is gone
 * without a deletion that says so, or that was last modified earlier than it had been, shows that an
 * older state of the file was put in its place.
 */
export async function judge(judged: Judged): Promise<Verdict> {
  const { session, host, bound, responses } = judged;
  const release = knownBad(host);
  if (release !== null) return wrong("release-unsupported", `${release} (${host.product ?? ""})`);
  const record = responses[0]?.records[0];
  const company = record === undefined ? host.company : companyOf(record);
  if (company === null) {
    return wrong("permission-missing", "QuickBooks does not show us whose company file is open.");
  }
  const before = bound.fingerprint;
  const held = heldIn(judged);
  const unheld = held.filter(({ is }) => is === "missing").map((each) => each.record);
  const missing = await undeletedOf(judged, [
    ...judged.probe.known.filter((_, index) => isMissing(responses[index + 2])),
    ...unheld,
  ]);
  const gone = judged.probe.known.filter((one) => missing.includes(one));
  const lastRestoreTime = restoredIn(responses[1]);
  const fingerprint: Fingerprint = {
    fileId: company.fileId,
    companyName: company.name,
    ein: company.ein,
    lastRestoreTime,
    sentinels: sentinelsIn(judged, gone),
  };
  const seen: SeenFile = {
    fingerprint,
    file: session.file,
    // Of the session's own answer alone: under the product's owner the first PC locks the file.
    host: host.company?.lock?.host ?? null,
    edition: editionOf(host),
    wasRestored:
      before !== null &&
      (!sameTime(before.lastRestoreTime, lastRestoreTime) ||
        gone.length > 0 ||
        judged.probe.known.some((one, index) => wentBack(one, responses[index + 2]))),
    isOlder:
      before !== null &&
      (unheld.some((one) => missing.includes(one)) || held.some(({ is }) => is === "older")),
  };
  const fault = await faultOfFile(judged, seen);
  return fault === null ? { is: "right", seen } : { is: "wrong", fault };
}

/** Of records that the file does not know any more, those that it has not deleted. */
async function undeletedOf<T extends { kind: string; quickbooksId: string }>(
  { ask }: Judged,
  missing: readonly T[],
): Promise<T[]> {
  if (missing.length === 0) return [];
  const kinds = RECORD_KINDS.filter((kind) => missing.some((one) => one.kind === kind));
  const answers = await ask(deletedQueries(kinds.map(desktopKind), null));
  const deleted = new Set(
    answers.flatMap(({ records }) =>
      records.map(({ fields }) => fields.get("ListID") ?? fields.get("TxnID")),
    ),
  );
  return missing.filter(({ quickbooksId }) => !deleted.has(quickbooksId));
}

/** What the file shows of what we hold ourselves. */
function heldIn({ probe, responses }: Judged): { record: HeldRecord; is: Shown }[] {
  let at = 2 + probe.known.length + probe.next.length;
  return probe.held.map(({ record, requests }) => ({
    record,
    is: shownIn(record, responses.slice(at, (at += requests))),
  }));
}

/** The record was last modified earlier than when it was remembered. */
function wentBack({ modifiedAt }: Sentinel, response: Response | undefined): boolean {
  const now = response?.records[0]?.fields.get("TimeModified");
  if (modifiedAt === undefined || now === undefined) return false;
  return msOf(now) < msOf(modifiedAt) && !sameTime(modifiedAt, now);
}

/** What to remember: of each kind the record remembered first, as long as it is there, and a new one. */
function sentinelsIn({ probe, responses }: Judged, gone: readonly Sentinel[]): Sentinel[] {
  const known = probe.known.flatMap((one, index) => {
    const response = responses[index + 2];
    if (gone.includes(one) || isMissing(response)) return [];
    return [newestIn(one.kind, response) ?? one];
  });
  const looked = probe.next.flatMap(
    (kind, index) => newestIn(kind, responses[2 + probe.known.length + index]) ?? [],
  );
  return SENTINEL_KINDS.flatMap((kind) => {
    const [first, ...later] = known.filter((one) => one.kind === kind);
    const fresh = looked.filter((one) => one.kind === kind);
    const byId = new Map<string, Sentinel>();
    for (const one of [...(first === undefined ? [] : [first]), ...fresh, ...later]) {
      if (!byId.has(one.quickbooksId)) byId.set(one.quickbooksId, one);
    }
    return [...byId.values()].slice(0, 2);
  });
}

/**
 * The record of an answer that was modified last. Its time is remembered unless it lies ahead of us: the
 * PC's clock was wrong then, and the next edit may bear an earlier one.
 */
function newestIn(kind: string, response: Response | undefined): Sentinel | null {
  const newest = (response?.records ?? [])
    .map(({ fields }) => ({
      quickbooksId: fields.get("ListID") ?? fields.get("TxnID"),
      modifiedAt: fields.get("TimeModified"),
    }))
    .sort((one, other) => msOf(other.modifiedAt ?? "") - msOf(one.modifiedAt ?? ""))[0];
  if (newest?.quickbooksId === undefined) return null;
  const { quickbooksId, modifiedAt } = newest;
  const isKnown =
    modifiedAt !== undefined && msOf(modifiedAt) <= Date.now() + aheadMaxOf(modifiedAt);
  return { kind, quickbooksId, ...(isKnown ? { modifiedAt } : {}) };
}

function restoredIn(activity: Response | undefined): string | null {
  const text = activity?.records[0]?.fields.get("LastRestoreTime") ?? "";
  const at = Date.parse(text);
  return Number.isNaN(at) || at < NEVER_BEFORE_MS ? null : text;
}

/** How far ahead of us a time may be that a right clock wrote: an offset may be an hour wrong, a wall clock a zone ahead. */
const aheadMaxOf = (time: string): number => (hasOffset(time) ? HOUR_MS : AHEAD_MAX_MS);

/** The text of an unchanged time may have another offset, or be an hour off. */
function sameTime(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return one === other;
  const apart = Math.abs(msOf(one) - msOf(other));
  return apart <= GRAIN_MS || Math.abs(apart - HOUR_MS) <= GRAIN_MS;
}

/** Whose file it is decides first; then where it lies. Both files are named. */
async function faultOfFile({ session, bound }: Judged, seen: SeenFile): Promise<Fault | null> {
  const { fingerprint, file } = seen;
  const isAnotherState = seen.wasRestored || seen.isOlder;
  const open = `"${fingerprint.companyName}" (${file})`;
  const before = bound.fingerprint;
  const isOurs = before === null ? sameId(fingerprint.fileId, bound.fileId) : isSame(bound, seen);
  // The stamp of a copy is ours too: only a file that is not ours may be another company's.
  const other = isOurs ? null : await bound.otherCompanyOf(seen);
  if (other !== null) {
    return fault(
      "file-of-another-company",
      `The company file ${open} belongs to ${other}, and this connector is of ${bound.companyName}.`,
    );
  }
  // A person looks at it before it is confirmed.
  if (before === null || !bound.isConfirmed) return null;
  const ours = `"${before.companyName}"${bound.file === null ? "" : ` (${bound.file})`}`;
  const isThere = bound.file !== null && samePath(bound.file, file);
  if (!isOurs) {
    return isThere
      ? fault("file-replaced", `At the path of ${ours} there is another company file now: ${open}.`)
      : fault(
          "other-file-open",
          `Another company file is open in QuickBooks: ${open} instead of ${ours}.`,
        );
  }
  if (isThere) return null;
  if (bound.file === null) {
    // A new PC has a path of its own. What it shows is a copy when it remembers other things.
    return isAnotherState
      ? fault(
          "file-copied",
          `The company file ${open} is not as ${ours} was: probably it is a copy.`,
        )
      : null;
  }
  // One that is as the file was may be the file itself; an older state of it lies beside it.
  return isAnotherState || session.refusedPath === null
    ? fault("file-copied", `${open} was opened instead of ${ours}: probably it is a copy.`)
    : fault(
        "file-moved",
        `${open} was opened; QuickBooks did not open ${ours} (${session.refusedPath}).`,
      );
}

/** The stamp decides. A file that never had one is told by its company's name and tax number. */
function isSame(
  { fingerprint: before, fileId }: BoundFile,
  { fingerprint: now }: SeenFile,
): boolean {
  if (before === null) return false;
  if (before.fileId !== null || now.fileId !== null) {
    return sameId(now.fileId, fileId) || sameId(now.fileId, before.fileId);
  }
  return before.companyName === now.companyName && before.ein === now.ein;
}

/** Windows does not tell upper from lower case, nor one slash from the other. */
const samePath = (one: string, other: string): boolean => plain(one) === plain(other);

const plain = (path: string): string => path.trim().replaceAll("/", "\\").toLowerCase();

const fault = (kind: FaultKind, message: string): Fault => ({ kind, message });

const wrong = (kind: FaultKind, message: string): Verdict => ({
  is: "wrong",
  fault: fault(kind, message),
});
