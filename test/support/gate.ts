import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll } from "vitest";

import type { Stage } from "./sync.ts";

/** Stands between workers and the simulated QuickBooks Online, and lets through what may pass. */
export interface Gate {
  /** For INTUIT_API_URL. */
  url: string;
  /** Resolves when a request may go on: its path, and the statement it asks. */
  admit: (path: string, statement: string) => Promise<void>;
}

/** A gate for the calling file that lets everything pass until `admit` is set. */
export function withGate(stage: Stage): Gate {
  const gate = { admit: () => Promise.resolve() } as Partial<Gate> as Gate;
  const server = createServer((asked, answer) => {
    const url = new URL(asked.url ?? "/", stage.simulator.url);
    gate
      .admit(url.pathname, url.searchParams.get("query") ?? "")
      .then(() => forward(url, asked, answer))
      .catch(() => answer.destroy());
  });
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    gate.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return gate;
}

function forward(url: URL, asked: IncomingMessage, answer: ServerResponse): void {
  const { method, headers } = asked;
  const upstream = request(url, { method, headers }, (given) => {
    answer.writeHead(given.statusCode ?? 502, given.headers);
    given.pipe(answer);
  });
  upstream.on("error", () => answer.destroy());
  asked.pipe(upstream);
}
