/** Text that was made safe to stand in a page. */
export interface Html {
  readonly html: string;
}

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Writes HTML; whatever is put in is escaped, unless it is HTML itself. */
export function html(parts: TemplateStringsArray, ...inserts: (string | Html)[]): Html {
  const text = parts.map((part, index) => {
    const insert = inserts[index];
    if (insert === undefined) return part;
    return part + (typeof insert === "string" ? escape(insert) : insert.html);
  });
  return { html: text.join("") };
}

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");

const STYLE = `:root { color-scheme: light dark; font: 1.05rem/1.6 system-ui, sans-serif; }
body { max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; line-height: 1.3; }
code { font-size: 0.9em; }
footer { margin-top: 3rem; opacity: 0.7; font-size: 0.9rem; }`;

/** A whole page: light and dark, no scripts, nothing from elsewhere, kept by no cache. */
export const pageResponse = (status: number, title: string, body: Html): Response =>
  new Response(
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} - Evenbooks</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
${body.html}
</main>
<footer>Evenbooks keeps your software and QuickBooks even.</footer>
</body>
</html>
`,
    {
      status,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy":
          "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      },
    },
  );
