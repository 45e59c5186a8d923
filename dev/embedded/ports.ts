import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

export const LOOPBACK = "127.0.0.1";

const CONNECT_TIMEOUT_MS = 2_000;
const PORT_TRIES_MAX = 20;

/** Ports handed out in this process, so that two callers never get the same one before either binds it. */
const handedOut = new Set<number>();

/** The preferred port when it is free on loopback, else one that the system picks. */
export async function freePort(preferred = 0): Promise<number> {
  if (preferred !== 0 && (await canListen(preferred)) !== undefined) return preferred;
  for (let tries = 0; tries < PORT_TRIES_MAX; tries += 1) {
    const port = await canListen(0);
    if (port === undefined || handedOut.has(port)) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`No free port was found on ${LOOPBACK}.`);
}

async function canListen(port: number): Promise<number | undefined> {
  const server = createServer();
  server.listen(port, LOOPBACK);
  try {
    await once(server, "listening");
  } catch {
    return undefined;
  }
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : undefined;
}

/** Whether something accepts connections at `host:port`. */
export async function answers(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect({ host: hostname, port: Number(port), timeout: CONNECT_TIMEOUT_MS });
  try {
    await Promise.race([
      once(socket, "connect"),
      once(socket, "timeout").then(() => Promise.reject(new Error("timeout"))),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Asks again until the answer is true; false when the time is over first. */
export async function until(
  question: () => Promise<boolean> | boolean,
  deadlineMs: number,
): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  while (!(await question())) {
    if (Date.now() > end) return false;
    await wait(50);
  }
  return true;
}
