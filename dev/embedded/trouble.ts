/** A trouble that a person can do something about: its message is shown as it is, without a stack. */
export class Trouble extends Error {
  override readonly name = "Trouble";
}

/** One sentence for a person: a Trouble's own words, anything else with its name. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Trouble) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Whether a file-system or process call failed with this code, e.g. `ENOENT`. */
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
