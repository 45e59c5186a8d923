import { setImmediate as breathe } from "node:timers/promises";

import { SaxesParser, type SaxesTagPlain } from "saxes";

import { FaultError } from "../../core/faults.ts";
import { unreadable } from "./faults.ts";

/** Characters read before the event loop gets its turn. */
const CHUNK = 256 * 1024;
/** Real answers are some ten levels deep. */
const DEPTH_MAX = 64;
/** QBXML, QBXMLMsgsRs, and the answer to one request: what it holds is one level deeper. */
const DEPTH_OF_RECORDS = 4;

/** The answer to one request of a message set. */
export interface Response {
  /** `InvoiceQueryRs`. */
  name: string;
  statusCode: number;
  statusMessage: string;
  /** How many it would be, where only that was asked for. */
  retCount: number | null;
  iteratorId: string | null;
  /** What the iterator has left; 0 without one. */
  remaining: number;
  records: RawRecord[];
}

/** One object that QuickBooks sent. */
export interface RawRecord {
  /** `InvoiceRet`. */
  ret: string;
  /** Its own text, from `<InvoiceRet>` to `</InvoiceRet>`, as it stands in the answer. */
  text: string;
  /** Texts of its elements, and of those within its references: `TxnID`, `CustomerRef/FullName`. */
  fields: Map<string, string>;
  /** Elements that come several times and hold others: `DataExtRet` as maps of its texts. */
  groups: { name: string; fields: Map<string, string> }[];
}

/**
 * Reads an answer of QuickBooks in one pass, strictly: no DTD, no entities but XML's own. The event
 * loop gets its turn every quarter of a megabyte. Throws the fault `unreadable-answer`.
 */
export async function readAnswer(text: string): Promise<Response[]> {
  const reading = new Reading(text);
  try {
    for (let from = 0; from < text.length; from += CHUNK) {
      if (from > 0) await breathe();
      reading.parser.write(text.slice(from, from + CHUNK));
    }
    reading.parser.close();
  } catch (error) {
    if (error instanceof FaultError) throw error;
    throw unreadable(error instanceof Error ? error.message : String(error), error);
  }
  if (!reading.isComplete) throw unreadable("it holds no answers (QBXMLMsgsRs).");
  return reading.responses;
}

/** Lines are not looked into: what we work with stands beside them. */
const isLine = (name: string): boolean => name.endsWith("LineRet") || name.endsWith("GroupRet");

class Reading {
  readonly parser = new SaxesParser({ xmlns: false, position: true });
  readonly responses: Response[] = [];
  isComplete = false;
  readonly #text: string;
  readonly #path: string[] = [];
  #start = 0;
  #record: RawRecord | null = null;
  #group: Map<string, string> | null = null;
  #value = "";

  constructor(text: string) {
    this.#text = text;
    this.parser.on("error", (error) => {
      throw error;
    });
    this.parser.on("doctype", () => {
      throw unreadable("it declares a document type.");
    });
    this.parser.on("opentag", (tag) => this.#open(tag));
    this.parser.on("closetag", (tag) => this.#close(tag.name));
    this.parser.on("text", (value) => {
      if (this.#record !== null) this.#value += value;
    });
    this.parser.on("cdata", (value) => {
      if (this.#record !== null) this.#value += value;
    });
  }

  #open({ name, attributes }: SaxesTagPlain): void {
    this.#path.push(name);
    const depth = this.#path.length;
    if (depth > DEPTH_MAX) throw unreadable(`elements lie ${depth} deep.`);
    if (depth === DEPTH_OF_RECORDS - 1 && this.#path[1] === "QBXMLMsgsRs") {
      this.responses.push(responseOf(name, attributes));
    } else if (depth === DEPTH_OF_RECORDS) {
      this.#start = this.#text.lastIndexOf("<", this.parser.position - 1);
      this.#record = { ret: name, text: "", fields: new Map(), groups: [] };
    } else if (depth === DEPTH_OF_RECORDS + 1 && this.#record !== null && !isLine(name)) {
      this.#group = new Map();
    }
    this.#value = "";
  }

  #close(name: string): void {
    const depth = this.#path.length;
    const record = this.#record;
    if (depth === 2 && name === "QBXMLMsgsRs") this.isComplete = true;
    if (record !== null && depth === DEPTH_OF_RECORDS) {
      record.text = this.#text.slice(this.#start, this.parser.position);
      this.responses.at(-1)?.records.push(record);
      this.#record = null;
    } else if (record !== null && depth === DEPTH_OF_RECORDS + 1) {
      this.#closeField(record, name);
    } else if (depth === DEPTH_OF_RECORDS + 2 && this.#group !== null) {
      this.#group.set(name, this.#value);
    }
    this.#path.pop();
    this.#value = "";
  }

  /** An element of a record: a text of its own, or a reference, or one of several groups. */
  #closeField(record: RawRecord, name: string): void {
    const group = this.#group;
    this.#group = null;
    if (group !== null && group.size > 0) {
      record.groups.push({ name, fields: group });
      for (const [inner, value] of group) {
        const path = `${name}/${inner}`;
        if (!record.fields.has(path)) record.fields.set(path, value);
      }
    } else if (group !== null) {
      if (record.fields.has(name))
        record.groups.push({ name, fields: new Map([["", this.#value]]) });
      else record.fields.set(name, this.#value);
    }
  }
}

const responseOf = (name: string, attributes: Record<string, string>): Response => ({
  name,
  statusCode: Number(attributes["statusCode"] ?? 0),
  statusMessage: attributes["statusMessage"] ?? "",
  retCount: numberOr(attributes["retCount"], null),
  iteratorId: attributes["iteratorID"] ?? null,
  remaining: numberOr(attributes["iteratorRemainingCount"], 0),
  records: [],
});

function numberOr<T>(text: string | undefined, fallback: T): number | T {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : fallback;
}

const HEAD = /\biterator(RemainingCount|ID)="([^"]*)"/g;
const HEAD_LENGTH = 2_000;

/** The iterator of a single request's answer, read from its head alone: before the records are looked at. */
export function iteratorIn(answer: string): { id: string; remaining: number } | null {
  const found = new Map(
    [...answer.slice(0, HEAD_LENGTH).matchAll(HEAD)].map(([, name, value]) => [name, value]),
  );
  const [id, remaining] = [found.get("ID"), Number(found.get("RemainingCount") ?? 0)];
  return id === undefined || id === "" || !(remaining > 0) ? null : { id, remaining };
}
