import {
  createCompanyFile,
  createQuickBooks,
  type CompanyFile,
  type FileOptions,
  type QuickBooks,
  type QuickBooksSession,
} from "../../../simulator/desktop/quickbooks.ts";

export const PATH = "C:\\Books\\Rock & Co.qbw";

/** A clock that only the test moves; milliseconds. */
export class TestClock {
  ms = Date.parse("2026-11-02T17:00:00Z");
  readonly now = (): number => this.ms;

  advance(seconds: number): void {
    this.ms += seconds * 1000;
  }
}

export interface Office {
  clock: TestClock;
  file: CompanyFile;
  quickBooks: QuickBooks;
  session: QuickBooksSession;
}

/** A company file, a PC that has it open, and a session. */
export async function anOffice(options: Partial<FileOptions> = {}): Promise<Office> {
  const clock = new TestClock();
  const file = createCompanyFile({
    path: PATH,
    companyName: "Rock & Co",
    ein: "12-3456789",
    records: 400,
    seed: 7,
    clock: clock.now,
    ...options,
  });
  const quickBooks = createQuickBooks({ host: "FRONTDESK", file });
  return { clock, file, quickBooks, session: await opened(quickBooks) };
}

export async function opened(quickBooks: QuickBooks, path = ""): Promise<QuickBooksSession> {
  const session = await quickBooks.open(path);
  if ("hresult" in session) throw new Error(session.hresult);
  return session;
}

export const requestOf = (
  requests: string,
  version = "13.0",
  onError = "continueOnError",
): string =>
  `<?xml version="1.0"?>\n<?qbxml version="${version}"?>\n` +
  `<QBXML><QBXMLMsgsRq onError="${onError}">${requests}</QBXMLMsgsRq></QBXML>`;

/** The answer to a document, or the HRESULT instead. */
export async function answerTo(session: QuickBooksSession, document: string): Promise<string> {
  const answered = await session.process(document);
  return "hresult" in answered ? answered.hresult : answered.response;
}

export const ask = (session: QuickBooksSession, requests: string): Promise<string> =>
  answerTo(session, requestOf(requests));

const unescaped = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");

/** The texts of all elements of a name, in order. */
export const textsOf = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text = ""]) =>
    unescaped(text),
  );

export const textOf = (xml: string, name: string): string => textsOf(xml, name)[0] ?? "";

/** Every element of a name with what is inside it. */
export const elementsOf = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>\n([^]*?)</${name}>\n`, "g"))].map(
    ([, inside = ""]) => inside,
  );

/** An attribute of the first answer of a document. */
export const attributeOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<\\w+Rs[^>]* ${name}="([^"]*)"`).exec(xml)?.[1];

export const statusOf = (xml: string): number => Number(attributeOf(xml, "statusCode"));

export const statusesOf = (xml: string): number[] =>
  [...xml.matchAll(/ statusCode="(\d+)"/g)].map(([, code]) => Number(code));

/** Cents of an amount as it is written. */
export const cents = (text: string): number => Math.round(Number(text) * 100);

export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((all, one) => all + one, 0);
