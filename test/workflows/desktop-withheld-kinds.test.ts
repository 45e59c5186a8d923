import { beforeAll, expect, test } from "vitest";

import { listAttention } from "../../db/attention.ts";
import { expectEqualFile, syncedFile, withDoor, type DesktopCompany } from "../support/desktop.ts";
import { isOver, untilBatch, withStage } from "../support/sync.ts";
import { wishBatch, wishSync } from "../support/wishes.ts";

const stage = withStage();
const door = withDoor(stage);
beforeAll(() => stage.worker(), 60_000);

async function endsWell({ companyId }: DesktopCompany, { id }: { id: string }): Promise<void> {
  const over = await untilBatch(stage, companyId, id, isOver);
  expect(over).toMatchObject({ status: "succeeded", failure: null });
}

const causesOf = async ({ companyId }: DesktopCompany): Promise<string[]> =>
  (await listAttention(stage.pool, companyId, { first: 10, after: null })).map(
    ({ cause, recordKind }) => `${cause} ${recordKind}`,
  );

test("employees that our access may not see any more come back with all that happened over several syncs", async () => {
  const company = await syncedFile(stage, door, { records: 400 });
  const { companyId, order, file, pc } = company;
  const allow = (isPersonalDataAllowed: boolean) =>
    order("quickbooks", { pc, settings: { isPersonalDataAllowed } });
  const change = async (...changes: object[]): Promise<string[]> =>
    (await order("changes", { file, changes }))["ids"] as string[];
  const hire = (name: string) => ({ do: "create", kind: "Employee", draft: { name } });
  const [kept = "", leaver = ""] = await change(hire("Kay Kept"), hire("Lee Leaver"));
  await endsWell(company, await wishSync(stage, companyId, true));
  await expectEqualFile(stage, company);

  await allow(false);
  await endsWell(company, await wishSync(stage, companyId, true));
  expect(await causesOf(company)).toEqual(["kind-withheld employee"]);
  await change(
    hire("Nia New"),
    { do: "edit", kind: "Employee", id: kept, draft: { values: { Phone: "555-1234" } } },
    { do: "delete", kind: "Employee", id: leaver },
    { do: "create", kind: "Customer", draft: { name: "Meanwhile" } },
  );
  await endsWell(company, await wishSync(stage, companyId, false));
  await endsWell(company, await wishSync(stage, companyId, true));
  await endsWell(company, await wishBatch(stage, { companyId, kind: "verify" }));
  await expect(expectEqualFile(stage, company)).rejects.toThrow();

  await allow(true);
  await endsWell(company, await wishSync(stage, companyId, true));
  await expectEqualFile(stage, company);
  expect(await causesOf(company)).toEqual([]);
}, 180_000);

test("transfers of a release that is too old to show them are told, and come in once it is updated", async () => {
  const company = await syncedFile(stage, door, { records: 400, majorVersion: 22 });
  const { companyId, order, file } = company;
  const { rows } = await stage.pool.query(
    `select kind, status, unavailable ->> 'message' as message from batch_steps
      where company_id = $1 and unavailable is not null`,
    [companyId],
  );
  expect(rows).toEqual([
    {
      kind: "transfer",
      status: "succeeded",
      message:
        "QuickBooks does not offer transfer records here: This release has none that can be read (qbXML 11.0).",
    },
  ]);
  await order("file-settings", { file, settings: { majorVersion: 34 } });
  await endsWell(company, await wishSync(stage, companyId, true));
  await expectEqualFile(stage, company);
});
