import { z } from "zod";

/** What a notice is good for: whose books have changed. What has, the cursor finds. */
export interface Notice {
  realmIds: ReadonlySet<string>;
  /** In the shape that Intuit has announced to end. */
  isOlderFormat: boolean;
}

const RealmId = z.string().min(1).max(64);

/** The present shape: a list of CloudEvents, each with its realm. */
const CloudEvent = z.object({ intuitaccountid: RealmId });

/** The older shape. */
const Older = z.object({ eventNotifications: z.array(z.unknown()) });
const OlderEvent = z.object({ realmId: RealmId });

/**
 * Reads the body of a notice in either shape. An event that cannot be used is passed over: Intuit
 * would send the whole notice again. Null when the body is no JSON.
 */
export function readNotice(body: Buffer): Notice | null {
  const value = parsed(body);
  if (value === undefined) return null;
  const older = Older.safeParse(value);
  const realms = older.success
    ? older.data.eventNotifications.map((event) => OlderEvent.safeParse(event).data?.realmId)
    : [value].flat().map((event) => CloudEvent.safeParse(event).data?.intuitaccountid);
  return {
    realmIds: new Set(realms.filter((realm) => realm !== undefined)),
    isOlderFormat: older.success,
  };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
