/** How fast operations are applied and stored: against nothing but inserting the rows that this leaves. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { closeSqlite, type Database, type SqlValue, type Statement, transaction } from "../../src/database/sqlite.ts";
import { openDatabase } from "../../src/fullnode/store/database.ts";
import { chainDigest } from "../../src/fullnode/store/digest.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import type { CandidateBlock } from "../../src/virtualchain/index-block.ts";
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

/** All that a chain of names without imports fills. */
const TABLES = ["blocks", "operations", "rejections", "preorders", "names", "namespaces"] as const;

type BareInsert = readonly [table: (typeof TABLES)[number], values: readonly SqlValue[]];

/** The columns that are stored, not computed from others. */
function columnsOf(database: Database, table: string): string[] {
  const columns = database.prepare(`PRAGMA table_info(${table})`).all();
  return columns.map(({ name }) => String(name));
}

/** The rows that a chain left, under the height of the block that wrote each of them last. */
function rowsByHeight(store: NodeStore, database: Database): Map<number, BareInsert[]> {
  const heights = new Map(store.rows("operations").map(({ txid, height }) => [txid, Number(height)]));
  const rows = new Map<number, BareInsert[]>();
  for (const table of TABLES) {
    const columns = columnsOf(database, table);
    for (const row of store.rows(table)) {
      const { height, position, txid } = row;
      const at =
        position === undefined ? Number(height ?? heights.get(txid ?? null)) : Math.floor(Number(position) / 2 ** 20);
      rows.set(at, [...(rows.get(at) ?? []), [table, columns.map((column) => row[column] ?? null)]]);
    }
  }
  return rows;
}

/** The bare inserts into the tables of a node, ready to be run. */
function inserter(database: Database): (inserts: readonly BareInsert[]) => void {
  const statements = Object.fromEntries(
    TABLES.map((table) => {
      const columns = columnsOf(database, table);
      const marks = columns.map(() => "?").join(", ");
      return [table, database.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${marks})`)];
    }),
  ) as Record<(typeof TABLES)[number], Statement>;
  return (inserts) => {
    transaction(database, () => {
      for (const [table, values] of inserts) statements[table].run(...values);
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
    const rows = rowsByHeight(built.store, openDatabase(":memory:", CHAIN_NETWORK));
    const inserts = batches.map((batch) => batch.flatMap(({ height }) => rows.get(height) ?? []));
    const operations = built.blocks.reduce((sum, { candidates }) => sum + candidates.length, 0);
    const digest = built.store.digest();
    try {
      let store = built.store;
      let bare = openDatabase(":memory:", CHAIN_NETWORK);
      let insert = inserter(bare);
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
            insert = inserter(bare);
          },
          work: () => inserts.forEach((batch) => insert(batch)),
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
