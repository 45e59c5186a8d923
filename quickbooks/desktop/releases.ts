/** Releases of QuickBooks that are known to break what we do: by major version (year minus 1990) and minor version. */
const KNOWN_BAD: readonly { major: number; minors: readonly number[]; says: string }[] = [
  {
    major: 32,
    minors: [1, 2],
    says: "QuickBooks 2022 before its release R3 breaks off while it is asked.",
  },
];

/** Why this release cannot be synced, or null. A minor version of 0 says nothing. */
export function knownBad(major: number, minor: number): string | null {
  const found = KNOWN_BAD.find((each) => each.major === major && each.minors.includes(minor));
  return found?.says ?? null;
}
