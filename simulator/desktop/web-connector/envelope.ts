import { XmlRefused, childOf, escaped, readXml, type XmlElement } from "./xml.ts";

const SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
const INTUIT = "http://developer.intuit.com/";
const XSI = "http://www.w3.org/2001/XMLSchema-instance";
const XSD = "http://www.w3.org/2001/XMLSchema";

/** What the Web Connector calls, with its parameters in the order of the WSDL (facts 1.2). */
export interface Parameters {
  serverVersion: Record<string, never>;
  clientVersion: { strVersion: string };
  authenticate: { strUserName: string; strPassword: string };
  connectionError: { ticket: string; hresult: string; message: string };
  sendRequestXML: {
    ticket: string;
    strHCPResponse: string;
    strCompanyFileName: string;
    qbXMLCountry: string;
    qbXMLMajorVers: number;
    qbXMLMinorVers: number;
  };
  receiveResponseXML: { ticket: string; response: string; hresult: string; message: string };
  getLastError: { ticket: string };
  closeConnection: { ticket: string };
}
export type Method = keyof Parameters;

const ORDER: { readonly [M in Method]: readonly (keyof Parameters[M] & string)[] } = {
  serverVersion: [],
  clientVersion: ["strVersion"],
  authenticate: ["strUserName", "strPassword"],
  connectionError: ["ticket", "hresult", "message"],
  sendRequestXML: [
    "ticket",
    "strHCPResponse",
    "strCompanyFileName",
    "qbXMLCountry",
    "qbXMLMajorVers",
    "qbXMLMinorVers",
  ],
  receiveResponseXML: ["ticket", "response", "hresult", "message"],
  getLastError: ["ticket"],
  closeConnection: ["ticket"],
};

export const METHODS = [
  "serverVersion",
  "clientVersion",
  "authenticate",
  "connectionError",
  "sendRequestXML",
  "receiveResponseXML",
  "getLastError",
  "closeConnection",
] as const satisfies readonly Method[];

/** The SOAPAction header of a call, with its quotes. */
export const actionOf = (method: Method): string => `"${INTUIT}${method}"`;

/** The body of a call on the wire, as the real Web Connector writes it (facts 1.1). */
export function envelopeOf<M extends Method>(method: M, parameters: Parameters[M]): string {
  const inner = ORDER[method].map((name) => element(name, String(parameters[name]))).join("");
  const call =
    inner === ""
      ? `<${method} xmlns="${INTUIT}" />`
      : `<${method} xmlns="${INTUIT}">${inner}</${method}>`;
  return (
    `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="${SOAP}" ` +
    `xmlns:xsi="${XSI}" xmlns:xsd="${XSD}"><soap:Body>${call}</soap:Body></soap:Envelope>`
  );
}

const element = (name: string, text: string): string =>
  text === "" ? `<${name} />` : `<${name}>${escaped(text)}</${name}>`;

/** A reply that is no answer to the call. */
export class ReplyRefused extends Error {
  override readonly name = "ReplyRefused";
  /** The server answered a SOAP fault: it understood the envelope and refused the call. */
  readonly isFault: boolean;

  constructor(message: string, isFault = false, options?: ErrorOptions) {
    super(message, options);
    this.isFault = isFault;
  }
}

/** The result of a call: null where the server left it out or said nil. */
export type Result = string | null | (string | null)[];

/** Reads the reply to a call. Throws ReplyRefused for a fault, and for anything that is no reply. */
export function resultIn(method: Method, body: Buffer): Result {
  const inside = bodyOf(documentIn(body));
  if (inside?.local === "Fault" && inside.uri === SOAP) {
    throw new ReplyRefused(childOf(inside, "faultstring")?.text ?? "SOAP fault", true);
  }
  if (inside === undefined || inside.uri !== INTUIT || inside.local !== `${method}Response`) {
    throw new ReplyRefused(`the reply holds no ${method}Response`);
  }
  const result = inside.children.find(
    ({ local, uri }) => local === `${method}Result` && uri === INTUIT,
  );
  if (result === undefined || isNil(result)) return null;
  if (method !== "authenticate") return result.text;
  return result.children
    .filter(({ local, uri }) => local === "string" && uri === INTUIT)
    .map((item) => (isNil(item) ? null : item.text));
}

function documentIn(body: Buffer): XmlElement {
  if (body.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) {
    throw new ReplyRefused("Response is not well-formed XML: it begins with a byte order mark");
  }
  try {
    return readXml(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch (cause) {
    const why = cause instanceof XmlRefused ? cause.message : "it is not UTF-8";
    throw new ReplyRefused(`Response is not well-formed XML: ${why}`, false, { cause });
  }
}

function bodyOf(root: XmlElement): XmlElement | undefined {
  if (root.local !== "Envelope" || root.uri !== SOAP) {
    throw new ReplyRefused("the reply is no SOAP 1.1 envelope");
  }
  return root.children.find(({ local, uri }) => local === "Body" && uri === SOAP)?.children[0];
}

const isNil = ({ attributes }: XmlElement): boolean =>
  Object.entries(attributes).some(
    ([name, value]) => name.endsWith(":nil") && (value === "true" || value === "1"),
  );
