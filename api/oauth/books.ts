import { faultIn, type Fault } from "../../core/faults.ts";
import { createTokenStore, storeBooks } from "../../db/connections.ts";
import { createLimiter } from "../../db/request-pace.ts";
import { readBooks } from "../../quickbooks/online/company.ts";
import type { Books } from "../../quickbooks/source.ts";
import type { Deps } from "../context.ts";

/** A person waits in front of a browser. */
const TIMEOUT_MS = 20_000;

/** Asks QuickBooks whose books a connected company's are and keeps the answer; a fault when it cannot be had. */
export async function learnBooks(
  { pool, box, oauth, settings, log }: Deps,
  { companyId, realmId }: { companyId: string; realmId: string },
): Promise<{ books: Books } | { fault: Fault }> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const { books } = await readBooks(
      {
        apiUrl: settings.intuitApiUrl,
        realmId,
        tokens: createTokenStore(pool, box, companyId),
        exchange: oauth.exchangeRefreshToken,
        limiter: createLimiter(pool, companyId, settings.pace),
      },
      signal,
    );
    await storeBooks(pool, companyId, books);
    return { books };
  } catch (error) {
    const fault = signal.aborted ? TOO_SLOW : faultIn(error);
    if (fault === null) throw error;
    log.warn({ companyId, fault }, "the books of a company could not be read");
    return { fault };
  }
}

const TOO_SLOW: Fault = { kind: "unavailable", message: "QuickBooks takes too long to answer." };
