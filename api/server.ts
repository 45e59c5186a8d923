import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Api } from "./api.ts";

/** How long answers under way may take once the process was asked to end. */
const GRACE_MS = 10_000;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

export interface Listening {
  /** The port that was taken, where 0 was asked for. */
  port: number;
  /** Takes no more requests, lets those under way end, and closes. */
  close(): Promise<void>;
}

/** Serves the api. Where the world reaches it by this machine's loopback address, it listens there alone. */
export async function listen(
  api: Api,
  { port, publicUrl }: { port: number; publicUrl: string },
): Promise<Listening> {
  const server = createServer((request, response) => {
    if (hasAddress(request)) void api(request, response);
    else response.writeHead(400, { connection: "close" }).end();
  });
  const isLocal = LOOPBACK.has(new URL(publicUrl).hostname);
  server.listen(port, ...(isLocal ? ["127.0.0.1"] : []));
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

/** A Host header may be anything; out of a strange one no address can be made, and yoga would show a stack. */
const hasAddress = ({ url = "", headers }: IncomingMessage): boolean =>
  URL.canParse(url, `http://${headers.host ?? "localhost"}`);

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(cut);
}
