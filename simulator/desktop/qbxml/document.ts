import { SaxesParser } from "saxes";

const DEPTH_MAX = 32;

/** One element of a request. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

export interface Document {
  root: XmlElement;
  /** What `<?qbxml version="13.0"?>` says. */
  version: string;
}

const BEYOND_ASCII = /[^\t\n\r\x20-\x7e]/;
const VERSION = /^\s*version\s*=\s*["'](\d{1,2}\.\d)["']\s*$/;

/**
 * Reads a request as QuickBooks does: well-formed, with its qbxml instruction, and nothing beyond
 * ASCII unless it is written as a number (facts 3.5). Undefined when it is not.
 */
export function readDocument(text: string): Document | undefined {
  if (BEYOND_ASCII.test(text)) return undefined;
  const parser = new SaxesParser();
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let version: string | undefined;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("doctype", () => {
    throw new Error("a DOCTYPE is not allowed");
  });
  parser.on("processinginstruction", ({ target, body }) => {
    if (target === "qbxml" && root === undefined) version = VERSION.exec(body)?.[1];
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length === DEPTH_MAX) throw new Error("too deep");
    const element: XmlElement = { name, attributes: { ...attributes }, children: [], text: "" };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (more: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += more;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => void open.pop());
  try {
    parser.write(text).close();
  } catch {
    return undefined;
  }
  return root === undefined || version === undefined ? undefined : { root, version };
}

export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);

/** The text of a child; '' when it is empty or not there. */
export const textOf = (element: XmlElement, name: string): string =>
  childOf(element, name)?.text.trim() ?? "";

export const textsOf = (element: XmlElement, name: string): string[] =>
  element.children.filter((child) => child.name === name).map(({ text }) => text);

export const isYes = (element: XmlElement, name: string): boolean =>
  /^(true|1)$/.test(textOf(element, name));
