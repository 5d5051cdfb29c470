/** A state machine that is not BNS: a counter that anyone may raise, with magic bytes of its own. */
import { fromLatin1 } from "../../src/primitives/bytes.ts";
import type { ConsensusHash } from "../../src/primitives/hash.ts";
import type { BlockHeight } from "../../src/primitives/units.ts";
import type { Candidate, Machine } from "../../src/virtualchain/machine.ts";
import type { IndexedBlock, VirtualchainStore } from "../../src/virtualchain/store.ts";

interface Raise {
  readonly by: number;
}
export interface Raised {
  readonly total: number;
}
export interface Total {
  total: number;
}

/** "C1" "+" n raises the counter by n, at most to 10. */
export const counter: Machine<Raise, Raised, Total, Total, Raised> = {
  magic: fromLatin1("C1"),
  opcodes: new Set(fromLatin1("+")),
  parse: ({ payload }: Candidate) => (payload.length === 1 ? { by: payload[0]! } : null),
  open: ({ total }) => ({ total }),
  check: ({ by }, _at, { total }) =>
    total + by > 10
      ? { kind: "rejected", rule: "too-high", because: `${total + by} is above 10` }
      : { kind: "accepted", accepted: { total: total + by } },
  apply: ({ total }, state) => {
    state.total = total;
  },
  serialize: ({ total }) => `+:${total}`,
  changes: ({ total }) => ({ total }),
};

export class CounterStore implements VirtualchainStore<Total, Raised, Raised> {
  readonly #blocks: IndexedBlock<Raised, Raised>[] = [];

  get view(): Total {
    return { total: this.#blocks.at(-1)?.changes.total ?? 0 };
  }
  tip() {
    return this.#blocks.at(-1) ?? null;
  }
  consensusHashAt(height: number): ConsensusHash | null {
    return this.#blocks.find((block) => block.height === (height as BlockHeight))?.consensusHash ?? null;
  }
  append(block: IndexedBlock<Raised, Raised>): void {
    this.#blocks.push(block);
  }
  rollBack(): void {
    this.#blocks.pop();
  }
}
