/** A node's database with more blocks than a tile has: a replayed chain, and blocks without operations behind it. */
import { join } from "node:path";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { blockHash } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { type Network, networkOf } from "../../src/protocol/network-definition.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import { vectorFiles } from "./vector.ts";

export const LONG_CHAIN_NAME = "long";

/** Indexes it into a directory, up to so many blocks; the caller closes the store. */
export async function longChain(directory: string, blocks: number): Promise<{ network: Network; store: NodeStore }> {
  const file = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!.path);
  const network = networkOf({ ...file.network, name: LONG_CHAIN_NAME });
  const store = NodeStore.open(join(directory, "node.db"), network);
  for await (const _ of replayFile({ ...file, network }, store));
  addEmptyBlocks(store, network.firstBlock + blocks - 1);
  return { network, store };
}

/** `branch`: other blocks of the same heights have another. */
export function addEmptyBlocks(store: NodeStore, upTo: number, branch = 0): void {
  const { network } = store;
  const machine = bnsMachine(network);
  const hashOf = (height: number) => blockHash(`${branch}`.padStart(8, "0") + height.toString(16).padStart(56, "0"));
  store.together(() => {
    for (let height = store.tip()!.height + 1; height <= upTo; height++) {
      const block = {
        height: blockHeight(height),
        hash: hashOf(height),
        previousHash: store.tip()!.hash,
        time: 1_600_000_000 + height,
        candidates: [],
      };
      appendBlock(machine, store, block, network.firstBlock);
    }
  });
}
