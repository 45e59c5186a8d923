const VERSIONS = [
  "1.0",
  "1.1",
  "2.0",
  "2.1",
  "3.0",
  "4.0",
  "4.1",
  "5.0",
  "6.0",
  "7.0",
  "8.0",
  "9.0",
  "10.0",
  "11.0",
  "12.0",
  "13.0",
  "14.0",
  "15.0",
  "16.0",
];

/** The highest qbXML version by the year of QuickBooks less 1990: 2006 has 5.0, 2014 has 13.0. */
export function highestVersion(majorVersion: number): number {
  if (majorVersion >= 32) return 16;
  if (majorVersion >= 30) return 14;
  return Math.max(2, Math.min(13, majorVersion - 11));
}

export const supportedVersions = (highest: number): string[] =>
  VERSIONS.filter((version) => Number(version) <= highest);
