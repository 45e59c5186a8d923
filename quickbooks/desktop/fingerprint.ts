import type { Fault } from "../../core/faults.ts";
import { faultOfHresult } from "./faults.ts";
import { DESKTOP_KINDS } from "./kinds.ts";
import type { BoundFile, DesktopSession, Fingerprint, SeenFile, Sentinel } from "./exchanges.ts";
import { appLockOf, companyOf, sameId, type Company, type Host } from "./host.ts";
import { OWNER_ID } from "./pairing.ts";
import { idElement, idQuery, trimmed } from "./queries.ts";
import type { RecordKind } from "../../core/record-kinds.ts";
import type { Response } from "./reader.ts";
import { knownBad } from "./releases.ts";
import type { Request } from "./writer.ts";

/** QuickBooks' own word for "never". */
const NEVER = /^1970-01-01/;
const SENTINELS_MAX = 4;

/** What rides first in a session's first message set: whose file it is, and whether it still knows a few records. */
export function fingerprintRequests(bound: BoundFile): Request[] {
  return [
    { name: "CompanyQuery", content: [["OwnerID", OWNER_ID]] },
    { name: "CompanyActivityQuery", content: [] },
    ...sentinelsOf(bound).map(({ kind, quickbooksId }) => {
      const desktop = DESKTOP_KINDS[kind as RecordKind];
      const query = desktop?.queries[0];
      if (desktop === undefined || query === undefined) throw new Error(`no kind ${kind}`);
      return trimmed(idQuery(desktop, query, [quickbooksId]), [idElement(desktop)]);
    }),
  ];
}

export const sentinelsOf = ({ fingerprint }: BoundFile): Sentinel[] =>
  (fingerprint?.sentinels ?? [])
    .filter(({ kind }) => DESKTOP_KINDS[kind as RecordKind] !== undefined)
    .slice(0, SENTINELS_MAX);

export type Verdict =
  | { is: "right"; seen: SeenFile; company: Company }
  | { is: "wrong"; fault: Fault };

/** Judges the file of a session by the answers to `fingerprintRequests`, in their order. */
export async function judge(
  session: DesktopSession,
  host: Host,
  bound: BoundFile,
  responses: readonly Response[],
): Promise<Verdict> {
  const [companyAnswer, activity, ...sentinels] = responses;
  const record = companyAnswer?.records[0];
  const company = record === undefined ? host.company : companyOf(record);
  if (company === null) {
    return wrong("permission-missing", "QuickBooks does not show us whose company file is open.");
  }
  const release = knownBad(host.majorVersion, host.minorVersion);
  if (release !== null) return wrong("release-unsupported", release);
  const before = bound.fingerprint;
  const fileId = company.fileId ?? host.company?.fileId ?? null;
  const restored = activity?.records[0]?.fields.get("LastRestoreTime") ?? null;
  const fingerprint: Fingerprint = {
    fileId,
    companyName: company.name,
    ein: company.ein,
    lastRestoreTime: restored === null || NEVER.test(restored) ? null : restored,
    sentinels: before?.sentinels ?? [],
  };
  const vanished = sentinels.filter((answer) => answer.records.length === 0).length;
  const seen: SeenFile = {
    fingerprint,
    file: session.file,
    host: appLockOf(company, null)?.host ?? null,
    wasRestored:
      before !== null && (before.lastRestoreTime !== fingerprint.lastRestoreTime || vanished > 0),
  };
  const fault = await faultOfFile(session, bound, seen);
  return fault === null ? { is: "right", seen, company } : { is: "wrong", fault };
}

/** Whose file it is decides first; then where it lies. */
async function faultOfFile(
  session: DesktopSession,
  bound: BoundFile,
  seen: SeenFile,
): Promise<Fault | null> {
  const { fingerprint } = seen;
  const name = fingerprint.companyName;
  const other = await bound.otherCompanyOf(seen);
  if (other !== null) {
    return fault(
      "file-of-another-company",
      `The company file "${name}" (${seen.file}) belongs to ${other}, and this connector is of ${bound.companyName}.`,
    );
  }
  const before = bound.fingerprint;
  if (before === null || !bound.isConfirmed) return null;
  if (!isSameFile(before, fingerprint, bound.fileId)) {
    return bound.file !== null && samePath(bound.file, seen.file)
      ? fault(
          "file-replaced",
          `At ${seen.file} there is another company file now: "${name}" instead of "${before.companyName}".`,
        )
      : fault(
          "other-file-open",
          `Another company file is open in QuickBooks: "${name}" (${seen.file}) instead of "${before.companyName}".`,
        );
  }
  if (bound.file === null || samePath(bound.file, seen.file)) return null;
  return session.refusedPath === null
    ? fault(
        "file-copied",
        `"${name}" was opened at ${seen.file}, and the file that is synced lies at ${bound.file}: probably it is a copy.`,
      )
    : fault(
        "file-moved",
        `"${name}" was opened at ${seen.file}; at ${bound.file} QuickBooks did not find it (${faultOfHresult(session.refusedPath, "").rawCode ?? ""}).`,
      );
}

/** The stamp decides. A file that never had one is told by its company's name and tax number. */
function isSameFile(before: Fingerprint, now: Fingerprint, ourFileId: string): boolean {
  if (before.fileId !== null) {
    return sameId(now.fileId, before.fileId) || sameId(now.fileId, ourFileId);
  }
  return before.companyName === now.companyName && before.ein === now.ein;
}

/** Windows does not tell upper from lower case, nor one slash from the other. */
const samePath = (one: string, other: string): boolean => plain(one) === plain(other);

const plain = (path: string): string => path.trim().replaceAll("/", "\\").toLowerCase();

const fault = (kind: Fault["kind"], message: string): Fault => ({ kind, message });

const wrong = (kind: Fault["kind"], message: string): Verdict => ({
  is: "wrong",
  fault: fault(kind, message),
});
