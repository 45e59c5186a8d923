import { describe, expect, test } from "vitest";

import { POLICY } from "../../core/faults.ts";
import { raiseMassChange } from "../../db/mass-changes.ts";
import { inCompany } from "../../db/transactions.ts";
import { aDesktopCompany, aWaitingBatch, minutesAgo, toldOf } from "./desktop-rows.ts";
import { withApi } from "./support.ts";

const api = withApi();

const FOUND = "3000 records were changed at once in the company file, of which we hold 4000.";

/** A company whose batch has found most of its records changed, and waits. */
async function asked() {
  const { company } = await aDesktopCompany(api.pool, { confirmed: true });
  await aWaitingBatch(api.pool, company.id, { code: "mass-change", since: minutesAgo(3) });
  const { rows } = await api.pool.query<{ id: string }>(
    "select id from batches where company_id = $1",
    [company.id],
  );
  const lease = { companyId: company.id, batchId: rows[0]?.id ?? "", fence: 0 };
  const { nextStep } = POLICY["mass-change"];
  await inCompany(api.pool, company.id, (tx) =>
    raiseMassChange(tx, lease, { message: FOUND, nextStep }),
  );
  return company.id;
}

const accept = async (companyId: string) =>
  api.ask(
    await api.token(),
    `mutation { acceptMassChange(companyId: "${companyId}") {
      __typename ... on Company { activity waitingFor } ... on Refusal { code nextStep } } }`,
  );

const wakesOf = async (companyId: string): Promise<number | null> =>
  (await api.pool.query("select from wakes where company_id = $1", [companyId])).rowCount;

describe("acceptMassChange", () => {
  test("answers what a batch asks, once, and wakes it; until then the company needs a person", async () => {
    const id = await asked();
    expect(await toldOf(api, id)).toMatchObject({
      activity: "NEEDS_YOU",
      waitingFor: "mass-change",
      status: expect.stringMatching(/waits since .* for a person: .*acceptMassChange/),
    });
    const { data } = await api.ask(
      await api.token("viewer"),
      `{ attention(companyId: "${id}") { nodes { cause message nextStep } } }`,
    );
    expect(data).toMatchObject({
      attention: {
        nodes: [
          {
            cause: "mass-change",
            message: FOUND,
            nextStep: expect.stringContaining("acceptMassChange"),
          },
        ],
      },
    });

    expect((await accept(id)).data).toEqual({
      acceptMassChange: { __typename: "Company", activity: "RUNNING", waitingFor: null },
    });
    expect(await wakesOf(id)).toBe(1);
    expect((await accept(id)).data).toMatchObject({ acceptMassChange: { code: "already-done" } });
    expect(await wakesOf(id)).toBe(1);
  });

  test("is refused where nobody asks, where the batch has ended, and Online", async () => {
    const { company } = await aDesktopCompany(api.pool, { confirmed: true });
    expect((await accept(company.id)).data).toMatchObject({
      acceptMassChange: { code: "already-done" },
    });
    const ended = await asked();
    await api.pool.query("update batches set status = 'cancelled' where company_id = $1", [ended]);
    expect((await accept(ended)).data).toMatchObject({
      acceptMassChange: { code: "already-done" },
    });
    const { id } = await api.company({ name: "Craig", as: "confirmed" });
    expect((await accept(id)).data).toMatchObject({ acceptMassChange: { code: "wrong-edition" } });
  });
});
