/** What stands between a client and an honest node, and changes its answers. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface LyingProxy {
  readonly url: string;
  /** Answers to these paths are changed from now on; null: none are. */
  lie(about: RegExp | null, how: (body: Uint8Array) => Uint8Array): void;
  /** How many answers were changed. */
  lies(): number;
  stop(): Promise<void>;
}

export async function lyingProxy(to: string): Promise<LyingProxy> {
  let about: RegExp | null = null;
  let how = (body: Uint8Array): Uint8Array => body;
  let lies = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? "/";
      const honest = await fetch(`${to}${path}`);
      let body: Uint8Array = new Uint8Array(await honest.arrayBuffer());
      if (about?.test(path) === true) {
        lies++;
        body = how(body);
      }
      response.writeHead(honest.status, { "content-type": honest.headers.get("content-type") ?? "" }).end(body);
    })().catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lie: (paths, change) => {
      about = paths;
      how = change;
    },
    lies: () => lies,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
