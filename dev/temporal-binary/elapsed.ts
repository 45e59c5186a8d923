/** How long ago a moment (milliseconds since the epoch) was, for a person: `1 min 20 s`. */
export function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
