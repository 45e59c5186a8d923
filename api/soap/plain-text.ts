const AMPERSAND = 0x26;
const LESS = 0x3c;
const GREATER = 0x3e;
const SEMICOLON = 0x3b;
const BRACKET = 0x5d;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
/** Of U+FFFE and U+FFFF, which no XML holds, the first byte. */
const LAST_PLANE_LINE = 0xef;

interface Reference {
  length: number;
  meant: number;
}

const reference = (text: string, meant: number): [string, Reference] => [
  text,
  { length: text.length, meant },
];
const LESS_REFERENCE: Reference = { length: 4, meant: LESS };
const GREATER_REFERENCE: Reference = { length: 4, meant: GREATER };
const REFERENCES = new Map([
  reference("&lt;", LESS),
  reference("&gt;", GREATER),
  reference("&amp;", AMPERSAND),
  reference("&quot;", 0x22),
  reference("&apos;", 0x27),
]);
/** Of the longest of them. */
const LENGTH_MAX = 6;

/** 1 for bytes that mean themselves wherever they stand: of an answer's millions nearly all, so that one look must do. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < SPACE) return byte === LINE_FEED || byte === TAB ? 1 : 0;
  return [AMPERSAND, LESS, BRACKET, LAST_PLANE_LINE].includes(byte) ? 0 : 1;
});

/** What was read of some bytes of an element's text. */
export interface PlainText {
  /** UTF-8, with what was escaped as it was meant. */
  text: Uint8Array;
  /** So many bytes were read. */
  read: number;
  /** more: what is left, if anything, is told by the bytes to come. markup: the text ends. strange: a parser is to judge. */
  next: "more" | "markup" | "strange";
}

/**
 * Reads text as Web Connectors write it: whole answers of QuickBooks, every `<` of them escaped. A
 * parser of XML would take most of an answer's time at the door with that. Whatever is not plain (other
 * references, control characters, `]]>`) is left to one.
 */
export function readPlainText(bytes: Uint8Array): PlainText {
  const { length } = bytes;
  // What is not written is not handed on.
  const text = Buffer.allocUnsafeSlow(length);
  let written = 0;
  let at = 0;
  let next: PlainText["next"] = "more";
  while (at < length) {
    const byte = bytes[at] ?? 0;
    if (PLAIN[byte] === 1) {
      text[written++] = byte;
      at++;
    } else if (byte === AMPERSAND) {
      const found = referenceAt(bytes, at);
      if (found === null) {
        next = length - at < LENGTH_MAX ? "more" : "strange";
        break;
      }
      text[written++] = found.meant;
      at += found.length;
    } else if (byte === RETURN) {
      if (at + 1 === length) break;
      if (bytes[at + 1] !== LINE_FEED) text[written++] = LINE_FEED;
      at++;
    } else {
      const judged = judgeAt(bytes, at);
      if (judged !== "plain") {
        next = judged;
        break;
      }
      text[written++] = byte;
      at++;
    }
  }
  return { text: text.subarray(0, written), read: at, next };
}
/** What a byte is that may be no text at that place. */
function judgeAt(bytes: Uint8Array, at: number): PlainText["next"] | "plain" {
  const byte = bytes[at];
  if (byte === LESS) return "markup";
  if (byte !== BRACKET && byte !== LAST_PLANE_LINE) return "strange";
  // Only what comes after it tells what it is.
  if (at + 2 >= bytes.length) return "more";
  return isForbidden(byte, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0) ? "strange" : "plain";
}

/** The reference that stands there; null where it is none of those that are known, or is cut off. */
function referenceAt(bytes: Uint8Array, at: number): Reference | null {
  // Nearly all of an answer's.
  if (bytes[at + 2] === 0x74 && bytes[at + 3] === SEMICOLON) {
    if (bytes[at + 1] === 0x6c) return LESS_REFERENCE;
    if (bytes[at + 1] === 0x67) return GREATER_REFERENCE;
  }
  const end = bytes.subarray(at, at + LENGTH_MAX).indexOf(SEMICOLON);
  if (end < 0) return null;
  return REFERENCES.get(String.fromCharCode(...bytes.subarray(at, at + end + 1))) ?? null;
}

/** `]]>`, which stands in no text, and U+FFFE and U+FFFF. */
const isForbidden = (first: number, second: number, third: number): boolean =>
  first === BRACKET
    ? second === BRACKET && third === GREATER
    : second === 0xbf && (third === 0xbe || third === 0xbf);
