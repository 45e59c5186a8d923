import { randomBytes, randomUUID } from "node:crypto";

import { expect, test } from "vitest";

import { requeueBatch } from "../../db/batches.ts";
import { confirmCompany, findCompany } from "../../db/companies.ts";
import { connectRealm } from "../../db/connections.ts";
import { claimNextBatch, closeBatch, type Outcome } from "../../db/leases.ts";
import { createSecretBox } from "../../db/secret-box.ts";
import { aBatch, takenLease } from "../support/batches.ts";
import { withPool } from "../support/pools.ts";

const database = withPool();

const REVOKED: Outcome = {
  is: "failed",
  fault: { kind: "authorization-ended", message: "The authorisation has ended." },
};

test("the end of a batch disconnects no company that a person has connected anew meanwhile, and one that ends again", async () => {
  const lease = await aBatch(database.pool);
  const { companyId, batchId } = lease;
  const stateOf = async () => (await findCompany(database.pool, companyId))?.state;
  const hour = new Date(Date.now() + 3_600_000);
  const tokens = {
    accessToken: "a",
    refreshToken: "r",
    accessExpiresAt: hour,
    refreshExpiresAt: null,
  };
  const box = createSecretBox([randomBytes(32)]);
  expect(await connectRealm(database.pool, box, { companyId, realmId: randomUUID(), tokens })).toBe(
    true,
  );
  await confirmCompany(database.pool, companyId);
  await closeBatch(database.pool, lease, REVOKED);
  expect(await stateOf()).toBe("connected");
  await requeueBatch(database.pool, companyId, batchId);
  await claimNextBatch(database.pool, companyId);
  await closeBatch(database.pool, await takenLease(database.pool, lease), REVOKED);
  expect(await stateOf()).toBe("disconnected");
});
