/** An Esplora server that answers as another one does, and says that it took transactions which it throws away. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { txidOfRaw } from "../../src/chain/raw-transaction.ts";
import { fromHex } from "../../src/primitives/bytes.ts";
import type { EsploraServer } from "./esplora-server.ts";

export interface LyingServer extends EsploraServer {
  /** Ids of the transactions that it threw away. */
  readonly thrownAway: readonly string[];
}

export async function lyingEsplora(honest: EsploraServer): Promise<LyingServer> {
  const thrownAway: string[] = [];
  const base = honest.url.replace(/\/api$/u, "");
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "/";
      if (request.method === "POST") {
        const txid = txidOfRaw(fromHex(Buffer.concat(chunks).toString()));
        thrownAway.push(txid);
        response.end(txid);
      } else if (thrownAway.some((txid) => path.includes(txid))) response.writeHead(404).end("Transaction not found");
      else {
        fetch(base + path)
          .then(async (answer) => response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer())))
          .catch((error: unknown) => response.writeHead(500).end(String(error)));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    thrownAway,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
