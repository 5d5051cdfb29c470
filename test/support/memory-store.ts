/** A virtualchain's store in memory, over BNS rows. */
import type { AcceptedBns } from "../../src/rules/verdict.ts";
import type { Changes } from "../../src/rules/changes.ts";
import { MemoryView, type Undo } from "../../src/rules/memory-view.ts";
import type { StateView } from "../../src/rules/state-view.ts";
import type { Network } from "../../src/protocol/network-definition.ts";
import type { IndexedBlock, VirtualchainStore } from "../../src/virtualchain/store.ts";

export class MemoryStore implements VirtualchainStore<StateView, AcceptedBns, Changes> {
  readonly view: MemoryView;
  readonly #blocks: { readonly block: IndexedBlock<AcceptedBns, Changes>; readonly undo: Undo }[] = [];

  constructor(network: Network) {
    this.view = new MemoryView(network);
  }

  tip() {
    return this.#blocks.at(-1)?.block ?? null;
  }

  consensusHashAt(height: number) {
    return this.view.consensusHashAt(height);
  }

  append(block: IndexedBlock<AcceptedBns, Changes>): void {
    this.#blocks.push({ block, undo: this.view.apply(block.changes) });
    this.view.setConsensusHash(block.height, block.consensusHash);
  }

  rollBack(): void {
    const last = this.#blocks.pop();
    if (last === undefined) throw new Error("nothing to roll back");
    this.view.undo(last.undo);
    this.view.setConsensusHash(last.block.height, null);
  }
}
