import { html, pageResponse } from "./html.ts";

/** `GET /`: what this is and where to go. */
export const frontPage = (): Response =>
  pageResponse(
    200,
    "This is the API of Evenbooks",
    html`<p>The console for people comes with a later version. These doors are open:</p>
      <ul>
        <li>
          <code>POST /graphql</code>: the API, with <code>Authorization: Bearer</code> and a token
          of <code>npm run token</code>
        </li>
        <li><code>GET /oauth/callback</code>: where Intuit sends browsers back to</li>
        <li>
          <a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>,
          <a href="/metrics">/metrics</a>: for operations
        </li>
      </ul>`,
  );
