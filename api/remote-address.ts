import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

const NEAR = new BlockList();
NEAR.addSubnet("127.0.0.0", 8);
NEAR.addSubnet("10.0.0.0", 8);
NEAR.addSubnet("172.16.0.0", 12);
NEAR.addSubnet("192.168.0.0", 16);
NEAR.addAddress("::1", "ipv6");
NEAR.addSubnet("fc00::", 7, "ipv6");

/**
 * Where a request comes from, for people to read. Behind a proxy of our own (it is near) that is what
 * the proxy says; nobody else is believed.
 */
export function remoteAddress(request: Request, serverContext: object): string {
  const peer = peerOf(serverContext)?.replace(/^::ffff:(?=\d+\.)/, "") ?? "unknown";
  const forwarded = request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
  return isNear(peer) && isIP(forwarded) !== 0 ? forwarded : peer;
}

const isNear = (address: string): boolean =>
  isIP(address) !== 0 && NEAR.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");

/** Node's own request is there where a server listens; not where the api is called as a function. */
const peerOf = (serverContext: { req?: IncomingMessage }): string | undefined =>
  serverContext.req?.socket.remoteAddress;
