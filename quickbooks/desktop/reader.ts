import { setImmediate as breathe } from "node:timers/promises";

import { SaxesParser, type SaxesTagPlain } from "saxes";

import { truncated, unreadable } from "./faults.ts";
import { wantedOf, type Wanted } from "./wanted.ts";

/** Characters read before the event loop gets its turn: some five milliseconds of work. */
const CHUNK = 256 * 1024;
/** Real answers are some ten levels deep. */
const DEPTH_MAX = 64;
/** QBXML, QBXMLMsgsRs, the answer to one request, and its records. */
const SET = 2;
const RESPONSE = 3;
const RECORD = 4;

/** The answer to one request of a message set. */
export interface Response {
  /** `InvoiceQueryRs`. */
  name: string;
  requestId: string | null;
  statusCode: number;
  statusMessage: string;
  /** How many there are, where that was asked for. */
  retCount: number | null;
  iteratorId: string | null;
  /** What the iterator has left; 0 without one. */
  remaining: number;
  records: RawRecord[];
  /** Records that are no XML; everything around them was read. */
  spoilt: SpoiltRecord[];
}

/** One object that QuickBooks sent. */
export interface RawRecord {
  /** `InvoiceRet`. */
  ret: string;
  /** Its own text, from `<InvoiceRet>` to `</InvoiceRet>`, as it stands in the answer. */
  text: string;
  /**
   * Texts of its elements, and of those within them: `TxnID`, `CustomerRef/FullName`. Of a kind's
   * records those that its columns come from, of anything else all.
   */
  fields: Map<string, string>;
  /** The same, element by element, of what comes several times: links of records, and all of what is read whole. */
  groups: { name: string; fields: Map<string, string> }[];
}

export interface SpoiltRecord {
  ret: string;
  text: string;
  why: string;
}

/**
 * Reads an answer of QuickBooks in one pass, strictly: no DTD, no entities but XML's own, the order of
 * elements is nothing. A record that is no XML is left out with its text, and everything around it is
 * read. The event loop gets its turn every quarter of a megabyte. Throws the fault `truncated-answer`
 * or `unreadable-answer`.
 */
export async function readAnswer(text: string): Promise<Response[]> {
  const reading = new Reading(text);
  for (let at: number | null = 0; at !== null;) {
    while (at < text.length) {
      if (at > 0) await breathe();
      at = reading.write(at, Math.min(text.length, at + CHUNK));
    }
    at = reading.end();
  }
  return reading.responses;
}

const NONE: ReadonlySet<string> = new Set();

/** A & that begins no entity. */
const BARE = /&(?!(?:#\d{1,7}|#x[\da-fA-F]{1,6}|[a-zA-Z]\w{0,19});)/g;
/** So many records of an answer may lack their end without its reading beginning to take long. */
const RUN_ON_MAX = 20;

/** Thrown out of the parser to stop it. */
class NotXml extends Error {
  override readonly name = "NotXml";
}

class Reading {
  readonly responses: Response[] = [];
  readonly #text: string;
  #parser: SaxesParser;
  /** What lies between the parser's positions and those of the text: it may have begun in the middle. */
  #shift = 0;
  #bare = -1;
  #runOn = 0;
  #depth = 0;
  #isComplete = false;
  #start = 0;
  #record: RawRecord | null = null;
  #wanted: Wanted | null = null;
  /** The element of the record that is open, and what is wanted within it. */
  #outer = "";
  #within = NONE;
  /** Of a record that is read whole: what that element holds, and the path within it. */
  #group = new Map<string, string>();
  #inner: string[] = [];
  #takes = false;
  /** The open element of a record is one of several, read as a group. */
  #isGroup = false;
  #value = "";

  constructor(text: string) {
    this.#text = text;
    this.#parser = this.#newParser();
  }

  /** Reads a stretch; answers where the next one begins. */
  write(from: number, to: number): number {
    const until = Math.min(to, this.#nextBare(from));
    try {
      this.#parser.write(this.#text.slice(from, until));
      if (until < to && !this.#isInCdata(until)) throw new NotXml("a & stands alone");
      if (until < to) this.#parser.write("&");
      return until < to ? until + 1 : to;
    } catch (error) {
      if (!(error instanceof NotXml)) throw error;
      return this.#leaveOut(error);
    }
  }

  /** The text has come to its end; answers where to go on if that was in the middle of a record. */
  end(): number | null {
    try {
      this.#parser.close();
    } catch (error) {
      if (!(error instanceof NotXml)) throw error;
      if (this.#record === null || ++this.#runOn > RUN_ON_MAX) throw truncated();
      return this.#leaveOut(error);
    }
    if (!this.#isComplete) throw unreadable("it holds no answers (QBXMLMsgsRs).");
    return null;
  }

  /** The parser would look for the end of an entity through all the rest: the next & that begins none. */
  #nextBare(from: number): number {
    if (this.#bare < from) {
      BARE.lastIndex = from;
      this.#bare = BARE.exec(this.#text)?.index ?? this.#text.length;
    }
    return this.#bare;
  }

  #isInCdata(at: number): boolean {
    const before = this.#text.slice(this.#start, at);
    return before.lastIndexOf("<![CDATA[") > before.lastIndexOf("]]>");
  }

  #newParser(): SaxesParser {
    const parser = new SaxesParser({ xmlns: false, position: false });
    parser.on("error", (error) => {
      throw new NotXml(error.message, { cause: error });
    });
    parser.on("doctype", () => {
      throw unreadable("it declares a document type.");
    });
    parser.on("opentag", (tag) => this.#open(tag));
    parser.on("closetag", (tag) => this.#close(tag.name));
    parser.on("text", (value) => {
      if (this.#takes) this.#value += value;
    });
    parser.on("cdata", (value) => {
      if (this.#takes) this.#value += value;
    });
    return parser;
  }

  /** A record that is no XML is cut out of the text, and a new parser goes on behind it. */
  #leaveOut(error: NotXml): number {
    const record = this.#record;
    const response = this.responses.at(-1);
    if (record === null || response === undefined) throw unreadable(error.message, error);
    const closing = `</${record.ret}>`;
    const found = this.#text.indexOf(closing, this.#start);
    if (found < 0) throw truncated();
    const end = found + closing.length;
    response.spoilt.push({
      ret: record.ret,
      text: this.#text.slice(this.#start, end),
      why: error.message,
    });
    const frame = `<QBXML><QBXMLMsgsRs><${response.name}>`;
    this.#record = null;
    this.#takes = false;
    this.#inner = [];
    this.#depth = 0;
    this.#parser = this.#newParser();
    this.responses.pop();
    this.#parser.write(frame);
    this.responses.splice(-1, 1, response);
    this.#shift = end - frame.length;
    return end;
  }

  #open(tag: SaxesTagPlain): void {
    const depth = ++this.#depth;
    if (depth > RECORD) {
      if (this.#record !== null) this.#openWithin(tag.name, depth);
      return;
    }
    if (depth === RECORD) {
      const position = this.#parser.position + this.#shift;
      this.#start = this.#text.lastIndexOf("<", position - 1);
      this.#record = { ret: tag.name, text: "", fields: new Map(), groups: [] };
      this.#wanted = wantedOf(tag.name);
    } else if (depth === RESPONSE) {
      this.responses.push(responseOf(tag.name, tag.attributes));
    } else if (depth === SET && tag.name !== "QBXMLMsgsRs") {
      throw unreadable(`it holds ${tag.name.slice(0, 40)}.`);
    } else if (depth < SET && tag.name !== "QBXML") {
      throw unreadable(`it is ${tag.name.slice(0, 40)}.`);
    }
  }

  #openWithin(name: string, depth: number): void {
    if (depth > DEPTH_MAX) throw new NotXml(`elements lie ${depth} deep`);
    this.#value = "";
    if (this.#wanted === null) {
      if (depth === RECORD + 1) this.#group = new Map();
      else this.#inner.push(name);
      this.#takes = true;
    } else if (depth === RECORD + 1) {
      this.#outer = name;
      this.#within = this.#wanted.within.get(name) ?? NONE;
      this.#takes = this.#wanted.leaves.has(name);
      this.#isGroup = this.#wanted.repeated.has(name);
      if (this.#isGroup) this.#group = new Map();
    } else {
      this.#takes = depth === RECORD + 2 && (this.#isGroup || this.#within.has(name));
    }
  }

  #close(name: string): void {
    const depth = this.#depth--;
    if (depth > RECORD) {
      if (this.#record !== null) this.#closeWithin(this.#record, name, depth);
      return;
    }
    if (depth === RECORD && this.#record !== null) {
      const end = this.#parser.position + this.#shift;
      this.#record.text = this.#text.slice(this.#start, end);
      this.responses.at(-1)?.records.push(this.#record);
      this.#record = null;
    } else if (depth === SET) {
      this.#isComplete = true;
    }
  }

  #closeWithin(record: RawRecord, name: string, depth: number): void {
    if (this.#wanted !== null) {
      if (this.#isGroup) {
        if (depth === RECORD + 1) record.groups.push({ name, fields: this.#group });
        else if (this.#takes) keep(this.#group, name, this.#value);
      } else if (this.#takes) {
        keep(record.fields, depth === RECORD + 1 ? name : `${this.#outer}/${name}`, this.#value);
      }
    } else if (depth > RECORD + 1) {
      if (this.#takes) keep(this.#group, this.#inner.join("/"), this.#value);
      this.#inner.pop();
    } else {
      for (const [inner, text] of this.#group) keep(record.fields, `${name}/${inner}`, text);
      if (this.#takes) {
        keep(record.fields, name, this.#value);
        this.#group.set("", this.#value);
      }
      record.groups.push({ name, fields: this.#group });
    }
    this.#takes = false;
  }
}

/** The first of several counts. */
function keep(fields: Map<string, string>, path: string, value: string): void {
  if (!fields.has(path)) fields.set(path, value);
}

const responseOf = (name: string, attributes: Record<string, string>): Response => ({
  name,
  requestId: attributes["requestID"] || null,
  statusCode: numberOr(attributes["statusCode"], 0),
  statusMessage: attributes["statusMessage"] ?? "",
  retCount: numberOr(attributes["retCount"], null),
  iteratorId: attributes["iteratorID"] || null,
  remaining: numberOr(attributes["iteratorRemainingCount"], 0),
  records: [],
  spoilt: [],
});

const numberOr = <T>(text: string | undefined, fallback: T): number | T =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : fallback;

const HEAD = /<\w+QueryRs\b([^>]*)>/;
const ATTRIBUTE = /(\w+)="([^"]*)"/g;
const HEAD_LENGTH = 4_000;

/** What the head of an answer to one request says before its records are looked at; null where it says nothing. */
export function headOf(
  answer: string,
): Pick<Response, "statusCode" | "iteratorId" | "remaining"> | null {
  const found = HEAD.exec(answer.slice(0, HEAD_LENGTH));
  if (found === null) return null;
  const attributes: Record<string, string> = {};
  for (const [, name = "", value = ""] of (found[1] ?? "").matchAll(ATTRIBUTE)) {
    attributes[name] = value;
  }
  return responseOf("", attributes);
}

/** How many records an answer holds, counted without reading it. */
export function countRecords(answer: string, rets: readonly string[]): number {
  let count = 0;
  for (const ret of rets) {
    const closing = `</${ret}>`;
    for (let at = answer.indexOf(closing); at >= 0; at = answer.indexOf(closing, at + 1)) count++;
  }
  return count;
}
