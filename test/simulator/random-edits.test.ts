import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { changed, expectTruthToAgree, type Company } from "./applied.ts";
import { addRealm, api, control, startSimulator, type Running } from "./running.ts";

let running: Running;
let company: Company;
beforeAll(async () => {
  running = await startSimulator("--records", "0");
});
beforeEach(async () => {
  company = { running, realm: await addRealm(running, { records: 1200, seed: 4 }) };
});
afterAll(() => running.stop());

describe("random edits", () => {
  test.each([1, 2, 3])("with seed %d leave books that agree", async (seed) => {
    const answered = await control(running, "POST changes", {
      realm: company.realm,
      changes: [{ op: "random", seed, edits: 150 }],
    });
    const made = [answered["changes"]].flat().map((one) => Object(one));
    expect(made).toHaveLength(150);
    expect(new Set(made.map(({ op }) => op)).size).toBeGreaterThan(8);
    await expectTruthToAgree(company);
  });

  test("are the same for the same seed, and are told with their orders", async () => {
    const order = { op: "random", seed: 9, edits: 40 };
    const done = async (realmId: string) =>
      [
        (await control(running, "POST changes", { realm: realmId, changes: [order] }))["changes"],
      ].flat();
    const twin = await addRealm(running, { records: 1200, seed: 4 });
    const first = await done(company.realm);
    expect(await done(twin)).toEqual(first);
    const again = await addRealm(running, { records: 1200, seed: 4 });
    const changes = first.map((one) => Object(one).made);
    const replayed = await control(running, "POST changes", { realm: again, changes });
    expect(replayed["ids"]).toEqual(first.flatMap((one) => Object(one).ids));
  });

  test("show in CDC with the documents that they touch", async () => {
    const since = new Date(Date.now() - 1000).toISOString();
    await changed(company, { op: "random", seed: 5, edits: 30 });
    const answered = await api(
      running,
      `cdc?entities=Invoice,Payment,CreditMemo&changedSince=${since}`,
      { realm: company.realm },
    );
    expect(answered.status, answered.text.slice(0, 500)).toBe(200);
    const groups = Object(answered.json()["CDCResponse"])[0].QueryResponse;
    expect(groups.map((group: object) => Object.keys(group)[0])).toEqual([
      "Invoice",
      "Payment",
      "CreditMemo",
    ]);
  });
});
