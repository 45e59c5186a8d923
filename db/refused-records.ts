import type { SourceRecord, Trouble } from "../quickbooks/source.ts";
import { isRefusedValue } from "./sql-errors.ts";

const RAW_MAX = 500;

interface Taking<T> {
  /** Stores these records and troubles. */
  take: (records: readonly SourceRecord[], troubles: readonly Trouble[]) => Promise<T>;
  /** Does the same with these records and leaves nothing of it. */
  try: (records: readonly SourceRecord[]) => Promise<void>;
}

/**
 * Stores a page's records; those that PostgreSQL refuses become troubles of their own, found by trying
 * ever smaller halves, so that one of them stops no company. The readers of QuickBooks' answers let none
 * through that they know of: this is for what they do not know. Whatever else fails is thrown.
 */
export async function takeWithout<T>(
  records: readonly SourceRecord[],
  taking: Taking<T>,
): Promise<T> {
  try {
    return await taking.take(records, []);
  } catch (error) {
    if (!isRefusedValue(error) || records.length === 0) throw error;
  }
  // Where even no record is refused it is not because of them, and this throws.
  await taking.try([]);
  const troubles = new Map<SourceRecord, Trouble>();
  const look = async (some: readonly SourceRecord[]): Promise<void> => {
    const why = await refusalOf(() => taking.try(some));
    if (why === null) return;
    const [first] = some;
    if (some.length === 1 && first !== undefined) {
      troubles.set(first, troubleOf(first, why));
      return;
    }
    const half = Math.ceil(some.length / 2);
    await look(some.slice(0, half));
    await look(some.slice(half));
  };
  await look(records);
  return taking.take(
    records.filter((record) => !troubles.has(record)),
    [...troubles.values()],
  );
}

/** In PostgreSQL's words; null where it refuses nothing. */
async function refusalOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    return error.message;
  }
}

function troubleOf({ kind, quickbooksId, payload }: SourceRecord, why: string): Trouble {
  return {
    kind,
    quickbooksId,
    key: `unreadable-record:${kind}:${quickbooksId}`,
    message: `${kind} ${quickbooksId} cannot be stored: PostgreSQL says "${why}".`,
    raw: payload.toString("utf8", 0, RAW_MAX),
  };
}
