import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

import { createFraming } from "./message-framing.ts";

/** A transaction about to end: whose it is, and the names of its statements (the comment each begins with). */
export interface Commit {
  companyId: string | null;
  names: readonly string[];
}

/** `hold` keeps what has come from the other side until the connections are cut. */
export type Decision = "pass" | "hold";

export interface CommitProxy {
  /** The database's address, through the proxy. */
  readonly url: string;
  /** Asked when a COMMIT has come from the client and has not been passed on. */
  before: (commit: Commit) => Decision;
  /** Asked when PostgreSQL has answered COMMIT and the client has not heard of it. */
  after: (commit: Commit) => Decision;
  /** Cuts every connection at once: no byte more passes in either direction. New ones may come. */
  cut(): void;
  close(): Promise<void>;
}

/** A simple query; a statement that is prepared; one that is run. */
const FROM_CLIENT = new Set(["Q", "P", "B"]);
const FROM_SERVER = new Set(["C"]);

const nothing = (): void => undefined;

/** Stands between a process and PostgreSQL, passes everything on, and knows when transactions end. */
export async function startCommitProxy(databaseUrl: string): Promise<CommitProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<Pair>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
    const pair = join(client, upstream, proxy);
    pairs.add(pair);
    client.once("close", () => pairs.delete(pair));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  const proxy: CommitProxy = {
    url: url.href,
    before: () => "pass",
    after: () => "pass",
    cut: () => {
      for (const pair of pairs) pair.cut();
    },
    close: async () => {
      proxy.cut();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}

interface Pair {
  cut(): void;
}

/** Ties two sockets together; what each says is looked at on its way. */
function join(
  client: Socket,
  upstream: Socket,
  watch: Pick<CommitProxy, "before" | "after">,
): Pair {
  // One of the two waits for the other, always: what is held is the one message there is.
  const frontend = createFraming(FROM_CLIENT, { startup: true });
  const backend = createFraming(FROM_SERVER, { startup: false });
  let companyId: string | null = null;
  let names: string[] = [];
  /** Names by how a statement was prepared: it may be run many times. */
  const prepared = new Map<string, string[]>();
  let committing: Commit | null = null;
  let isHeld = false;
  const cut = (): void => {
    isHeld = true;
    client.destroy();
    upstream.destroy();
  };
  pass(client, upstream, (chunk) => {
    for (const { bytes, message } of frontend(chunk)) {
      if (message?.type === "Q" && message.text === "commit\0") {
        committing = { companyId, names };
        if (watch.before(committing) === "hold") isHeld = true;
      } else if (message?.type === "P") {
        prepared.set(message.text.split("\0", 1)[0] ?? "", namesIn(message.text));
      } else if (message?.type === "B") {
        names.push(...(prepared.get(message.text.split("\0", 2)[1] ?? "") ?? []));
      } else if (message !== null) {
        if (message.text.startsWith("begin")) {
          names = [];
          companyId = companyIn(message.text);
        }
        names.push(...namesIn(message.text));
      }
      if (isHeld) return;
      upstream.write(bytes);
    }
  });
  pass(upstream, client, (chunk) => {
    for (const { bytes, message } of backend(chunk)) {
      if (committing !== null && message?.text === "COMMIT\0") {
        const committed = committing;
        committing = null;
        if (watch.after(committed) === "hold") isHeld = true;
      }
      if (isHeld) return;
      client.write(bytes);
    }
  });
  client.on("close", () => upstream.destroy());
  upstream.on("close", () => client.destroy());
  return { cut };
}

/** Hands on what one side says, no faster than the other side takes it. */
function pass(from: Socket, to: Socket, hand: (chunk: Buffer) => void): void {
  from.on("data", (chunk: Buffer) => {
    hand(chunk);
    if (to.writableNeedDrain) from.pause();
  });
  to.on("drain", () => from.resume());
  // A side that broke off is closed, and with it the other one.
  from.on("error", nothing);
}

const companyIn = (text: string): string | null =>
  /'app\.company', '([-0-9a-f]+)'/.exec(text)?.[1] ?? null;

const namesIn = (text: string): string[] =>
  [...text.matchAll(/\/\* (\w+) \*\//g)].map((match) => match[1] ?? "");
