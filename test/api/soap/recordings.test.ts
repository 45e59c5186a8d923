import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";

import { withApi } from "../support.ts";
import { aDesktopCompany, FILE, openQuickBooks, post, resultIn } from "./calls.ts";
import { NEVER, withExchanges } from "./worker.ts";

const api = withApi();
const worker = withExchanges(api);
const contract = process.env["CONTRACT_DIR"];

async function anOpenSession() {
  const { companyId, pc } = await aDesktopCompany(api, "running");
  await pc.logIn();
  await openQuickBooks(api.pool, pc);
  const exchanges = worker.of(companyId);
  const { id: sessionId } = await exchanges.session();
  return { pc, ask: (request: string) => exchanges.ask({ sessionId, request }, NEVER) };
}

describe.skipIf(contract === undefined)(
  "what real PCs sent (skipped where CONTRACT_DIR is not set)",
  () => {
    const folder = join(contract ?? "", "examples/desktop");

    test("arrives as the recorded envelope's inner text says", async () => {
      const recorded = await readFile(join(folder, "receive-response-invoice-add.xml"), "utf8");
      const { pc, ask } = await anOpenSession();
      const asked = ask("<a/>");
      await pc.send();
      const body = recorded.replace(/<ticket>[^<]*<\/ticket>/, `<ticket>${pc.ticket}</ticket>`);
      const received = post(api.api, body);
      expect((await asked).response).toBe(innerText(recorded, "response"));
      expect(resultIn("receiveResponseXML", (await received).body)).toBe("50");
    });

    test("arrives byte for byte inside of an envelope", async () => {
      const names = (await readdir(folder)).filter((name) => /response\.xml|hcp/.test(name));
      expect(names.length).toBeGreaterThan(1);
      const { pc, ask } = await anOpenSession();
      for (const name of names) {
        const text = (await readFile(join(folder, name), "utf8")).replaceAll("\r\n", "\n");
        const asked = ask(`<for name="${name}"/>`);
        await pc.sendUntilAsked();
        const received = pc.receive(text);
        expect((await asked).response).toBe(text);
        await received;
      }
    });

    test("tells what QuickBooks says of itself with the first request", async () => {
      const text = await readFile(join(folder, "hcp-first-send-request.xml"), "utf8");
      const { pc, companyId } = await aDesktopCompany(api, "running");
      await pc.logIn();
      await pc.send(text);
      expect(await worker.of(companyId).session()).toMatchObject({ hostAnswer: text, file: FILE });
    });
  },
);

function innerText(envelope: string, name: string): string {
  let text = "";
  let inside = false;
  const parser = new SaxesParser();
  parser.on("opentag", (tag) => (inside = tag.name === name));
  parser.on("text", (part) => {
    if (inside) text += part;
  });
  parser.on("closetag", () => (inside = false));
  parser.write(envelope).close();
  return text;
}
