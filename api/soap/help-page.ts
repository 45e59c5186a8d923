import { html, pageResponse } from "../html.ts";

/** `GET /qbwc`: what this address is, for whoever opens it from the Web Connector or by hand. */
export const helpPage = (): Response =>
  pageResponse(
    200,
    "This is where the QuickBooks Web Connector comes",
    html`<p>
        Evenbooks reads a QuickBooks Desktop company file through Intuit's own Web Connector, a
        program on the PC where QuickBooks is. It calls this address by itself; there is nothing to
        do here for people but to read how it is set up.
      </p>
      <h2>Adding the file that you were sent</h2>
      <ol>
        <li>
          Open QuickBooks on the PC, with the right company file, as its administrator and in
          single-user mode.
        </li>
        <li>
          Open the <code>.qwc</code> file; the Web Connector shows a new line. QuickBooks asks
          whether this program may have access: choose
          <em>Yes, always; allow access even if QuickBooks is not running</em>, and a user.
        </li>
        <li>Type the password that came with the file into that line, and let it be kept.</li>
        <li>Tick <em>Auto-Run</em>. The PC must be on, and somebody logged in to Windows.</li>
      </ol>
      <h2>When the Web Connector shows an error</h2>
      <dl>
        <dt>QBWC1040, or “invalid password”</dt>
        <dd>Type the password anew. If it is lost, ask whoever sent you the file for a new one.</dd>
        <dt>QBWC1039</dt>
        <dd>
          This file was added before, or QuickBooks did not agree. Remove the line from the Web
          Connector, open QuickBooks as its administrator, and add the file again.
        </dd>
        <dt>QBWC1012, QBWC1041 to QBWC1045</dt>
        <dd>
          We could not be reached, or not understood. The next run tries again; if it stays so, send
          <code>QWCLog.txt</code> to whoever sent you the file.
        </dd>
        <dt>“Application busy”</dt>
        <dd>Another PC reads this company file just now. Nothing is wrong.</dd>
        <dt>“No data exchange”</dt>
        <dd>There was nothing to do. Nothing is wrong.</dd>
        <dt>Anything about a window, a file or a mode</dt>
        <dd>
          Look at QuickBooks on the PC: close the window that it shows, open the right company file,
          or switch back to multi-user mode. The next run goes on where the last one stopped.
        </dd>
      </dl>`,
  );
