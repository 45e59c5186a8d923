import { describe, expect, test } from "vitest";

import type { HeldRecord } from "../../../quickbooks/desktop/exchanges.ts";
import { aDesktop, never, sourceOf, whole, type Desktop } from "./a-desktop.ts";

const first = (desktop: Desktop) => sourceOf(desktop).count(whole("invoice"), never);

const AS_IT_WAS = { wasRestored: false, isOlder: false };

describe("an older state of the file that no LastRestoreTime tells", () => {
  test.each([
    ["with an offset", 0, (text: string) => text],
    [
      "without one, far in the east",
      600,
      (text: string) =>
        text.replaceAll(/(<Time(?:Modified|Created)>[^<+]{19})[+-]\d\d:\d\d</g, "$1<"),
    ],
  ])(
    "an old copy in which everything is there, and one record is as it was before an edit: times %s",
    async (_, utcOffsetMinutes, onAnswer) => {
      const desktop = await aDesktop({ utcOffsetMinutes });
      // A time just now, where the wall clock of the east is ahead of us.
      desktop.clock.ms = Date.now();
      desktop.onAnswer = onAnswer;
      await sourceOf(desktop).readCompany(never);
      const [customer] = desktop.file.books.rows.Customer;
      const backup = desktop.file.backup();
      desktop.clock.advance(20 * 60);
      desktop.file.edit("Customer", customer?.id ?? "", { values: { Phone: "555-1234" } });
      await desktop.logIn();
      await first(desktop);
      expect(desktop.accepted.at(-1)?.wasRestored).toBe(false);
      desktop.file.restore(backup, true);
      await desktop.logIn();
      await first(desktop);
      expect(desktop.accepted.at(-1)?.wasRestored).toBe(true);
      await desktop.logIn();
      await first(desktop);
      expect(desktop.accepted.at(-1)?.wasRestored).toBe(false);
    },
  );

  /** What the copy is put in the place of: the file after an edit that a sync has brought. */
  async function afterwards(
    work: (desktop: Desktop, id: string) => Partial<HeldRecord>,
    hasCopy = true,
  ): Promise<boolean | undefined> {
    const desktop = await aDesktop();
    await sourceOf(desktop).readCompany(never);
    const id = desktop.file.books.txns.BillPaymentCreditCard[0]?.id ?? "";
    const backup = desktop.file.backup();
    desktop.clock.advance(3 * 3_600);
    const held = { kind: "bill_payment", quickbooksId: id, isDeleted: false } as const;
    const modifiedAt = new Date(desktop.file.nowMs());
    desktop.held = [{ ...held, modifiedAt, ...work(desktop, id) }];
    await desktop.logIn();
    await first(desktop);
    expect(desktop.accepted.at(-1), "before it was").toMatchObject(AS_IT_WAS);
    if (hasCopy) desktop.file.restore(backup, true);
    await desktop.logIn();
    await first(desktop);
    return desktop.accepted.at(-1)?.isOlder;
  }

  const edited = (desktop: Desktop, id: string) => {
    desktop.file.edit("BillPaymentCreditCard", id, { memo: "again" });
    return {};
  };
  const deleted = (desktop: Desktop, id: string) => {
    desktop.file.remove("BillPaymentCreditCard", id);
    return { isDeleted: true };
  };
  const made = (desktop: Desktop) => ({
    quickbooksId: desktop.file.create("JournalEntry", {}),
    kind: "journal_entry" as const,
  });

  test.each([
    ["edited", edited],
    ["deleted", deleted],
    ["made", made],
  ])(
    "an old copy that differs by one record of any kind alone, which was %s since",
    async (_, work) => {
      expect(await afterwards(work)).toBe(true);
    },
  );

  test.each([
    ["edited", edited],
    ["deleted", deleted],
    ["made", made],
    [
      "deleted, which we have not heard of",
      (desktop: Desktop, id: string) => ({ ...deleted(desktop, id), isDeleted: false }),
    ],
  ])("a record that was %s is no older state", async (_, work) => {
    expect(await afterwards(work, false)).toBe(false);
  });

  test("a record that is edited by a clock that is set right is no restore", async () => {
    const desktop = await aDesktop();
    const [customer] = desktop.file.books.rows.Customer;
    const day = 86_400;
    desktop.clock.advance(900 * day);
    desktop.file.edit("Customer", customer?.id ?? "", { values: { Phone: "555-1234" } });
    await desktop.logIn();
    await first(desktop);
    desktop.clock.advance(-900 * day + 600);
    desktop.file.edit("Customer", customer?.id ?? "", { values: { Phone: "555-1234" } });
    await desktop.logIn();
    await first(desktop);
    expect(desktop.accepted.at(-1)?.wasRestored).toBe(false);
  });
});
