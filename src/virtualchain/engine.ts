/** Puts blocks onto a stored virtualchain, one by one. */
import type { CandidateBlock } from "./index-block.ts";
import { indexBlock } from "./index-block.ts";
import type { Machine } from "./machine.ts";
import type { IndexedBlock, VirtualchainStore } from "./store.ts";

/**
 * Indexes a block on top of the store's tip and stores it, whole.
 * @throws Error if the block does not follow the tip, or is not the first block of an empty store.
 */
export function appendBlock<Op, Accepted, View, State, Changes>(
  machine: Machine<Op, Accepted, View, State, Changes>,
  store: VirtualchainStore<View, Accepted, Changes>,
  block: CandidateBlock,
  firstBlock: number,
): IndexedBlock<Accepted, Changes> {
  const tip = store.tip();
  if (tip === null ? block.height !== firstBlock : block.height !== tip.height + 1 || block.previousHash !== tip.hash) {
    throw new Error(`block ${block.height} "${block.hash}" does not follow the last stored block`);
  }
  const indexed = indexBlock(machine, store.view, block, {
    firstBlock,
    consensusHashAt: (height) => store.consensusHashAt(height),
  });
  store.append(indexed);
  return indexed;
}
