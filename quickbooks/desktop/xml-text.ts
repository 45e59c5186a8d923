const MARKUP: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/**
 * A text as the content of an XML element, in ASCII alone: QuickBooks takes accents as numeric
 * entities only. What XML cannot hold at all is left out.
 */
export function xmlText(text: string): string {
  let written = "";
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    const isControl = code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d;
    const isNothing = (code >= 0xd800 && code <= 0xdfff) || code === 0xfffe || code === 0xffff;
    if (isControl || isNothing) continue;
    written += MARKUP[letter] ?? (code > 0x7e ? `&#${code};` : letter);
  }
  return written;
}
