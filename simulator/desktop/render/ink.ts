import { fullName, type Row } from "../file/books.ts";
import type { FileSettings } from "../file/company-file.ts";
import { stamp } from "../file/times.ts";

/** How a file's answers are written. */
export type Ink = Pick<
  FileSettings,
  "utcOffsetMinutes" | "hasOneHourBug" | "notesChars" | "rawAccents"
>;

const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
const MARKED = /[&<>"']/;
const MARKED_ALL = /[&<>"']/g;
const OTHER_ALL = /[^\x20-\x7e]/gu;
const IS_OTHER = /[^\x20-\x7e]/;

/** Text as it stands in an answer; everything beyond ASCII becomes a number, unless accents stay raw. */
function escaped(text: string, { rawAccents }: Ink): string {
  const marked = MARKED.test(text)
    ? text.replace(MARKED_ALL, (character) => NAMED[character] ?? character)
    : text;
  if (rawAccents || !IS_OTHER.test(marked)) return marked;
  return marked.replace(OTHER_ALL, (character) => `&#${character.codePointAt(0) ?? 0};`);
}

/** An element with text that needs no escaping; nothing at all when the text is empty. */
export const leaf = (name: string, text: string): string =>
  text === "" ? "" : `<${name}>${text}</${name}>\n`;

export const textLeaf = (ink: Ink, name: string, text: string): string =>
  text === "" ? "" : `<${name}>${escaped(text, ink)}</${name}>\n`;

/** An attribute, with the space before it. */
export const attribute = (ink: Ink, name: string, text: string): string =>
  ` ${name}="${escaped(text, ink)}"`;

export const flag = (name: string, is: boolean): string => `<${name}>${String(is)}</${name}>\n`;

export const wrapped = (name: string, inside: string): string =>
  inside === "" ? "" : `<${name}>\n${inside}</${name}>\n`;

interface KnownRef {
  name: string;
  rawAccents: boolean;
  inside: string;
}

/** References repeat a lot, so what is inside them is kept until the name changes. */
const refs = new WeakMap<Row, KnownRef>();

export function ref(ink: Ink, element: string, row: Row | null | undefined): string {
  if (row === null || row === undefined) return "";
  const name = fullName(row);
  const { rawAccents } = ink;
  let known = refs.get(row);
  if (known === undefined || known.name !== name || known.rawAccents !== rawAccents) {
    const inside = `<ListID>${row.id}</ListID>\n<FullName>${escaped(name, ink)}</FullName>\n`;
    known = { name, rawAccents, inside };
    refs.set(row, known);
  }
  return `<${element}>\n${known.inside}</${element}>\n`;
}

/** The three times that every record begins with. */
export function times(ink: Ink, created: number, modified: number): string {
  const made = stamp(created, ink);
  const changed = created === modified ? made : stamp(modified, ink);
  return (
    `<TimeCreated>${made}</TimeCreated>\n<TimeModified>${changed}</TimeModified>\n` +
    `<EditSequence>${modified}</EditSequence>\n`
  );
}

/** A note or memo, blown up when the file is told to. */
export function note(ink: Ink, name: string, text: string): string {
  const { notesChars } = ink;
  return textLeaf(ink, name, notesChars > text.length ? text.padEnd(notesChars, " lorem") : text);
}
