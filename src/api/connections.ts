/** Connections: so many in all, so many of one client. Who comes beyond that is told to come back, and let go. */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { clientOf, THIS_MACHINE } from "./client.ts";
import type { ApiLimits } from "./limits.ts";
import type { RequestTally } from "./tally.ts";

const BODY = '{"error":"too many connections"}';
const BUSY = [
  "HTTP/1.1 503 Service Unavailable",
  "Retry-After: 1",
  "Access-Control-Allow-Origin: *",
  "Content-Type: application/json",
  `Content-Length: ${BODY.length}`,
  "Connection: close",
  "",
  BODY,
].join("\r\n");

/** Connections above the limit that are still told so; what comes beyond them is closed without a word. */
const TOLD = 64;

/** Watches the connections of a server. Answers those that were refused: nothing that they ask is answered. */
export function limitConnections(
  server: Server,
  limits: ApiLimits,
  proxies: ReadonlySet<string>,
  tally: RequestTally,
): Pick<WeakSet<Socket>, "has"> {
  const refused = new WeakSet<Socket>();
  const byClient = new Map<string, number>();
  server.maxConnections = limits.connections + TOLD;
  server.on("connection", (socket: Socket) => {
    const client = clientOf(socket.remoteAddress, undefined, proxies);
    // Everybody behind a proxy of ours has its address.
    const shared = client === THIS_MACHINE || proxies.has(socket.remoteAddress ?? "");
    const own = (byClient.get(client) ?? 0) + 1;
    byClient.set(client, own);
    tally.connections++;
    socket.once("close", () => {
      tally.connections--;
      const left = (byClient.get(client) ?? 1) - 1;
      if (left === 0) byClient.delete(client);
      else byClient.set(client, left);
    });
    if (tally.connections <= limits.connections && (shared || own <= limits.connectionsPerClient)) return;
    refused.add(socket);
    socket.end(BUSY, () => socket.destroy());
  });
  return refused;
}
