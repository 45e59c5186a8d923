import { once } from "node:events";
import { createConnection, type Socket } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import { listen, type Listening } from "../../api/server.ts";
import { signatureOf } from "./notices.ts";
import { PUBLIC_URL, withApi } from "./support.ts";

const TOKEN = "verifier-token";
const api = withApi({ webhookToken: TOKEN });

let served: Listening;
beforeAll(async () => {
  served = await listen(api.api, { port: 0, publicUrl: PUBLIC_URL });
});
afterAll(() => served.close());

const post = async (body: string): Promise<number> => {
  const headers = { "intuit-signature": signatureOf(body, TOKEN) };
  const url = `http://127.0.0.1:${served.port}/webhooks/intuit`;
  return (await fetch(url, { method: "POST", headers, body })).status;
};

/** A notice of which so many bytes come, and then nothing more. */
function begun(bytes: number): Socket {
  const socket = createConnection(served.port, "127.0.0.1").on("error", () => undefined);
  socket.write(
    `POST /webhooks/intuit HTTP/1.1\r\nhost: localhost\r\nintuit-signature: ${signatureOf("x", TOKEN)}\r\ncontent-length: 1999999\r\n\r\n${"x".repeat(bytes)}`,
  );
  return socket;
}

test("a notice that stops in the middle is nobody's mishap", async () => {
  const socket = begun(100);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await post("[]")).toBe(200);
  expect(api.logged()).not.toContain("a request failed");
});

test("more bodies at once than fit are put off with 503, and taken when there is room again", async () => {
  const sockets = Array.from({ length: 17 }, () => begun(1_900_000));
  const heard = await Promise.race(sockets.map((socket) => once(socket, "data")));
  expect(String(heard[0])).toMatch(/^HTTP\/1\.1 503 .*retry-after: 10\r\n/s);
  expect(await post("[]")).toBe(200);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));

  const again = Array.from({ length: 16 }, () => begun(1_900_000));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(again.map((socket) => socket.bytesRead)).toEqual(again.map(() => 0));
  for (const socket of again) socket.destroy();
});
