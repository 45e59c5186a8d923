import { Refused } from "../../control-order.ts";
import type { Desktop } from "../desktop.ts";
import { BooksRefused } from "../file/refused.ts";
import { QwcRefused } from "../web-connector/qwc.ts";
import { NotPossible } from "../web-connector/web-connector.ts";
import type { Door } from "./door.ts";
import { FILE_DOORS } from "./file-doors.ts";
import { PC_DOORS } from "./pc-doors.ts";
import { QUICKBOOKS_DOORS } from "./quickbooks-doors.ts";
import { state } from "./state.ts";

/** What a control door answers: a status, and JSON. */
export interface ControlAnswer {
  status: number;
  value: object;
}

const DOORS: ReadonlyMap<string, Door> = new Map([
  ["GET state", (desktop: Desktop) => state(desktop)],
  ...FILE_DOORS,
  ...QUICKBOOKS_DOORS,
  ...PC_DOORS,
]);

export const DESKTOP_CONTROL = "/_simulator/desktop/";

/** Answers a control request under /_simulator/desktop; mistakes are answered with a sentence. */
export async function answerDesktopControl(
  desktop: Desktop,
  request: { method: string; url: URL; body: string },
): Promise<ControlAnswer> {
  const { method, url, body } = request;
  const name = url.pathname.slice(DESKTOP_CONTROL.length);
  const door = DOORS.get(`${method} ${name}`);
  if (door === undefined) {
    const known = [...DOORS.keys()].join(", ");
    const error = `there is no ${method} ${url.pathname}; there are: ${known}`;
    return { status: 404, value: { error } };
  }
  try {
    return { status: 200, value: await door(desktop, url, body) };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

function refusalOf(error: unknown): ControlAnswer | undefined {
  if (error instanceof Refused) return { status: error.status, value: { error: error.message } };
  if (error instanceof NotPossible) return { status: 409, value: { error: error.message } };
  if (error instanceof QwcRefused) {
    return { status: 422, value: { error: error.message, code: error.code } };
  }
  if (error instanceof BooksRefused) {
    return { status: 422, value: { error: error.message, statusCode: error.statusCode } };
  }
  return undefined;
}
