import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { Changed } from "../books/changes.ts";
import { isList, type Kind } from "../books/kinds.ts";
import type { WebhookOrder } from "./order.ts";

/** Kinds that Intuit sends no webhooks about (facts 5.2). */
const SILENT: ReadonlySet<Kind> = new Set(["TaxCode", "TaxRate", "InventoryAdjustment"]);

const SOURCE = "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=";

type Operation = "Create" | "Update" | "Delete" | "Void";

const PARTICIPLES: Record<Operation, string> = {
  Create: "created",
  Update: "updated",
  Delete: "deleted",
  Void: "voided",
};

/** One record that changed; `eventId` stays when it is told again. */
export interface Event {
  eventId: string;
  kind: Kind;
  id: string;
  operation: Operation;
  /** ISO 8601, on the simulator's clock. */
  time: string;
}

/** What goes over the wire, the same with every try. */
export interface Notice {
  body: string;
  headers: Record<string, string>;
}

/** The events of a change: the records that it names, not those that moved beside them. */
export function eventsOf({ op, entity, ids }: Changed, nowMs: number): Event[] {
  if (SILENT.has(entity)) return [];
  const time = new Date(nowMs).toISOString();
  const operation = operationOf(op, entity);
  return ids.map((id) => ({ eventId: randomUUID(), kind: entity, id, operation, time }));
}

const CREATIONS: ReadonlySet<Changed["op"]> = new Set([
  "create",
  "pay",
  "make-payment",
  "deposit",
  "refund",
  "journal-credit",
]);

function operationOf(op: Changed["op"], kind: Kind): Operation {
  if (CREATIONS.has(op)) return "Create";
  if (op === "void") return "Void";
  // Lists have no deletion: a row goes inactive.
  return op === "delete" && !isList(kind) ? "Delete" : "Update";
}

/** A notice about one company, signed as Intuit signs. */
export function noticeOf(
  { format, token, forged }: WebhookOrder,
  realmId: string,
  events: readonly Event[],
): Notice {
  const content = format === "events" ? older(realmId, events) : cloudEvents(realmId, events);
  const body = JSON.stringify(content);
  const key = forged ? randomBytes(16) : token;
  return {
    body,
    headers: {
      "content-type":
        format === "events" ? "application/json" : "application/cloudevents+json; charset=utf-8",
      "intuit-signature": createHmac("sha256", key).update(body).digest("base64"),
      "user-agent": "intuit_notification_server/1.0",
    },
  };
}

const cloudEvents = (realmId: string, events: readonly Event[]): object[] =>
  events.map(({ eventId, kind, id, operation, time }) => ({
    specversion: "1.0",
    id: eventId,
    source: SOURCE,
    type: `qbo.${kind.toLowerCase()}.${PARTICIPLES[operation]}.v1`,
    datacontenttype: "application/json",
    time,
    intuitentityid: id,
    intuitaccountid: realmId,
    data: {},
  }));

const older = (realmId: string, events: readonly Event[]): object => ({
  eventNotifications: [
    {
      realmId,
      dataChangeEvent: {
        entities: events.map(({ kind, id, operation, time }) => ({
          name: kind,
          id,
          operation,
          lastUpdated: time,
        })),
      },
    },
  ],
});
