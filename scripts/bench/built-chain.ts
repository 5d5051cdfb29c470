/** The chain of the benchmarks with the store that holds it. */
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { AppliedOperation } from "../../src/ops/applied.ts";
import type { Changes } from "../../src/rules/changes.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import type { CandidateBlock } from "../../src/virtualchain/index-block.ts";
import type { IndexedBlock } from "../../src/virtualchain/store.ts";
import { CHAIN_NETWORK, NameChain } from "./name-chain.ts";

export interface ChainSize {
  readonly blocks: number;
  /** Names born in each block. */
  readonly births: number;
  /** Index in the block of its nth operation, counted from 0; they follow the coinbase if not given. */
  readonly places?: (operation: number) => number;
}

/** The blocks of the chain, stored in a database in memory on the way, which the caller closes. */
export function buildChain({ blocks, births, places = (i) => i + 1 }: ChainSize): {
  readonly store: NodeStore;
  readonly blocks: readonly CandidateBlock[];
  /** What the blocks came to. */
  readonly indexed: readonly IndexedBlock<AppliedOperation, Changes>[];
} {
  const { firstBlock } = CHAIN_NETWORK;
  const machine = bnsMachine(CHAIN_NETWORK);
  const store = NodeStore.open(":memory:", CHAIN_NETWORK);
  const chain = new NameChain(machine, births);
  const built: CandidateBlock[] = [];
  const indexed: IndexedBlock<AppliedOperation, Changes>[] = [];
  for (let height = firstBlock; height < firstBlock + blocks; height++) {
    const seen = store.consensusHashAt(height - 1);
    if (seen === null) throw new Error(`block ${height} has no block before it`);
    const made = chain.block(height, seen);
    const candidates = made.candidates.map((candidate, i) => ({ ...candidate, vtxindex: places(i) }));
    const block = { ...made, candidates };
    const came = appendBlock(machine, store, block, firstBlock);
    const [wrong] = came.rejected;
    if (wrong !== undefined) throw new Error(`the chain of the benchmark is wrong: ${wrong.because}`);
    built.push(block);
    indexed.push(came);
  }
  return { store, blocks: built, indexed };
}
