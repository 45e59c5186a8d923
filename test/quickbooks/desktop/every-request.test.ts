import { readFileSync } from "node:fs";
import { join } from "node:path";

import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs";
import { describe, expect, test } from "vitest";

import { isTransactionKind } from "../../../core/record-kinds.ts";
import { meetFile } from "../../../quickbooks/desktop/company.ts";
import {
  aDesktop,
  DESKTOP_RECORD_KINDS,
  held,
  never,
  sourceOf,
  walk,
  whole,
  type Desktop,
} from "./a-desktop.ts";

const contract = process.env["CONTRACT_DIR"];

/** Does everything that a source can do, so that every request it knows is asked. */
async function everythingAsked(desktop: Desktop): Promise<readonly string[]> {
  desktop.insideMs = (records) => 20 + records * 80;
  await meetFile(desktop, never);
  const source = sourceOf(desktop);
  const { at } = await source.readCompany(never);
  const stretch = { modifiedFrom: new Date(at.getTime() - 500 * 86_400_000), modifiedUntil: at };
  for (const kind of DESKTOP_RECORD_KINDS) {
    const listings = [whole(kind), whole(kind, stretch)];
    if (isTransactionKind(kind)) {
      listings.push(whole(kind, { datedFrom: "2025-01-01" }));
      listings.push(
        whole(kind, { datedFrom: "2025-01-01", datedUntil: "2025-06-30", modifiedUntil: at }),
      );
      listings.push(whole(kind, { datedFrom: "2025-01-01", ...stretch }));
    }
    for (const listing of listings) {
      await walk(source, listing, { total: await source.count(listing, never) });
    }
    const [id = ""] = held(desktop.file, kind).keys();
    await source.readByIds(kind, [id], never);
  }
  for (const kind of ["invoice", "bill"] as const) {
    const listing = whole(kind, { scope: "open", modifiedUntil: at });
    await walk(source, listing, { total: await source.count(listing, never) });
  }
  await source.readOpenBalances("2026-12-31", never);
  desktop.clock.advance(60);
  for (const { id } of desktop.file.books.txns.Invoice.slice(0, 400)) {
    desktop.file.edit("Invoice", id, { memo: "again" });
  }
  await desktop.logIn();
  for await (const changes of source.changesSince(
    { since: at, kinds: DESKTOP_RECORD_KINDS },
    never,
  ))
    void changes;
  return desktop.asked;
}

describe("every request that is ever asked", () => {
  test("is plain ASCII and numbered, and QuickBooks takes it", async () => {
    const asked = await everythingAsked(await aDesktop({ records: 3000 }));
    expect(asked.length).toBeGreaterThan(50);
    for (const request of asked) {
      expect(/^[\x20-\x7e]*$/.test(request)).toBe(true);
      expect(request.startsWith('<?xml version="1.0"?><?qbxml version="13.0"?><QBXML>')).toBe(true);
      expect(request.match(/<\w+QueryRq /g)?.length).toBe(request.match(/ requestID="/g)?.length);
    }
  });

  test("by ids is asked anew each time: an answer to an attempt before it may be old by now", async () => {
    const desktop = await aDesktop();
    const source = sourceOf(desktop);
    const ids = desktop.file.books.txns.Invoice.slice(0, 3).map(({ id }) => id);
    await source.readByIds("invoice", ids, never);
    await source.readByIds("invoice", ids, never);
    expect(new Set(desktop.asked).size).toBe(desktop.asked.length);
  });

  test.skipIf(contract === undefined)("is valid by Intuit's schema of qbXML 13.0", async () => {
    const asked = await everythingAsked(await aDesktop({ records: 3000 }));
    xmlRegisterFsInputProviders();
    const url = join(contract ?? "", "contract", "qbxml", "qbxmlops130.xsd");
    using schema = XmlDocument.fromBuffer(readFileSync(url), { url });
    using validator = XsdValidator.fromDoc(schema);
    for (const request of new Set(asked)) {
      using document = XmlDocument.fromString(request);
      expect(() => validator.validate(document), request).not.toThrow();
    }
  });
});
