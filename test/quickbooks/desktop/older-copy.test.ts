import { describe, expect, test } from "vitest";

import { aDesktop, never, sourceOf, whole, type Desktop } from "./a-desktop.ts";

const first = (desktop: Desktop) => sourceOf(desktop).count(whole("invoice"), never);

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
      const before = desktop.file.books.lastRestored;
      const backup = desktop.file.backup();
      desktop.clock.advance(20 * 60);
      desktop.file.edit("Customer", customer?.id ?? "", { values: { Phone: "555-1234" } });
      await desktop.logIn();
      await first(desktop);
      expect(desktop.accepted.at(-1)?.wasRestored).toBe(false);
      desktop.file.restore(backup);
      desktop.file.books.lastRestored = before;
      await desktop.logIn();
      await first(desktop);
      expect(desktop.accepted.at(-1)?.wasRestored).toBe(true);
      await desktop.logIn();
      await first(desktop);
      expect(desktop.accepted.at(-1)?.wasRestored).toBe(false);
    },
  );

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
