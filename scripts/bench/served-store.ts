/** The API of a node whose store no longer grows. */
import { serveApi } from "../../src/fullnode/api/server.ts";
import type { NodeStore } from "../../src/fullnode/store/store.ts";
import { Tally } from "../../src/fullnode/tally.ts";

export function serveStore(store: NodeStore): ReturnType<typeof serveApi> {
  return serveApi(
    {
      store,
      version: "0.0.0",
      tally: new Tally(),
      status: () => ({
        indexing: false,
        sourceHeight: store.tip()?.height ?? null,
        source: "a benchmark",
        spentScripts: null,
        trouble: null,
        forkWatch: { followers: [], lastReorg: null, deepestReorg: 0, witnesses: [] },
      }),
      now: () => Math.floor(Date.now() / 1000),
    },
    {
      host: "127.0.0.1",
      port: 0,
      failed: (error) => {
        throw error;
      },
    },
  );
}
