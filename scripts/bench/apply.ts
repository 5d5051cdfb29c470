/** How fast operations are applied and stored: against nothing but writing the rows that they produce. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { closeSqlite, type Database, type SqlValue, type Statement, transaction } from "../../src/database/sqlite.ts";
import { openDatabase } from "../../src/fullnode/store/database.ts";
import { chainDigest } from "../../src/fullnode/store/digest.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { blockWriter } from "../../src/fullnode/store/writer.ts";
import type { AppliedOperation } from "../../src/ops/applied.ts";
import type { Changes } from "../../src/rules/changes.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import type { CandidateBlock } from "../../src/virtualchain/index-block.ts";
import type { IndexedBlock } from "../../src/virtualchain/store.ts";
import type { Benchmark } from "./benchmark.ts";
import { buildChain } from "./built-chain.ts";
import { CHAIN_NETWORK } from "./name-chain.ts";
import { inTurns } from "./rounds.ts";

/** Blocks, and names born in each. */
const SIZES = { tiny: { blocks: 20, births: 2 }, full: { blocks: 260, births: 8 } } as const;
const ROUNDS = { tiny: { warmUp: 0, counted: 1 }, full: { warmUp: 1, counted: 7 } } as const;
/** Operations in one database transaction, as in a first sync. */
const TRANSACTION_OPERATIONS = 1000;
/** On the disk of the package: what the system calls temporary may be memory, where durability costs nothing. */
const PARENT = "node_modules/.cache/bsk-bench";

const { firstBlock } = CHAIN_NETWORK;
const machine = bnsMachine(CHAIN_NETWORK);

/** Blocks that are stored in one transaction each. */
function batchesOf(blocks: readonly CandidateBlock[]): CandidateBlock[][] {
  const batches: CandidateBlock[][] = [[]];
  let operations = 0;
  for (const block of blocks) {
    batches.at(-1)?.push(block);
    operations += block.candidates.length;
    if (operations < TRANSACTION_OPERATIONS) continue;
    batches.push([]);
    operations = 0;
  }
  return batches.filter(({ length }) => length > 0);
}

/** One row as it is written: the statement of the store and its values. */
interface Write {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Every row that these blocks write, in order: also the versions of a name that a later operation replaces. */
function writesOf(blocks: readonly IndexedBlock<AppliedOperation, Changes>[]): Write[] {
  const writes: Write[] = [];
  const refuse = (): never => {
    throw new Error("rows of a block follow from the block");
  };
  const recorder: Database = {
    exec: refuse,
    close: refuse,
    prepareList: refuse,
    prepare: (sql) => ({
      run: (...values) => {
        writes.push({ sql, values });
        return { changes: 1, lastInsertRowid: 0 };
      },
      get: refuse,
      all: refuse,
      iterate: refuse,
    }),
  };
  // Looking for zone files that are kept already is work of ours, and writes nothing here.
  const writer = blockWriter(recorder, { kept: refuse, announced: () => undefined, forget: refuse });
  blocks.forEach((block) => writer.append(block));
  return writes;
}

/** Writes rows and does nothing else, in one transaction. */
function bareWriter(database: Database): (writes: readonly Write[]) => void {
  const statements = new Map<string, Statement>();
  const prepared = (sql: string): Statement => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return (writes) => {
    transaction(database, () => {
      for (const { sql, values } of writes) prepared(sql).run(...values);
    });
  };
}

export const applyVsBareInserts: Benchmark = {
  name: "apply-vs-bare-inserts",
  unit: "operations/s",
  aim: { atLeast: 0.4 },
  async measure(size) {
    mkdirSync(PARENT, { recursive: true });
    const directory = mkdtempSync(join(PARENT, "apply-"));
    let files = 0;
    const fresh = (): string => join(directory, `${files++}.db`);
    const built = buildChain(SIZES[size]);
    const batches = batchesOf(built.blocks);
    let at = 0;
    const writes = batches.map((batch) => writesOf(built.indexed.slice(at, (at += batch.length))));
    const operations = built.blocks.reduce((sum, { candidates }) => sum + candidates.length, 0);
    const digest = built.store.digest();
    try {
      let store = built.store;
      let bare = openDatabase(":memory:", CHAIN_NETWORK);
      let write = bareWriter(bare);
      const { ours, theirs } = await inTurns(
        {
          prepare: () => {
            store.close();
            store = NodeStore.open(fresh(), CHAIN_NETWORK);
          },
          work: () => {
            for (const batch of batches) {
              store.together(() => batch.forEach((block) => appendBlock(machine, store, block, firstBlock)));
            }
          },
        },
        {
          prepare: () => {
            closeSqlite(bare);
            bare = openDatabase(fresh(), CHAIN_NETWORK);
            write = bareWriter(bare);
          },
          work: () => writes.forEach((batch) => write(batch)),
        },
        ROUNDS[size],
      );
      // Both sides left the same rows, or the comparison says nothing.
      if (store.digest() !== digest || chainDigest(bare) !== digest) throw new Error("the two sides stored other rows");
      store.close();
      closeSqlite(bare);
      return { value: operations / ours, limit: operations / theirs };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
