/** What a test answers about names from: nodes, and a log in memory where it gives one. */
import type { Ways } from "../../src/lightnode/best-source.ts";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import { noLog, type PinnedLog } from "../../src/lightnode/pinned-log.ts";
import { REGTEST } from "./fake-node.ts";

export function waysOver(
  nodes: readonly NodeClient[],
  log: PinnedLog | null = null,
  more: Partial<Omit<Ways, "nodes" | "log">> = {},
): Ways {
  return {
    network: REGTEST,
    nodes,
    pin: log?.pin ?? null,
    log: () => Promise.resolve(log),
    noLog: () => Promise.resolve(noLog(log ?? { log: null, pin: null })),
    strangers: () => {
      const [first, ...rest] = nodes;
      if (first === undefined) throw new Error("the test gives no nodes");
      return Promise.resolve({ nodes: [first, ...rest], caught: () => Promise.resolve(null) });
    },
    strangersOnly: false,
    blockTime: () => Promise.resolve(null),
    zonefiles: () => Promise.resolve(null),
    ...more,
  };
}
