import { Context } from "@temporalio/activity";

import { faultIn } from "../core/faults.ts";
import { keepRefusedFile } from "../db/companies.ts";
import { buryOldFile } from "../db/company-files.ts";
import { storeFirstLook } from "../db/connections.ts";
import { notifyCompany } from "../db/notify.ts";
import { meetFile as look } from "../quickbooks/desktop/company.ts";
import { heartbeating } from "./boundary.ts";
import type { ActivityDeps } from "./deps.ts";

/**
 * Looks whose company file is open on a PC, and keeps it for a person to confirm. A file that is
 * refused is kept with its reason; a PC that has gone meanwhile is met at its next contact.
 */
export const meetFile =
  (deps: ActivityDeps) =>
  (companyId: string): Promise<string> =>
    heartbeating(async () => {
      const { pool, log } = deps;
      try {
        await buryOldFile(pool, companyId);
        const signal = Context.current().cancellationSignal;
        const { books, look: seen } = await look(deps.exchangesOf(companyId), signal);
        await storeFirstLook(pool, companyId, { books, look: { ...seen, seenAt: new Date() } });
        return `"${books.name}" is open; a person confirms it with confirmCompany.`;
      } catch (error) {
        const fault = faultIn(error);
        if (fault === null) throw error;
        log.info({ companyId, fault }, "a company file was not met");
        await keepRefusedFile(pool, companyId, fault);
        return fault.message;
      } finally {
        await notifyCompany(pool, companyId);
      }
    });
