/** Iterators and counts came with it, in QuickBooks 2006. */
const QBXML_MIN = 5;

/** Releases of QuickBooks that are known to break what we do: by major version (year minus 1990) and minor version. */
const KNOWN_BAD: readonly { major: number; minors: readonly number[]; says: string }[] = [
  {
    major: 32,
    minors: [1, 2],
    says: "QuickBooks 2022 before its release R3 breaks off while it is asked.",
  },
];

/** Why this release cannot be synced, or null. A minor version of 0 says nothing. */
export function knownBad(host: {
  majorVersion: number;
  minorVersion: number;
  qbxml: number;
}): string | null {
  if (host.qbxml < QBXML_MIN) return "This QuickBooks is from before 2006 and cannot be synced.";
  const found = KNOWN_BAD.find(
    ({ major, minors }) => major === host.majorVersion && minors.includes(host.minorVersion),
  );
  return found?.says ?? null;
}
