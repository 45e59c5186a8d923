import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";

import { readEnvelope } from "../../../api/soap/envelope.ts";
import { readPlainText } from "../../../api/soap/plain-text.ts";
import { envelopeOf } from "./calls.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Texts as they may stand in an envelope, those that are no plain text among them. */
const WRITTEN = [
  "",
  "&lt;QBXML&gt;&amp;amp; &quot;it&apos;s&quot;\n\t&lt;/QBXML&gt;",
  "a\r\nb\rc\r\r\nd",
  "é \u{1F600} \uFFFD \uFEFF",
  "a ]] b ]&gt; ]",
  "a > b",
  "x &#233;&#x1F600; &lt;",
  "one <![CDATA[<two> & > ]] three]]> four &lt;",
  "before<!-- > no text -->behind &amp;",
  "&lt;a&gt; <?pi > ?>&lt;b&gt;",
];

/** The same by a parser alone. */
function parsed(written: string): string {
  const parser = new SaxesParser();
  let text = "";
  parser.on("text", (some) => (text += some));
  parser.on("cdata", (some) => (text += some));
  parser.write(`<a>${written}</a>`).close();
  return text;
}

async function* cutAt(bytes: Uint8Array, at: number): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, at);
  yield bytes.subarray(at);
}

describe("the text of a parameter", () => {
  test.each(WRITTEN)("is what a parser makes of it, wherever it is cut: %j", async (written) => {
    const filled = envelopeOf("receiveResponseXML", {
      ticket: "t",
      response: "HERE",
      hresult: "h",
    });
    const bytes = bytesOf(filled.replace("HERE", written));
    const expected = { ticket: "t", response: parsed(written), hresult: "h" };
    for (let at = 0; at <= bytes.length; at++) {
      const { parameters } = await readEnvelope(cutAt(bytes, at), () => Promise.resolve(true));
      expect(Object.fromEntries(parameters), `cut at ${at}`).toEqual(expected);
    }
  });

  test.each(["&nbsp;", "&", "&lt", "a\u0001b", "]]>", "\uFFFE", "&#0;"])(
    "is left to a parser where it holds %j",
    (strange) => {
      const read = readPlainText(bytesOf(`plain &lt; ${strange} behind it`));
      expect(read.next).toBe("strange");
      expect(new TextDecoder().decode(read.text).startsWith("plain < ")).toBe(true);
    },
  );
});
