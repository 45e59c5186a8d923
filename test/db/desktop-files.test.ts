import { describe, expect, test } from "vitest";

import { confirmCompany } from "../../db/companies.ts";
import { storeBooks } from "../../db/connections.ts";
import { listConnectors } from "../../db/connectors.ts";
import { closeSession } from "../../db/desktop-sessions.ts";
import type { SeenFile } from "../../quickbooks/desktop/exchanges.ts";
import { faultOf, withDesktop, type Open } from "./desktop.ts";

const desktop = withDesktop();

describe("the file of a company", () => {
  const seen = (open: Open, over: Partial<SeenFile> = {}): SeenFile => ({
    fingerprint: {
      fileId: open.fileId,
      companyName: "Larry's Landscaping",
      ein: "12-3456789",
      lastRestoreTime: null,
      sentinels: [{ kind: "customer", quickbooksId: "80000001-1" }],
    },
    file: "C:\\a.qbw",
    host: "FRONTDESK",
    edition: "QuickBooks Premier 2024 (34.0)",
    wasRestored: false,
    isOlder: false,
    ...over,
  });

  test("is bound once it was accepted, with its path on that PC", async () => {
    const open = await desktop.open();
    const before = await open.exchanges.bound();
    expect(before).toMatchObject({
      companyName: "Larry's",
      isConfirmed: false,
      fileId: open.fileId,
      fingerprint: null,
      file: null,
    });
    await open.exchanges.accept(open.holder.sessionId, seen(open));
    await confirmCompany(desktop.pool, open.companyId);
    expect(await open.exchanges.bound()).toMatchObject({
      isConfirmed: true,
      fingerprint: seen(open).fingerprint,
      file: "C:\\a.qbw",
    });
    expect(await open.exchanges.session()).toMatchObject({ isJudged: true });
    const [connector] = await listConnectors(desktop.pool, open.companyId);
    expect(connector).toMatchObject({ file: "C:\\a.qbw", host: "FRONTDESK", isInSession: true });
    const restored = async () =>
      (
        await desktop.pool.query(
          "select restored_at is not null as was from connections where company_id = $1",
          [open.companyId],
        )
      ).rows;
    expect(await restored()).toEqual([{ was: false }]);
    await open.exchanges.accept(open.holder.sessionId, seen(open, { wasRestored: true }));
    expect(await restored()).toEqual([{ was: true }]);
    await open.exchanges.accept(open.holder.sessionId, seen(open, { host: null }));
    expect(await restored()).toEqual([{ was: true }]);
  });

  test("that shows an older state is known since it was first seen so; one that was restored, since the last time", async () => {
    const open = await desktop.open();
    const restoredAt = async (over: Partial<SeenFile>): Promise<unknown> => {
      await open.exchanges.accept(open.holder.sessionId, seen(open, over));
      const { rows } = await desktop.pool.query(
        "select restored_at as at from connections where company_id = $1",
        [open.companyId],
      );
      return rows[0].at;
    };
    const first = await restoredAt({ isOlder: true });
    expect(first).not.toBeNull();
    expect(await restoredAt({ isOlder: true })).toEqual(first);
    expect(await restoredAt({ wasRestored: true })).not.toEqual(first);
  });

  test("keeps what people read of the books up with it", async () => {
    const open = await desktop.open();
    const books = async () =>
      (
        await desktop.pool.query("select books from connections where company_id = $1", [
          open.companyId,
        ])
      ).rows[0]?.books;
    await open.exchanges.accept(open.holder.sessionId, seen(open));
    expect(await books()).toBeNull();
    const first = { name: "Larry's", quickbooksId: null, country: "US", currency: "USD" };
    await storeBooks(desktop.pool, open.companyId, { ...first, file: "C:\\a.qbw", edition: null });
    const { fingerprint } = seen(open);
    await open.exchanges.accept(
      open.holder.sessionId,
      seen(open, {
        file: "D:\\b.qbw",
        fingerprint: { ...fingerprint, companyName: "Larry & Son" },
      }),
    );
    const edition = "QuickBooks Premier 2024 (34.0)";
    const after = { ...first, name: "Larry & Son", file: "D:\\b.qbw", edition };
    expect(await books()).toEqual(after);
    // A Web Connector that says nothing of the program takes nothing back.
    await open.exchanges.accept(
      open.holder.sessionId,
      seen(open, {
        file: "D:\\b.qbw",
        edition: null,
        fingerprint: { ...fingerprint, companyName: "Larry & Son" },
      }),
    );
    expect(await books()).toEqual(after);
  });

  test("is not accepted in a session that is over", async () => {
    const open = await desktop.open();
    await closeSession(desktop.pool, open.holder);
    expect(await faultOf(open.exchanges.accept(open.holder.sessionId, seen(open)))).toMatchObject({
      kind: "connector-away",
    });
    expect(await open.exchanges.bound()).toMatchObject({ fingerprint: null });
  });

  test("may be another company's: by its FileID, or by path, name and EIN", async () => {
    const theirs = await desktop.open("Rock Castle");
    await theirs.exchanges.accept(theirs.holder.sessionId, seen(theirs, { file: "C:\\rock.qbw" }));
    const mine = await desktop.open();
    const bound = await mine.exchanges.bound();
    const otherCompanyOf = (file: SeenFile) => bound.otherCompanyOf(file);
    expect(await otherCompanyOf(seen(theirs))).toBe("Rock Castle");
    expect(await otherCompanyOf(seen(mine, { file: "c:\\ROCK.QBW" }))).toBe("Rock Castle");
    expect(await otherCompanyOf(seen(mine, { file: "C:\\b.qbw" }))).toBeNull();
    const { fingerprint } = seen(mine);
    const other = { ...fingerprint, ein: null };
    expect(
      await otherCompanyOf(seen(mine, { file: "C:\\rock.qbw", fingerprint: other })),
    ).toBeNull();
    const none = { ...fingerprint, fileId: null, companyName: "Another" };
    expect(await otherCompanyOf(seen(mine, { fingerprint: none }))).toBeNull();
    const own = await theirs.exchanges.bound();
    expect(await own.otherCompanyOf(seen(theirs, { file: "C:\\rock.qbw" }))).toBeNull();
  });
});
