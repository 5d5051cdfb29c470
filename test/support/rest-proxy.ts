/** A REST server that answers some paths otherwise than the one behind it: older, switched off, slow or lying nodes. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What to say to a path; null: what the server behind says. */
export type RestOverride = (path: string) => { readonly status: number; readonly body: Buffer } | "silence" | null;

export interface RestServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveRest(behind: string, override: RestOverride): Promise<RestServer> {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const said = override(path);
    if (said === "silence") return;
    if (said !== null) {
      response.writeHead(said.status).end(said.body);
      return;
    }
    fetch(behind + path)
      .then(async (answer) => response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer())))
      .catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
