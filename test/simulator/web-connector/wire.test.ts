import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SaxesParser } from "saxes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aPc, hostQuery, type Pc } from "./a-pc.ts";
import { SoapServer, type Received } from "./soap-server.ts";

const server = new SoapServer();
const heard: Received[] = [];

/** One run that uses every call there is. */
beforeAll(async () => {
  await server.start();
  server.follow();
  const pc: Pc = await aPc(server, { password: "p<&>\"' é\r\n" });
  pc.connector.settings = { ...pc.connector.settings, noOpWaitMs: 1 };
  server.follow({
    authenticate: () => ["a ticket & more", "C:\\gone.qbw"],
    connectionError: () => "",
    sendRequestXML: ({ nth }) => (nth === 1 ? "NoOp" : hostQuery),
    getLastError: () => "NoOp",
  });
  expect((await pc.run()).how).toBe("finished");
  heard.push(...server.received);
});
afterAll(() => server.stop());

const callOf = (method: string): Received => {
  const found = heard.find((one) => one.method === method);
  if (found === undefined) throw new Error(`${method} was not called`);
  return found;
};

test("every body is one line, with Intuit's declaration, prefix and namespaces", () => {
  const head =
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>';
  for (const { method, body } of heard) {
    const start = `${head}<${method} xmlns="http://developer.intuit.com/"`;
    expect(body.slice(0, start.length)).toBe(start);
    expect(body).toMatch(/<\/soap:Body><\/soap:Envelope>$/);
    expect(body.replace(/<response>[^]*<\/response>|<str\w+>[^]*<\/str\w+>/g, "")).not.toContain(
      "\n",
    );
  }
});

test("elements without content close themselves", () => {
  expect(callOf("serverVersion").body).toContain(
    '<soap:Body><serverVersion xmlns="http://developer.intuit.com/" /></soap:Body>',
  );
  expect(callOf("receiveResponseXML").body).toContain("<hresult /><message />");
  expect(heard.find(({ method, nth }) => method === "sendRequestXML" && nth === 2)?.body).toContain(
    "<strHCPResponse />",
  );
});

test("texts are escaped, so that they arrive as they were", () => {
  expect(callOf("authenticate").values).toEqual({
    strUserName: "pc-1",
    strPassword: "p<&>\"' é\r\n",
  });
  expect(callOf("sendRequestXML").values["ticket"]).toBe("a ticket & more");
  expect(callOf("receiveResponseXML").body).toContain("<response>&lt;?xml");
});

test("headers are those of a SOAP 1.1 client", () => {
  for (const { method, headers, body } of heard) {
    expect(headers).toMatchObject({
      "content-type": "text/xml; charset=utf-8",
      soapaction: `"http://developer.intuit.com/${method}"`,
      "content-length": String(Buffer.byteLength(body)),
    });
  }
});

const contract = process.env["CONTRACT_DIR"];
describe.skipIf(contract === undefined)("Intuit's WSDL (needs CONTRACT_DIR)", () => {
  const path = join(contract ?? "", "contract/qbwc/QBWebConnectorSvc.wsdl");
  const wsdl = contract === undefined ? new Map<string, string[]>() : parametersIn(path);
  const methods = [...wsdl.keys()].filter((name) => !name.endsWith("Response"));

  test("names all eight calls", () => {
    expect(new Set(heard.map(({ method }) => method))).toEqual(new Set(methods));
  });

  test.each(methods)("%s has the parameters of the WSDL in their order", (method) => {
    const names = callOf(method).parameters.map(([name]) => name);
    expect(names).toEqual(wsdl.get(method));
  });
});

/** Element names of each global element's sequence. */
function parametersIn(path: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const parser = new SaxesParser({ xmlns: true });
  let depth = 0;
  let current: string[] | undefined;
  parser.on("opentag", ({ local, attributes }) => {
    depth++;
    if (local !== "element") return;
    const name = attributes["name"]?.value ?? "";
    const isGlobal = depth === 4;
    if (isGlobal) found.set(name, (current = []));
    else current?.push(name);
  });
  parser.on("closetag", ({ local }) => {
    if (local === "element" && depth === 4) current = undefined;
    depth--;
  });
  parser.write(readFileSync(path, "utf8")).close();
  return found;
}
