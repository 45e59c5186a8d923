import { SaxesParser } from "saxes";

const DEPTH_MAX = 64;

/** One element of a parsed document; `text` is its own character data. */
export interface XmlElement {
  local: string;
  uri: string;
  /** By the name as written, prefix included. */
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

/** A text that is no well-formed XML, or uses what SOAP forbids. */
export class XmlRefused extends Error {
  override readonly name = "XmlRefused";
}

/** Reads a whole document strictly. Throws XmlRefused at its first mistake, and at any DOCTYPE. */
export function readXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  parser.on("error", ({ message }) => {
    throw new XmlRefused(message);
  });
  parser.on("doctype", () => {
    throw new XmlRefused("a DOCTYPE is not allowed");
  });
  parser.on("opentag", ({ local, uri, attributes }) => {
    if (open.length === DEPTH_MAX) throw new XmlRefused("too deep");
    const values = Object.entries(attributes).map(([name, { value }]) => [name, value] as const);
    const element: XmlElement = {
      local,
      uri,
      attributes: Object.fromEntries(values),
      children: [],
      text: "",
    };
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
  parser.write(text).close();
  if (root === undefined) throw new XmlRefused("there is no root element");
  return root;
}

/** The first child with this name, whatever its namespace. */
export const childOf = (element: XmlElement, local: string): XmlElement | undefined =>
  element.children.find((child) => child.local === local);

/** A text as it stands between two tags. Answers are megabytes long: plain replacements are fastest. */
export const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#xD;");
