import { isIP } from "node:net";

import { invalid } from "./refusals.ts";
import type { Refusal } from "./words.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The address under which a Web Connector reaches us, or why it would refuse it: it wants https and a
 * name, no number (QBWC1010, QBWC1001); http is allowed to `localhost` alone.
 */
export function webConnectorAddress(publicUrl: string): { url: string } | Refusal {
  const url = new URL(publicUrl);
  const isLoopback = LOOPBACK.has(url.hostname);
  if (isLoopback) url.hostname = "localhost";
  const isNumber = isIP(url.hostname.replace(/^\[|\]$/g, "")) !== 0;
  if (isLoopback || (url.protocol === "https:" && !isNumber)) {
    return { url: url.href.replace(/\/$/, "") };
  }
  return invalid(
    `The Web Connector would refuse the address ${publicUrl}: it wants https and the name of a host.`,
    "Set PUBLIC_URL to an https address with a host name, restart the api, and call this again.",
  );
}
