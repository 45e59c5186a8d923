import { describe, expect, test } from "vitest";

import { FaultError, faultIn } from "../../../core/faults.ts";
import type { ChangesWanted, Checkpoint } from "../../../quickbooks/source.ts";
import { aDesktop, DESKTOP_RECORD_KINDS, never, sourceOf, walk, whole } from "./a-desktop.ts";

describe("what changed since a moment, read in", () => {
  const shortSessions = [1, 2, 5].flatMap((requests) =>
    [250, 950].map((edits) => [requests, edits]),
  );
  test.each(shortSessions)(
    "sessions that break off after %i requests: %i edits come in, each session reads on behind the one before",
    async (requests, edits) => {
      const desktop = await aDesktop({ records: 5000 });
      const source = sourceOf(desktop);
      await walk(source, whole("customer"));
      const moment = new Date(desktop.file.nowMs() - 60_000);
      desktop.clock.advance(30);
      const edited = desktop.file.books.txns.Invoice.slice(0, edits);
      for (const { id } of edited) {
        desktop.clock.advance(1);
        desktop.file.edit("Invoice", id, { memo: "again" });
      }
      let left = 0;
      desktop.before = () => {
        if (left-- > 0) return;
        desktop.end();
        throw new FaultError({ kind: "connector-away", message: "It broke off." });
      };
      const found = new Set<string>();
      let sessions = 0;
      let read = 0;
      const wanted: ChangesWanted = { since: moment, kinds: DESKTOP_RECORD_KINDS };
      for (let rest: Checkpoint | null | "new" = "new"; rest !== null; sessions++) {
        left = requests;
        await desktop.logIn();
        const from: Checkpoint | null = rest === "new" ? null : rest;
        try {
          for await (const page of source.changesSince({ ...wanted, rest: from }, never)) {
            for (const { kind, quickbooksId } of page.records) found.add(`${kind} ${quickbooksId}`);
            read += page.records.length;
            rest = page.rest;
          }
        } catch (error) {
          expect(faultIn(error)?.kind).toBe("connector-away");
        }
        expect(sessions, "it comes to no end").toBeLessThan(500);
      }
      for (const { id } of edited) expect(found).toContain(`invoice ${id}`);
      console.log(`${edits} edits in ${sessions} sessions of ${requests}: ${read} records read`);
    },
  );
});
