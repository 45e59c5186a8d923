import { randomBytes, randomUUID } from "node:crypto";

import { describe, expect, test } from "vitest";

import { createTokenStore, connectRealm } from "../../db/connections.ts";
import { createCompany } from "../../db/companies.ts";
import { createSecretBox } from "../../db/secret-box.ts";
import { withPool } from "../support/pools.ts";

const OURS = "company-a";

describe("a secret box", () => {
  const oldKey = randomBytes(32);
  const newKey = randomBytes(32);
  const box = createSecretBox([oldKey]);

  test("opens what it sealed, and never seals the same way twice", () => {
    const first = box.seal("a refresh token: ä", OURS);
    const second = box.seal("a refresh token: ä", OURS);
    expect(box.open(first, OURS)).toBe("a refresh token: ä");
    expect(first.bytes.equals(second.bytes)).toBe(false);
    expect(first.bytes.includes("refresh")).toBe(false);
  });

  test("seals with the newest key and still opens what an older one sealed", () => {
    const rotated = createSecretBox([newKey, oldKey]);
    const before = box.seal("secret", OURS);
    const after = rotated.seal("secret", OURS);
    expect(rotated.open(before, OURS)).toBe("secret");
    expect(rotated.open(after, OURS)).toBe("secret");
    expect(after.keyId).not.toBe(before.keyId);
    expect(createSecretBox([newKey]).open(after, OURS)).toBe("secret");
  });

  test("says which key is missing, and what to do", () => {
    const sealed = box.seal("secret", OURS);
    const stranger = createSecretBox([newKey]);
    expect(() => stranger.open(sealed, OURS)).toThrow(sealed.keyId);
    expect(() => stranger.open(sealed, OURS)).toThrow("add the old key behind the new one");
  });

  test("opens nothing of another company, and nothing that was touched", () => {
    const sealed = box.seal("secret", OURS);
    expect(() => box.open(sealed, "company-b")).toThrow();
    for (let index = 0; index < sealed.bytes.length; index++) {
      const touched = Buffer.from(sealed.bytes);
      touched[index] = (touched[index] ?? 0) ^ 1;
      expect(() => box.open({ ...sealed, bytes: touched }, OURS)).toThrow();
    }
    expect(() => box.open({ ...sealed, bytes: sealed.bytes.subarray(0, -1) }, OURS)).toThrow();
  });

  test("does not take a shortened tag for a whole one", () => {
    const sealed = box.seal("", OURS);
    expect(box.open(sealed, OURS)).toBe("");
    expect(() => box.open({ ...sealed, bytes: sealed.bytes.subarray(0, -8) }, OURS)).toThrow();
  });

  test("is not made without a key", () => {
    expect(() => createSecretBox([])).toThrow("no encryption key");
  });
});

describe("stored tokens", () => {
  const database = withPool();
  const box = createSecretBox([randomBytes(32)]);
  const tokens = {
    accessToken: "access-token-of-a",
    refreshToken: "refresh-token-of-a",
    accessExpiresAt: new Date("2030-01-01T00:00:00Z"),
    refreshExpiresAt: new Date("2030-04-01T00:00:00Z"),
  };

  const connected = async (): Promise<string> => {
    const { id } = await createCompany(database.pool, { name: "Craig's", edition: "online" });
    await connectRealm(database.pool, box, { companyId: id, realmId: randomUUID(), tokens });
    return id;
  };

  test("are nowhere in the database as they are", async () => {
    await connected();
    const { rows } = await database.pool.query<{ row: string }>(
      "select encode(credentials, 'escape') || connections::text as row from connections",
    );
    for (const { row } of rows) expect(row).not.toMatch(/(access|refresh)-token-of-a/);
  });

  test("copied into another company's row do not open", async () => {
    const [mine, theirs] = [await connected(), await connected()];
    const store = createTokenStore(database.pool, box, theirs);
    expect(await store.read()).toMatchObject({ refreshToken: tokens.refreshToken });
    await database.pool.query(
      `update connections set credentials = (select credentials from connections where company_id = $1)
        where company_id = $2`,
      [mine, theirs],
    );
    await expect(store.read()).rejects.toThrow();
  });
});
