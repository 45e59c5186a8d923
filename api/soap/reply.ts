import { ENVELOPES, QBWC_NAMESPACE } from "./methods.ts";
import type { Method, ResultOf, SoapVersion } from "./methods.ts";

// Compact, without a byte order mark, and with empty elements in their place: the Web Connector fails at each of these.
const PROLOG = '<?xml version="1.0" encoding="utf-8"?>';

const CONTENT_TYPES: Record<SoapVersion, string> = {
  "1.1": "text/xml; charset=utf-8",
  "1.2": "application/soap+xml; charset=utf-8",
};

/** The answer to a call. */
export function reply<M extends Method>(
  version: SoapVersion,
  method: M,
  result: ResultOf<M>,
): Response {
  const inner = Array.isArray(result)
    ? result.map((text: string) => `<string>${escapeXml(text)}</string>`).join("")
    : escapeXml(String(result));
  return envelope(
    version,
    200,
    `<${method}Response xmlns="${QBWC_NAMESPACE}"><${method}Result>${inner}</${method}Result></${method}Response>`,
  );
}

/** Why a call was not answered: `sender` is at fault, or `receiver`, who is us. */
export function soapFault(
  version: SoapVersion,
  whose: "sender" | "receiver",
  why: string,
): Response {
  const reason = escapeXml(why);
  const fault =
    version === "1.1"
      ? `<soap:Fault><faultcode>soap:${whose === "sender" ? "Client" : "Server"}</faultcode><faultstring>${reason}</faultstring></soap:Fault>`
      : `<soap:Fault><soap:Code><soap:Value>soap:${whose === "sender" ? "Sender" : "Receiver"}</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">${reason}</soap:Text></soap:Reason></soap:Fault>`;
  return envelope(version, 500, fault);
}

const envelope = (version: SoapVersion, status: number, body: string): Response =>
  new Response(
    `${PROLOG}<soap:Envelope xmlns:soap="${ENVELOPES[version]}"><soap:Body>${body}</soap:Body></soap:Envelope>`,
    { status, headers: { "content-type": CONTENT_TYPES[version], "cache-control": "no-store" } },
  );

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

// What XML 1.0 cannot hold in any way.
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Text as it stands in an element or in quotes. */
export const escapeXml = (text: string): string =>
  text.replace(NOT_IN_XML, "").replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? "");
