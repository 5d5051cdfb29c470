/** How long it takes to take a block back: blocks of many operations, as a reorg takes them, on the disk. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inShortTransactions } from "../../src/fullnode/short-transactions.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { Benchmark } from "./benchmark.ts";
import { buildChain } from "./built-chain.ts";
import { CHAIN_NETWORK } from "./name-chain.ts";

/** Blocks, and names born in each: at full size 150 operations a block, some thirty times the densest past. */
const SIZES = { tiny: { blocks: 16, births: 2 }, full: { blocks: 200, births: 30 } } as const;
/** The last so many blocks are taken back; those before them only fill the tables. */
const TAKEN_BACK = { tiny: 2, full: 100 } as const;
/** On the disk of the package: what the system calls temporary may be memory, where durability costs nothing. */
const PARENT = "node_modules/.cache/bsk-bench";
/** Milliseconds that a block may take. */
const LIMIT = 10;

export const rollbackMsPerBlock: Benchmark = {
  name: "rollback-ms-per-block",
  unit: "ms",
  aim: { atMost: 1 },
  async measure(size) {
    mkdirSync(PARENT, { recursive: true });
    const directory = mkdtempSync(join(PARENT, "rollback-"));
    const built = buildChain(SIZES[size]);
    const store = NodeStore.open(join(directory, "node.db"), CHAIN_NETWORK);
    try {
      store.together(() => built.indexed.forEach((block) => store.append(block)));
      const before = store.digest();
      const blocks = TAKEN_BACK[size];
      const start = process.hrtime.bigint();
      const steps = Array.from({ length: blocks }, () => () => store.rollBack());
      await inShortTransactions(steps, { store, clock: () => performance.now(), stored: () => undefined });
      const value = Number(process.hrtime.bigint() - start) / 1e6 / blocks;
      built.indexed.slice(-blocks).forEach((block) => store.append(block));
      if (store.digest() !== before) throw new Error("what was taken back and put on again are other rows");
      return { value, limit: LIMIT };
    } finally {
      store.close();
      built.store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
