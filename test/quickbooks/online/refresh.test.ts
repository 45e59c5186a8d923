import { describe, expect, test } from "vitest";

import { findCompany } from "../../../db/companies.ts";
import { createTokenStore } from "../../../db/connections.ts";
import { createPool } from "../../../db/pool.ts";
import { createSecretBox } from "../../../db/secret-box.ts";
import { createOauth } from "../../../quickbooks/online/oauth.ts";
import { connectedCompany, withStage } from "../../support/sync.ts";

const WORKERS = 20;

describe("refreshing tokens", () => {
  const stage = withStage();

  const aStore = (companyId: string) => {
    const pool = createPool(stage.databaseUrl, { max: 1, name: "refresher" });
    const box = createSecretBox([Buffer.from(stage.env["ENCRYPTION_KEY"] ?? "", "base64")]);
    const oauth = createOauth({
      clientId: "test-client",
      clientSecret: "test-secret",
      discoveryUrl: stage.env["INTUIT_DISCOVERY_URL"] ?? "",
      redirectUri: "http://localhost/oauth/callback",
    });
    const store = createTokenStore(pool, box, companyId);
    return { store, exchange: oauth.exchangeRefreshToken, end: () => pool.end() };
  };

  test("twenty workers at once make one exchange, and all of them go on with the new pair", async () => {
    const realmId = await stage.simulator.company({ records: 100 });
    const companyId = await connectedCompany(stage, realmId);
    const before = await stage.simulator.calls(realmId);
    const workers = Array.from({ length: WORKERS }, () => aStore(companyId));
    const stale = (await workers[0]?.store.read())?.accessToken ?? "";

    const pairs = await Promise.all(
      workers.map(({ store, exchange }) => store.refresh(stale, exchange)),
    );

    expect(new Set(pairs.map((pair) => pair.accessToken)).size).toBe(1);
    expect(pairs[0]?.accessToken).not.toBe(stale);
    const after = await stage.simulator.calls(realmId);
    expect(after.oauth.refreshes - before.oauth.refreshes).toBe(1);
    expect(after.oauth.refused).toBe(before.oauth.refused);
    const again = await workers[7]?.store.refresh(pairs[0]?.accessToken ?? "", workers[7].exchange);
    expect(again?.accessToken).not.toBe(pairs[0]?.accessToken);
    await Promise.all(workers.map((worker) => worker.end()));
  });

  test("Intuit being away changes nothing: the old pair stays and may be tried again", async () => {
    const realmId = await stage.simulator.company({ records: 100 });
    const companyId = await connectedCompany(stage, realmId);
    const { store, exchange, end } = aStore(companyId);
    const stale = (await store.read()).accessToken;
    await stage.simulator.post("faults", { kind: "server-error", match: { path: "token" } });

    await expect(store.refresh(stale, exchange)).rejects.toMatchObject({
      fault: { kind: "unavailable" },
    });
    expect((await store.read()).accessToken).toBe(stale);
    expect((await store.refresh(stale, exchange)).accessToken).not.toBe(stale);
    await end();
  });

  test("a grant that is over disconnects the company once, and nobody asks Intuit again", async () => {
    const realmId = await stage.simulator.company({ records: 100 });
    const companyId = await connectedCompany(stage, realmId);
    const workers = Array.from({ length: 5 }, () => aStore(companyId));
    const stale = (await workers[0]?.store.read())?.accessToken ?? "";
    await stage.simulator.post("tokens", { expireRefresh: realmId });

    const answers = await Promise.allSettled(
      workers.map(({ store, exchange }) => store.refresh(stale, exchange)),
    );

    expect(answers.every((answer) => answer.status === "rejected")).toBe(true);
    expect((await stage.simulator.calls(realmId)).oauth.refused).toBe(1);
    expect(await findCompany(stage.pool, companyId)).toMatchObject({
      state: "disconnected",
      stateReason: { kind: "authorization-ended", rawCode: "invalid_grant" },
    });
    await Promise.all(workers.map((worker) => worker.end()));
  });
});
