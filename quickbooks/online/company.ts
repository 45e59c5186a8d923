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

/** U+0000 has no place in PostgreSQL. */
const Text = z.string().transform((text) => text.replaceAll("\0", ""));
/** What is missing, or is there in another shape, is no reason to refuse the books: it is not known then. */
const Perhaps = Text.nullish().catch(null);

const NameValue = z.object({ Name: Perhaps, Value: Perhaps }).nullable().catch(null);

const CompanyInfo = z.object({
  CompanyInfo: z.object({
    CompanyName: Text,
    Country: Perhaps,
    NameValue: z.array(NameValue).nullish().catch(null),
  }),
});

const Preferences = z.object({
  Preferences: z.object({
    CurrencyPrefs: z
      .object({ HomeCurrency: z.object({ value: Perhaps }).nullish() })
      .nullish()
      .catch(null),
    // It is told beside payments alone.
    AccountingInfoPrefs: z
      .object({ BookCloseDate: z.iso.date().nullish().catch(null) })
      .nullish()
      .catch(null),
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
  const values = new Map((info.NameValue ?? []).map((pair) => [pair?.Name, pair?.Value]));
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

function refuseEndedSubscription(status: string | null | undefined, name: string): void {
  if (status == null || !ENDED.has(status.toUpperCase())) return;
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
