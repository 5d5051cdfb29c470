/** The chain of the benchmarks with the store that holds it. */
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import type { CandidateBlock } from "../../src/virtualchain/index-block.ts";
import { CHAIN_NETWORK, NameChain } from "./name-chain.ts";

/** The blocks of the chain, stored in a database in memory on the way, which the caller closes. */
export function buildChain(size: { readonly blocks: number; readonly births: number }): {
  readonly store: NodeStore;
  readonly blocks: readonly CandidateBlock[];
} {
  const { firstBlock } = CHAIN_NETWORK;
  const machine = bnsMachine(CHAIN_NETWORK);
  const store = NodeStore.open(":memory:", CHAIN_NETWORK);
  const chain = new NameChain(machine, size.births);
  const built: CandidateBlock[] = [];
  for (let height = firstBlock; height < firstBlock + size.blocks; height++) {
    const seen = store.consensusHashAt(height - 1);
    if (seen === null) throw new Error(`block ${height} has no block before it`);
    const block = chain.block(height, seen);
    const { rejected } = appendBlock(machine, store, block, firstBlock);
    if (rejected[0] !== undefined) throw new Error(`the chain of the benchmark is wrong: ${rejected[0].because}`);
    built.push(block);
  }
  return { store, blocks: built };
}
