import { z } from "zod";

import { FaultError } from "../../core/faults.ts";
import type { CompanyAnswer } from "../source.ts";
import { timeOfAnswer } from "./answer.ts";
import {
  createOnlineClient,
  type OnlineAnswer,
  type OnlineClient,
  type OnlineClientDeps,
} from "./client.ts";
import { unreadable } from "./faults.ts";

const NameValue = z.object({ Name: z.string(), Value: z.string() }).partial();

const CompanyInfo = z.object({
  CompanyInfo: z.object({
    CompanyName: z.string(),
    Country: z.string().optional(),
    NameValue: z.array(NameValue).optional(),
  }),
});

const Preferences = z.object({
  Preferences: z.object({
    CurrencyPrefs: z
      .object({ HomeCurrency: z.object({ value: z.string() }).optional() })
      .optional(),
    // Books that say so in another way are no reason to refuse them: it is told beside payments alone.
    AccountingInfoPrefs: z
      .object({ BookCloseDate: z.iso.date().optional().catch(undefined) })
      .optional(),
  }),
});

/** The subscription states under which books can no longer be relied on. */
const ENDED = new Set(["EXPIRED", "CANCELLED", "CANCELED", "SUSPENDED"]);

/** Whose books a connection leads to, for somebody who has no batch at hand. */
export async function readBooks(
  deps: OnlineClientDeps,
  signal: AbortSignal,
): Promise<CompanyAnswer> {
  const client = createOnlineClient(deps);
  try {
    return await readOnlineCompany(client, deps.realmId, signal);
  } finally {
    await client.flush();
  }
}

/** Whose books these are, in which currency, and what time it is at QuickBooks: two metered calls. */
export async function readOnlineCompany(
  client: OnlineClient,
  realmId: string,
  signal: AbortSignal,
): Promise<CompanyAnswer> {
  const infoAnswer = await client.get(`companyinfo/${realmId}`, {}, signal);
  const info = parse(CompanyInfo, infoAnswer).CompanyInfo;
  const values = new Map((info.NameValue ?? []).map(({ Name, Value }) => [Name, Value]));
  refuseEndedSubscription(values.get("SubscriptionStatus"), info.CompanyName);
  const preferences = parse(Preferences, await client.get("preferences", {}, signal)).Preferences;
  return {
    at: timeOfAnswer(infoAnswer),
    closedUntil: preferences.AccountingInfoPrefs?.BookCloseDate ?? null,
    books: {
      name: info.CompanyName,
      quickbooksId: realmId,
      file: null,
      edition: values.get("OfferingSku") ?? null,
      country: info.Country ?? null,
      currency: preferences.CurrencyPrefs?.HomeCurrency?.value ?? null,
    },
  };
}

function refuseEndedSubscription(status: string | undefined, name: string): void {
  if (status === undefined || !ENDED.has(status.toUpperCase())) return;
  throw new FaultError({
    kind: "subscription-ended",
    message: `The QuickBooks subscription of ${name} has ended (${status}).`,
    rawMessage: status,
  });
}

function parse<T extends z.ZodType>(schema: T, answer: OnlineAnswer): z.infer<T> {
  let json: unknown;
  try {
    json = JSON.parse(answer.bytes.toString("utf8"));
  } catch {
    throw unreadable("it is not JSON", answer.traceId);
  }
  const result = schema.safeParse(json);
  if (!result.success) throw unreadable(z.prettifyError(result.error), answer.traceId);
  return result.data;
}
