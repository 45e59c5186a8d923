import { describe, expect, test } from "vitest";

import { readEnvelope, type Call } from "../../../api/soap/envelope.ts";
import { Refused } from "../../../api/soap/refused.ts";
import { fuzzBodies, fuzzOf, fuzzTimeoutMs } from "../../support/fuzz.ts";
import { heldMb } from "../../support/heap.ts";
import { envelopeOf, NAMESPACE } from "./calls.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = (
  text: string | Uint8Array,
  { size = 1_000_000, isKnown = true } = {},
): Promise<Call> =>
  readEnvelope(pieces(typeof text === "string" ? bytesOf(text) : text, size), () =>
    Promise.resolve(isKnown),
  );

const SOAP_11 = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"';
const around = (inner: string, xmlns = SOAP_11): string =>
  `<s:Envelope ${xmlns}><s:Body>${inner}</s:Body></s:Envelope>`;
const error = (inner: string): string =>
  around(`<getLastError xmlns="${NAMESPACE}">${inner}</getLastError>`);

describe("an envelope", () => {
  test("gives each parameter by its name, whatever the order", async () => {
    const call = await read(
      envelopeOf("authenticate", { strPassword: "p<&>\"' é \u{1F600}", strUserName: "u" }),
    );
    expect(call.method).toBe("authenticate");
    expect(call.version).toBe("1.1");
    expect(Object.fromEntries(call.parameters)).toEqual({
      strUserName: "u",
      strPassword: "p<&>\"' é \u{1F600}",
    });
  });

  test("may come in pieces of any size, cut inside a character", async () => {
    const text = envelopeOf("getLastError", { ticket: "é\u{1F600}&<\n>" });
    for (const size of [1, 2, 3, 7]) {
      const call = await read(text, { size });
      expect(call.parameters.get("ticket")).toBe("é\u{1F600}&<\n>");
    }
  });

  test("may be SOAP 1.2, have a byte order mark, a header, comments and white space", async () => {
    const call = await read(
      `\uFEFF<?xml version="1.0"?>\n<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"> <s:Header><a><b>x</b></a></s:Header>
       <s:Body>\n<serverVersion xmlns="${NAMESPACE}"/><!-- --></s:Body></s:Envelope>`,
    );
    expect(call).toMatchObject({ method: "serverVersion", version: "1.2" });
  });

  test("may be written as a .qwc with Style RPC makes it", async () => {
    const call = await read(
      `<soap:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:tns="${NAMESPACE}" xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><q1:authenticate xmlns:q1="${NAMESPACE}"><strUserName xsi:type="xsd:string">u</strUserName><strPassword xsi:type="xsd:string">p</strPassword></q1:authenticate></soap:Body></soap:Envelope>`,
    );
    expect(Object.fromEntries(call.parameters)).toEqual({ strUserName: "u", strPassword: "p" });
  });

  test("may hold CDATA, numeric entities, and parameters that nobody knows", async () => {
    const call = await read(error("<ticket>a<![CDATA[<b>]]>&#99;&#x64;</ticket><other>1</other>"));
    expect(Object.fromEntries(call.parameters)).toEqual({ ticket: "a<b>cd" });
  });

  test("passes a character on that XML does not know, but for U+0000", async () => {
    const call = await read(
      envelopeOf("receiveResponseXML", { ticket: "t", response: "a\u0001b\u0000c", hresult: "" }),
    );
    expect(call.parameters.get("response")).toBe("a\u0001bc");
  });

  test.each([
    ["nothing", ""],
    ["text", "hello"],
    ["JSON", '{"ticket": 1}'],
    ["HTML", "<html><body>hello</body></html>"],
    ["half an envelope", envelopeOf("serverVersion").slice(0, -30)],
    ["two roots", envelopeOf("serverVersion") + envelopeOf("serverVersion").slice(38)],
    ["an empty body", around("")],
    ["two methods", around(`<serverVersion xmlns="${NAMESPACE}"/>`.repeat(2))],
    ["a method of nobody", around(`<dropTables xmlns="${NAMESPACE}"/>`)],
    ["a name of Object.prototype", around(`<constructor xmlns="${NAMESPACE}"/>`)],
    [
      "a namespace without its slash",
      around('<serverVersion xmlns="http://developer.intuit.com"/>'),
    ],
    ["another envelope", around(`<serverVersion xmlns="${NAMESPACE}"/>`, 'xmlns:s="urn:x"')],
    ["a parameter twice", error("<ticket>a</ticket><ticket>b</ticket>")],
    ["elements in a parameter", error("<ticket><QBXML/></ticket>")],
    ["text beside parameters", error("hello<ticket>a</ticket>")],
    ["an unknown entity", error("<ticket>&nbsp;</ticket>")],
    ["a prefix of nobody", error("<x:ticket>a</x:ticket>")],
    ["a DOCTYPE", `<!DOCTYPE s:Envelope>${envelopeOf("serverVersion").slice(38)}`],
    [
      "entities that grow",
      `<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>${error("<ticket>&b;</ticket>")}`,
    ],
    [
      "an entity from a file",
      `<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]>${error("<ticket>&a;</ticket>")}`,
    ],
    ["a deep header", around("").replace("<s:Body>", `<s:Header>${"<a>".repeat(50)}`)],
    ["a broad header", around("").replace("<s:Body>", `<s:Header>${"<a/>".repeat(500)}`)],
    ["a large call", envelopeOf("getLastError", { ticket: "x".repeat(70_000) })],
    ["a large host answer", envelopeOf("sendRequestXML", { strHCPResponse: "x".repeat(1.1e6) })],
  ])("that is %s is refused", async (_, text) => {
    await expect(read(text, { size: 1_000 })).rejects.toThrow(Refused);
  });

  test("that is not UTF-8 is refused", async () => {
    const latin = Buffer.from(envelopeOf("getLastError", { ticket: "é" }), "latin1");
    await expect(read(latin)).rejects.toThrow("not UTF-8");
    await expect(read(Buffer.from(envelopeOf("serverVersion"), "utf16le"))).rejects.toThrow(
      Refused,
    );
  });

  test("holds an answer up to 64 megabytes where the ticket is known, and one where it is not", async () => {
    const large = envelopeOf("receiveResponseXML", {
      ticket: "t",
      response: "<Name>Larry & Söhne</Name>\n".repeat(100_000),
    });
    const call = await read(large, { size: 65_536 });
    expect(call.parameters.get("response")).toHaveLength(27 * 100_000);
    await expect(read(large, { size: 65_536, isKnown: false })).rejects.toThrow("not known");
    const [head = ""] = envelopeOf("receiveResponseXML", { ticket: "t", response: "y" }).split(
      "y<",
    );
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield bytesOf(head);
      for (;;) yield bytesOf("x".repeat(1_000_000));
    }
    await expect(readEnvelope(endless(), () => Promise.resolve(true))).rejects.toThrow("too large");
  });

  test("lets others have their turn while it is large", async () => {
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    const large = bytesOf(
      envelopeOf("receiveResponseXML", { ticket: "t", response: "<a>".repeat(1_000_000) }),
    );
    await read(large, { size: large.length });
    clearInterval(counting);
    expect(turns).toBeGreaterThan(3);
  });
});

describe("whatever comes", () => {
  const bodies = fuzzBodies(6_000);
  const seeds = [
    envelopeOf("authenticate", { strUserName: "u & v", strPassword: "<p>" }),
    envelopeOf("receiveResponseXML", { ticket: "t", response: "<?xml?>\n<a/>", hresult: "" }),
    envelopeOf("receiveResponseXML", {
      ticket: "t",
      response: "<a>é&amp; plain</a>\r\n".repeat(9),
    }),
    error("<ticket>a<![CDATA[<b>]]>&#99;</ticket><!-- c --><?pi x?>"),
  ];

  test(
    `is a call or refused, in whatever pieces it comes: ${bodies} bodies, cut, mixed and broken`,
    { timeout: fuzzTimeoutMs(bodies) },
    async () => {
      const fuzz = fuzzOf(seeds);
      let refused = 0;
      let heldBefore = 0;
      for (let round = 0; round < bodies; round++) {
        if (round === Math.floor(bodies / 10)) heldBefore = heldMb();
        const bytes = fuzz.broken();
        const outcome = await outcomeOf(bytes, 1 + fuzz.below(200));
        expect(await outcomeOf(bytes, 1 + fuzz.below(7)), bytes.toString("latin1")).toEqual(
          outcome,
        );
        if (outcome === "refused") refused++;
      }
      expect(refused).toBeGreaterThan(bodies / 2);
      expect(refused).toBeLessThan(bodies);
      expect(heldMb() - heldBefore).toBeLessThan(20);
    },
  );

  const outcomeOf = async (bytes: Uint8Array, size: number): Promise<Call | "refused"> => {
    try {
      return await read(bytes, { size });
    } catch (cause) {
      expect(cause, Buffer.from(bytes).toString("latin1")).toBeInstanceOf(Refused);
      return "refused";
    }
  };
});
