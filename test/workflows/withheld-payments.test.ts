import { beforeAll, describe, expect, test } from "vitest";

import { listAttention } from "../../db/attention.ts";
import { expectEqualApplications } from "../support/applications.ts";
import {
  connectedCompany,
  expectEqualBooks,
  startInitialSync,
  withStage,
} from "../support/sync.ts";
import {
  endsWell,
  offerAgain,
  withdraw,
  type OnlineCompany as Company,
} from "../support/withheld.ts";
import { wishBatch, wishReapply, wishSync } from "../support/wishes.ts";

const TIMEOUT_MS = 120_000;

const stage = withStage();
beforeAll(() => stage.worker(), 60_000);

const fault = (match: object, code: string) =>
  stage.simulator.post("faults", { kind: "any-fault", status: 400, code, times: -1, match });

async function aCompany(
  historyFrom: string | null,
  before: (company: { realmId: string }) => Promise<void> = async () => undefined,
): Promise<Company> {
  const realmId = await stage.simulator.company({ records: 600 });
  await before({ realmId });
  const company = { companyId: await connectedCompany(stage, realmId), realmId };
  await endsWell(stage, company, {
    id: await startInitialSync(stage, company.companyId, historyFrom),
  });
  return company;
}

/** An invoice that is paid in part; what it says changes with its payment. */
async function pay({ realmId }: Company): Promise<void> {
  const change = (...changes: object[]) =>
    stage.simulator.post("changes", { realm: realmId, changes });
  const { ids } = (await change({ op: "create", entity: "Invoice", count: 1 })) as {
    ids: string[];
  };
  await change({ op: "pay", id: ids[0], cents: 1 });
}

const causesOf = async ({ companyId }: Company): Promise<Set<string>> =>
  new Set(
    (await listAttention(stage.pool, companyId, { first: 500, after: null })).map(
      ({ cause, recordKind }) => `${cause} ${recordKind}`,
    ),
  );

async function expectBack(company: Company): Promise<void> {
  await offerAgain(stage, company);
  await endsWell(stage, company, await wishSync(stage, company.companyId, true));
  await expectEqualBooks(stage, company.companyId, company.realmId);
  await expectEqualApplications(stage, company.companyId, { realm: company.realmId });
  expect([...(await causesOf(company))]).toEqual([]);
}

describe("payments that QuickBooks does not show", () => {
  test.each([["Payment"], ["BillPayment"], ["CreditMemo"]])(
    "%s records, from the start: the first sync is done without them, and has them when they are shown",
    async (entity) => {
      const company = await aCompany(null, (of) => withdraw(stage, of, entity));
      await endsWell(stage, company, await wishSync(stage, company.companyId, false));
      await expectBack(company);
    },
    TIMEOUT_MS,
  );

  test(
    "any more: neither AutoSync nor a re-application ends because an invoice names one",
    async () => {
      const company = await aCompany(null);
      const { companyId } = company;
      await withdraw(stage, company, "Payment");
      await pay(company);
      for (const preview of [true, false]) {
        await endsWell(stage, company, await wishReapply(stage, companyId, { preview }));
      }
      for (let run = 0; run < 2; run++) {
        await pay(company);
        await endsWell(stage, company, await wishSync(stage, companyId, false));
      }
      expect(await causesOf(company)).toEqual(
        new Set(["kind-withheld payment", "balance-differs invoice"]),
      );
      await expectBack(company);
    },
    TIMEOUT_MS,
  );

  test(
    "in a history and where unapplied amounts cannot be asked for: they come back, and others behind them",
    async () => {
      const company = await aCompany("2100-01-01", async ({ realmId }) => {
        await fault({ realm: realmId, contains: "UnappliedAmt" }, "4001");
      });
      const { companyId, realmId } = company;
      for (const entity of ["Payment", "Vendor"]) await withdraw(stage, company, entity);
      await pay(company);
      await endsWell(stage, company, await wishSync(stage, companyId, true));
      await offerAgain(stage, company);
      await fault({ realm: realmId, contains: "UnappliedAmt" }, "4001");
      await endsWell(stage, company, await wishSync(stage, companyId, true));
      expect((await causesOf(company)).has("kind-withheld payment")).toBe(false);
      expect((await causesOf(company)).has("kind-withheld vendor")).toBe(false);
      for (const entity of ["Payment", "BillPayment"]) await withdraw(stage, company, entity);
      const wish = { companyId, kind: "historical", historyFrom: "1990-01-01" } as const;
      await endsWell(stage, company, await wishBatch(stage, wish));
      await expectBack(company);
    },
    TIMEOUT_MS,
  );
});
