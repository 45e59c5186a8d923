import { setImmediate as breathe } from "node:timers/promises";

import { SaxesParser, type SaxesTagNS } from "saxes";

import { ENVELOPES, isMethod, METHODS, QBWC_NAMESPACE } from "./methods.ts";
import type { Method, SoapVersion } from "./methods.ts";
import { readPlainText } from "./plain-text.ts";
import { Refused } from "./refused.ts";

/** An answer of QuickBooks with some thousand records is a few megabytes. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** The first sendRequestXML brings what QuickBooks says of itself and the company. */
const HOST_BYTES_MAX = 1024 * 1024;
const BYTES_MAX = 64 * 1024;
/** From here on the ticket must be known: nobody else fills our memory. */
const STRANGERS_BYTES_MAX = 1024 * 1024;
const DEPTH_MAX = 12;
const ELEMENTS_MAX = 200;
/** A body is read in slices, and other requests get their turn between some of them. */
const SLICE_BYTES = 64 * 1024;
const SLICES_A_TURN = 4;
/** So many characters that XML does not know are passed on, for the reader of the answer to judge. */
const STRANGE_CHARACTERS_MAX = 1_000;

const TAG_END = 0x3e;
const SLASH = 0x2f;
const EMPTY = new Uint8Array();

/** One call of a Web Connector. */
export interface Call {
  method: Method;
  /** By name; one that was not sent is missing. */
  parameters: ReadonlyMap<string, string>;
  version: SoapVersion;
}

const bytesMax = (method: Method | null): number => {
  if (method === "receiveResponseXML") return ANSWER_BYTES_MAX;
  return method === "sendRequestXML" ? HOST_BYTES_MAX : BYTES_MAX;
};

/**
 * Reads a SOAP envelope as it arrives. Throws `Refused` for whatever is none, is too large or too
 * deep, has a DOCTYPE, or calls no method of the contract; what comes after that is not read. A large
 * answer is read only where `isKnown` knows the ticket before it.
 */
export async function readEnvelope(
  body: AsyncIterator<Uint8Array>,
  isKnown: (ticket: string) => Promise<boolean>,
): Promise<Call> {
  const reader = new EnvelopeReader();
  try {
    let bytes = 0;
    let slices = 0;
    let isTrusted = false;
    for (let next = await body.next(); next.done !== true; next = await body.next()) {
      for (let at = 0; at < next.value.length; at += SLICE_BYTES) {
        const slice = next.value.subarray(at, at + SLICE_BYTES);
        bytes += slice.length;
        reader.write(slice);
        if (bytes > bytesMax(reader.method)) throw new Refused("The body is too large.");
        if (!isTrusted && bytes > STRANGERS_BYTES_MAX) {
          isTrusted = await isKnown(reader.ticket);
          if (!isTrusted)
            throw new Refused("The body is too large for a ticket that is not known.");
        }
        if (++slices % SLICES_A_TURN === 0) await breathe();
      }
    }
    return reader.end();
  } catch (error) {
    if (error instanceof Refused) error.version = reader.version;
    throw error;
  }
}

type Place = "document" | "envelope" | "header" | "body" | "method" | "parameter" | "after";

class EnvelopeReader {
  method: Method | null = null;
  version: SoapVersion = "1.1";
  readonly #parameters = new Map<string, string>();
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  readonly #parser = new SaxesParser({ xmlns: true, position: false });
  #place: Place = "document";
  #depth = 0;
  #elements = 0;
  #strange = 0;
  #name = "";
  #text: string[] = [];
  /** The text of a parameter begins here, or is under way, and the parser does not see it. */
  #isInText = false;
  /** Something came that is more than plain text within tags. */
  #isStrange = false;
  /** What the bytes to come belong to. */
  #left: Uint8Array = EMPTY;

  constructor() {
    this.#parser.on("error", (error) => this.#troubled(error));
    this.#parser.on("doctype", () => refuse("A DOCTYPE is not allowed."));
    this.#parser.on("opentag", (tag) => this.#opened(tag));
    this.#parser.on("closetag", () => this.#closed());
    this.#parser.on("text", (text) => this.#heard(text));
    this.#parser.on("cdata", (text) => this.#heard(text));
  }

  /** As far as it was read. */
  get ticket(): string {
    return this.#parameters.get("ticket") ?? "";
  }

  write(slice: Uint8Array): void {
    let left: Uint8Array = this.#left.length === 0 ? slice : Buffer.concat([this.#left, slice]);
    this.#left = EMPTY;
    while (left.length > 0) {
      const read = this.#isInText ? this.#readText(left) : this.#parse(left);
      if (read === 0) break;
      left = left.subarray(read);
    }
    this.#left = left;
  }

  /** Answers how many bytes it took; up to a tag's end at most, behind which a parameter's text may begin. */
  #parse(bytes: Uint8Array): number {
    const end = this.#isStrange ? -1 : bytes.indexOf(TAG_END);
    const taken = end < 0 ? bytes : bytes.subarray(0, end + 1);
    this.#parser.write(this.#decode(taken));
    this.#isInText = this.#place === "parameter" && end >= 0 && !this.#isStrange;
    return taken.length;
  }

  /** The text of a parameter, up to the tag that ends it; the parser sees the two tags alone. */
  #readText(bytes: Uint8Array): number {
    const { text, read, next } = readPlainText(bytes);
    this.#text.push(this.#decode(text));
    const isEnd = bytes[read + 1] === SLASH;
    if (next === "more" || (next === "markup" && read + 1 === bytes.length)) return read;
    this.#isInText = false;
    // From here on the parser is to judge every byte.
    if (next === "strange" || !isEnd) this.#isStrange = true;
    return read === 0 ? this.#parse(bytes) : read;
  }

  end(): Call {
    this.#parser.write(this.#decode(this.#left));
    this.#parser.write(this.#decode());
    this.#parser.close();
    if (this.method === null) throw new Refused("The body calls no method.");
    return { method: this.method, parameters: this.#parameters, version: this.version };
  }

  #decode(slice?: Uint8Array): string {
    try {
      return this.#decoder.decode(slice, { stream: slice !== undefined });
    } catch {
      throw new Refused("The body is not UTF-8.");
    }
  }

  /**
   * Whatever is not well-formed is refused, but for characters that XML does not know inside of a
   * parameter: people's texts in QuickBooks hold some, and an envelope refused is a sync that stands.
   */
  #troubled(error: Error): void {
    const isStrange = /disallowed character\.|malformed character entity\./.test(error.message);
    if (isStrange && this.#place === "parameter" && ++this.#strange <= STRANGE_CHARACTERS_MAX)
      return;
    throw new Refused(`The body is not well-formed XML: ${error.message.slice(0, 200)}`);
  }

  #opened(tag: SaxesTagNS): void {
    if (++this.#depth > DEPTH_MAX) throw new Refused("The body is nested too deeply.");
    if (++this.#elements > ELEMENTS_MAX) throw new Refused("The body has too many elements.");
    switch (this.#place) {
      case "document":
        this.#openEnvelope(tag);
        return;
      case "envelope":
        this.#openPart(tag);
        return;
      case "body":
        this.#openMethod(tag);
        return;
      case "method":
        if (this.#parameters.has(tag.local)) throw new Refused(`${cut(tag.local)} is there twice.`);
        this.#place = "parameter";
        this.#name = tag.local;
        this.#text = [];
        return;
      case "parameter":
        throw new Refused(`${cut(this.#name)} holds elements; it is a text.`);
      case "header":
        return;
      case "after":
        throw new Refused("The body calls more than one method.");
    }
  }

  #openEnvelope({ local, uri }: SaxesTagNS): void {
    const isTwelve = uri === ENVELOPES["1.2"];
    if (local !== "Envelope" || (uri !== ENVELOPES["1.1"] && !isTwelve)) {
      throw new Refused("The body is not a SOAP envelope.");
    }
    this.version = isTwelve ? "1.2" : "1.1";
    this.#place = "envelope";
  }

  #openPart({ local, uri }: SaxesTagNS): void {
    if (uri !== ENVELOPES[this.version] || (local !== "Header" && local !== "Body")) {
      throw new Refused("The envelope holds something else than a header and a body.");
    }
    this.#place = local === "Header" ? "header" : "body";
  }

  #openMethod({ local, uri }: SaxesTagNS): void {
    if (uri !== QBWC_NAMESPACE || !isMethod(local)) {
      throw new Refused(`There is no method ${cut(local)} in this namespace.`);
    }
    this.method = local;
    this.#place = "method";
  }

  #closed(): void {
    this.#depth--;
    if (this.#place === "parameter") {
      this.#keep();
      this.#place = "method";
    } else if (this.#place === "method") {
      this.#place = "after";
    } else if (this.#depth === 1 && this.#place !== "after") {
      this.#place = "envelope";
    }
  }

  /** Parameters that the contract does not name are read over. PostgreSQL keeps every character but U+0000. */
  #keep(): void {
    if (this.method === null || !Object.hasOwn(METHODS[this.method].parameters, this.#name)) return;
    this.#parameters.set(this.#name, this.#text.join("").replaceAll("\0", ""));
  }

  #heard(text: string): void {
    if (this.#place === "parameter") this.#text.push(text);
    else if (this.#place !== "header" && text.trim() !== "") {
      throw new Refused("There is text between the elements of the envelope.");
    }
  }
}

const refuse = (why: string): never => {
  throw new Refused(why);
};

const cut = (name: string): string => name.slice(0, 60);
