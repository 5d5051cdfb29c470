/** A node that tells the history of a store, as the client of one. */
import type { ReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import { proveStretch } from "../../src/verify/reach.ts";
import { fakeNode, INFO } from "./fake-node.ts";

export function historyNode(store: NodeStore, answers: Partial<NodeClient> = {}): NodeClient {
  const { firstBlock } = store.network;
  const tip = store.tip()!;
  return fakeNode({
    url: "https://a.example",
    info: () =>
      Promise.resolve({
        ...INFO,
        tip: { ...INFO.tip!, height: tip.height, consensusHash: store.consensusHashAt(tip.height)! },
      }),
    consensusHashAt: (height) => Promise.resolve(store.consensusHashAt(height)),
    stretch: (to, from) => Promise.resolve(proveStretch(from, to, firstBlock, store.hashed)),
    operationTexts: (height) => Promise.resolve(store.hashed.operationsAt(height)),
    ...answers,
  });
}

/** What indexing a replay file comes to, up to a height. */
export async function storeOf(replay: ReplayFile, upTo = Infinity): Promise<NodeStore> {
  const store = NodeStore.open(":memory:", replay.network, replay.allocation);
  for await (const { height } of replayFile(replay, store)) if (height >= upTo) break;
  return store;
}
