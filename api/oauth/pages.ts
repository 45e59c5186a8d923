import type { Fault } from "../../core/faults.ts";
import type { Company } from "../../db/companies.ts";
import type { Books } from "../../quickbooks/source.ts";
import { html, pageResponse } from "../html.ts";

const AGAIN = "Ask for a new link and open that one: each link works once, and for half an hour.";
const NOTHING = "Nothing was stored.";

/** Connected, and QuickBooks said whose books these are. */
export const connected = (company: Company, books: Books): Response =>
  pageResponse(
    200,
    `${books.name} is connected`,
    html`<p>
        QuickBooks says that these are the books of <strong>${books.name}</strong>. They are now
        connected to <strong>${company.name}</strong>.
      </p>
      <p>
        ${
          company.confirmedAt === null
            ? "Next: whoever sent you the link confirms that this is the right company. You can close this window."
            : "The sync can go on. You can close this window."
        }
      </p>`,
  );

/** Connected, but whose books these are could not be read yet. */
export const connectedUnseen = (name: string, fault: Fault): Response =>
  pageResponse(
    200,
    `${name} is connected`,
    html`<p>
        QuickBooks has agreed, and <strong>${name}</strong> is connected. Whose books these are
        could not be read yet: ${fault.message}
      </p>
      <p>That is tried again when the company is confirmed. You can close this window.</p>`,
  );

export const incomplete = (): Response =>
  pageResponse(
    400,
    "This address is not complete",
    html`<p>
        Intuit sends browsers here with a code, a state and a company, and at least one of them is
        missing. ${NOTHING}
      </p>
      <p>${AGAIN}</p>`,
  );

export const unknownState = (): Response =>
  pageResponse(
    400,
    "This link does not work any more",
    html`<p>It was used already, it has lapsed, or it never came from us. ${NOTHING}</p>
      <p>${AGAIN}</p>`,
  );

export const refusedAtIntuit = (name: string, error: string): Response =>
  pageResponse(
    400,
    `${name} was not connected`,
    html`<p>
        ${
          error === "access_denied"
            ? "You did not agree at Intuit, so nothing was connected."
            : `Intuit did not connect it and says: ${error.slice(0, 100)}.`
        }
        ${NOTHING}
      </p>
      <p>Should it be connected after all? ${AGAIN}</p>`,
  );

export const codeRefused = (name: string): Response =>
  pageResponse(
    400,
    `${name} was not connected`,
    html`<p>
        Intuit does not accept the code that it sent: it was used already, or has lapsed. ${NOTHING}
      </p>
      <p>${AGAIN}</p>`,
  );

export const realmTaken = (name: string, owner: string): Response =>
  pageResponse(
    409,
    "These books are connected already",
    html`<p>
        The QuickBooks company that you chose belongs to <strong>${owner}</strong> here, so it
        cannot be connected to <strong>${name}</strong> as well. ${NOTHING}
      </p>
      <p>Was another QuickBooks company meant? ${AGAIN} Then choose that company at Intuit.</p>`,
  );

export const otherBooks = (name: string, books: string | null): Response =>
  pageResponse(
    409,
    `${name} belongs to other books`,
    html`<p>
        <strong>${name}</strong> was confirmed
        with${books === null ? " another QuickBooks company" : html` the books of <strong>${books}</strong>`},
        and keeps to them. You chose a different QuickBooks company. ${NOTHING}
      </p>
      <p>${AGAIN} Then choose the company that was confirmed.</p>`,
  );

export const intuitDown = (name: string, fault: Fault): Response =>
  pageResponse(
    502,
    `${name} was not connected`,
    html`<p>You agreed, but Intuit did not finish: ${fault.message} ${NOTHING}</p>
      <p>Wait a minute. ${AGAIN}</p>`,
  );
