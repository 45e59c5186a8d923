import { xmlText } from "./xml-text.ts";

/** An element: its name, and a text or the elements within it, in the order of the schema. */
export type Element = readonly [name: string, content: string | readonly Element[]];

/** One request of a message set. */
export interface Request {
  /** `InvoiceQuery`; the element is `InvoiceQueryRq`. */
  name: string;
  attributes?: Readonly<Record<string, string>>;
  content: readonly Element[];
}

/** What QuickBooks does with the requests after one that fails: it answers all of them. */
const ON_ERROR = "continueOnError";

/**
 * A whole qbXML document with these requests, in ASCII, each numbered by its place. `version` is
 * what QuickBooks and we both speak, as in "13.0". The same document asked again may be answered by
 * what came for the first one; `mark` makes it another one.
 */
export function writeMessages(version: string, requests: readonly Request[], mark = ""): string {
  const written = requests.map(({ name, attributes = {}, content }, index) => {
    const given = Object.entries({ requestID: requestId(index, mark), ...attributes });
    const marks = given.map(([key, value]) => ` ${key}="${xmlText(value)}"`).join("");
    return content.length === 0
      ? `<${name}Rq${marks}/>`
      : `<${name}Rq${marks}>${content.map(writeElement).join("")}</${name}Rq>`;
  });
  return (
    `<?xml version="1.0"?><?qbxml version="${version}"?>` +
    `<QBXML><QBXMLMsgsRq onError="${ON_ERROR}">${written.join("")}</QBXMLMsgsRq></QBXML>`
  );
}

/** The number of a request in its message set. */
export const requestId = (index: number, mark: string): string =>
  mark === "" ? String(index) : `${index}-${mark}`;

const writeElement = ([name, content]: Element): string =>
  `<${name}>${typeof content === "string" ? xmlText(content) : content.map(writeElement).join("")}</${name}>`;
