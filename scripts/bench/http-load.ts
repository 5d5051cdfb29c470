/** Asks a server as fast as it answers, with as little work of its own as possible: bytes on sockets. */
import { connect } from "node:net";

const CONNECTIONS = 32;

/** Asks for every path once, each connection for its next when it has its answer. Answers the bytes that came, in all. */
export async function askAll(port: number, paths: readonly string[]): Promise<number> {
  let next = 0;
  let bytes = 0;
  const worker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      let pending = "";
      const ask = (): void => {
        const path = paths[next++];
        if (path === undefined) socket.end();
        else socket.write(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`);
      };
      socket.setEncoding("latin1");
      socket.on("connect", ask);
      socket.on("error", reject);
      socket.on("close", () => resolve());
      socket.on("data", (chunk: string) => {
        bytes += chunk.length;
        pending = pending === "" ? chunk : pending + chunk;
        const head = pending.indexOf("\r\n\r\n");
        if (head < 0) return;
        if (!pending.startsWith("HTTP/1.1 200 ")) {
          socket.destroy(new Error(`the server answered ${pending.slice(0, 40)}`));
          return;
        }
        const at = pending.indexOf("content-length: ");
        const length = parseInt(pending.slice(at + 16, at + 26), 10);
        if (pending.length < head + 4 + length) return;
        pending = "";
        ask();
      });
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return bytes;
}
