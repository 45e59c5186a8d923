import { readFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";

import { SaxesParser } from "saxes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { listen, type Listening } from "../../../api/server.ts";
import { ROOT } from "../../../dev/node-process.ts";
import { fuzzBodies, fuzzOf, fuzzTimeoutMs } from "../../support/fuzz.ts";
import { heldMb } from "../../support/heap.ts";
import { PUBLIC_URL, withApi } from "../support.ts";
import { aDesktopCompany, envelopeOf, NAMESPACE, Pc, post, resultIn } from "./calls.ts";

const api = withApi();
const contract = process.env["CONTRACT_DIR"];

let served: Listening;
beforeAll(async () => {
  served = await listen(api.api, { port: 0, publicUrl: PUBLIC_URL });
});
afterAll(() => served.close());
const url = (): string => `http://127.0.0.1:${served.port}/qbwc`;

describe("a reply", () => {
  test("is one compact envelope to the letter", async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
      version: string;
    };
    const reply = await post(api.api, envelopeOf("serverVersion"));
    expect(reply).toEqual({
      status: 200,
      contentType: "text/xml; charset=utf-8",
      body: `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><serverVersionResponse xmlns="${NAMESPACE}"><serverVersionResult>Evenbooks ${version}</serverVersionResult></serverVersionResponse></soap:Body></soap:Envelope>`,
    });
  });

  test("has empty texts as elements that are there", async () => {
    const { pc } = await aDesktopCompany(api, "new");
    const login = await post(api.api, envelopeOf("authenticate", pc.login));
    expect(resultIn("authenticate", login.body)).toMatch(
      /^<string>[\w-]{43}<\/string><string><\/string>$/,
    );
    const version = await post(api.api, envelopeOf("clientVersion", { strVersion: "34.0.1.2" }));
    expect(resultIn("clientVersion", version.body)).toBe("");
  });

  test("speaks SOAP 1.2 to whoever speaks it", async () => {
    const body = envelopeOf("interactiveDone", { wcTicket: "x" }).replace(
      "http://schemas.xmlsoap.org/soap/envelope/",
      "http://www.w3.org/2003/05/soap-envelope",
    );
    const reply = await post(api.api, body, { "content-type": "application/soap+xml" });
    expect(reply.contentType).toBe("application/soap+xml; charset=utf-8");
    expect(reply.body).toContain(
      '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">',
    );
    expect(reply.body).toContain("<interactiveDoneResult>Done</interactiveDoneResult>");
  });

  test("comes over HTTP as it is, without a byte order mark", async () => {
    const response = await fetch(url(), { method: "POST", body: envelopeOf("serverVersion") });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 5).toString("latin1")).toBe("<?xml");
    expect(response.headers.get("content-type")).toBe("text/xml; charset=utf-8");
  });
});

describe("what is no call", () => {
  test.each([
    ["nothing", ""],
    ["JSON", "{}"],
    ["half an envelope", envelopeOf("serverVersion").slice(0, 200)],
    ["an unknown method", envelopeOf("sendMoney")],
    ["a DOCTYPE", `<!DOCTYPE x>${envelopeOf("serverVersion").slice(38)}`],
  ])("is a SOAP fault: %s", async (_, body) => {
    const reply = await post(api.api, body);
    expect(reply.status).toBe(500);
    expect(reply.contentType).toBe("text/xml; charset=utf-8");
    expect(reply.body).toMatch(
      /^<\?xml version="1.0" encoding="utf-8"\?><soap:Envelope .*<faultcode>soap:Client<\/faultcode><faultstring>[^<]+<\/faultstring>/,
    );
  });

  test("is a fault in another character set too, and another verb is told what there is", async () => {
    const utf16 = { "content-type": "text/xml; charset=utf-16" };
    expect((await post(api.api, envelopeOf("serverVersion"), utf16)).status).toBe(500);
    const put = await api.api.fetch(`${PUBLIC_URL}/qbwc`, { method: "PUT", body: "x" });
    expect(put.status).toBe(405);
    expect(put.headers.get("allow")).toBe("GET, HEAD, POST");
  });

  test("does not show what went wrong inside of us", async () => {
    const { pc } = await aDesktopCompany(api, "new");
    await api.pool.query("alter table connectors rename to connectors_gone");
    try {
      const reply = await post(api.api, envelopeOf("authenticate", pc.login));
      expect(reply.status).toBe(500);
      expect(reply.body).toContain("<faultcode>soap:Server</faultcode>");
      expect(reply.body).not.toContain("connectors");
    } finally {
      await api.pool.query("alter table connectors_gone rename to connectors");
    }
    expect(await pc.logIn()).toBe("");
  });

  test("may be huge: the fault comes, and others are served meanwhile", async () => {
    const { pc } = await aDesktopCompany(api, "new");
    await pc.logIn();
    const huge = envelopeOf("receiveResponseXML", {
      ticket: pc.ticket,
      response: "x".repeat(66 * 1024 * 1024),
    });
    const before = process.memoryUsage().rss;
    const [large, small] = await Promise.all([
      fetch(url(), { method: "POST", body: huge }),
      fetch(url(), { method: "POST", body: envelopeOf("serverVersion") }),
    ]);
    expect(small.status).toBe(200);
    expect(large.status).toBe(500);
    expect(await large.text()).toContain("too large");
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  test("may stop in the middle", async () => {
    const socket = createConnection(served.port, "127.0.0.1");
    const body = envelopeOf("serverVersion");
    socket.write(
      `POST /qbwc HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/xml\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 100)}`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    const response = await fetch(url(), { method: "POST", body });
    expect(response.status).toBe(200);
  });

  const rounds = fuzzBodies(3_000);
  test(
    `never harms: ${rounds} broken bodies, then all is as before`,
    { timeout: fuzzTimeoutMs(rounds) },
    async () => {
      const { pc } = await aDesktopCompany(api, "new");
      await pc.logIn();
      const fuzz = fuzzOf(
        ["sendRequestXML", "receiveResponseXML", "connectionError", "closeConnection"]
          .map((method) =>
            envelopeOf(method, { ticket: "no such", response: "<a/>", hresult: "0x1" }),
          )
          .concat(envelopeOf("authenticate", { strUserName: "\u0001'--", strPassword: "x" })),
      );
      let heldBefore = 0;
      for (let round = 0; round < rounds; round++) {
        if (round === Math.floor(rounds / 10)) heldBefore = heldMb();
        const reply = await post(api.api, fuzz.broken());
        expect([200, 500]).toContain(reply.status);
        expect(reply.body).toContain("<soap:Envelope");
      }
      expect(heldMb() - heldBefore).toBeLessThan(50);
      expect(await pc.lastError()).not.toBe("");
      expect(await pc.logIn()).toBe("");
    },
  );
});

describe("what people and tools read", () => {
  test("GET /qbwc is a page that says what this is", async () => {
    const page = await api.get("/qbwc");
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const text = await page.text();
    for (const word of ["Web Connector", ".qwc", "QBWC1040", "password", "Auto-Run"]) {
      expect(text).toContain(word);
    }
  });

  test("the metrics count answers that belong to no request", async () => {
    const pc = new Pc(api.api, { username: "nobody", password: "x" });
    pc.ticket = "never-seen";
    expect(await pc.receive("<a/>")).toBe(-1);
    const metrics = await (await api.get("/metrics")).text();
    expect(metrics).toMatch(/evenbooks_qbwc_stray_answers_total\{why="unknown-ticket"\} [1-9]/);
  });

  test.skipIf(contract === undefined)(
    "?wsdl describes what Intuit's WSDL does, by name and type (skipped where CONTRACT_DIR is not set)",
    async () => {
      const description = await api.get("/qbwc?wsdl");
      expect(description.headers.get("content-type")).toBe("text/xml; charset=utf-8");
      const ours = elementsIn(await description.text());
      const theirs = elementsIn(
        await readFile(join(contract ?? "", "contract/qbwc/QBWebConnectorSvc.wsdl"), "utf8"),
      );
      expect(Object.keys(theirs)).toHaveLength(17);
      expect(ours).toMatchObject(theirs);
      expect(Object.keys(ours)).toHaveLength(23);
    },
  );
});

/** Each element and type of a WSDL's schema with its parts: name, type, and how often. */
function elementsIn(text: string): Record<string, string[]> {
  const elements: Record<string, string[]> = {};
  let current: string[] | null = null;
  let depth = 0;
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ local, attributes }) => {
    const said = (name: string): string => attributes[name]?.value ?? "";
    const isNamed = said("name") !== "" && depth === 0;
    if (isNamed && /^(element|complexType)$/.test(local)) current = elements[said("name")] = [];
    else if (local === "element") {
      const type = said("type").replace(/^.*:/, "");
      current?.push(`${said("name")} ${type} ${said("minOccurs")}..${said("maxOccurs")}`);
    }
    if (local === "element" || local === "complexType") depth++;
  });
  parser.on("closetag", ({ local }) => {
    if (local === "element" || local === "complexType") depth--;
  });
  parser.write(text).close();
  return elements;
}
