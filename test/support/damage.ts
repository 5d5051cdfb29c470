/** A node's database on disk, and one bit of it changed. */
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { closeSqlite, openSqlite, type SqlValue } from "../../src/database/sqlite.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { type Network, networkOf } from "../../src/protocol/network-definition.ts";
import { readVector, vectorFiles } from "./vector.ts";

export interface Indexed {
  readonly network: Network;
  readonly directory: string;
  /** Of all tables. */
  readonly digest: string;
  readonly store: NodeStore;
}

/** Who held tokens at the start, as a node's operator puts it beside the database. */
const ALLOCATION = "allocation.json";

const newDirectory = () => mkdtempSync(join(tmpdir(), "bsk-test-damage-"));

/** Indexes a chain into a directory and leaves it closed; the store that is answered is the same chain in memory. */
export async function indexed(vector: string): Promise<Indexed> {
  const found = vectorFiles().find(({ name }) => name === vector)!;
  const opened = await readReplayFile(found.path);
  const directory = newDirectory();
  writeFileSync(join(directory, ALLOCATION), JSON.stringify(readVector(found).config.genesisAccounts));
  const file = { ...opened, network: networkOf({ ...opened.network, allocation: ALLOCATION }) };
  const store = NodeStore.open(join(directory, "node.db"), file.network, file.allocation);
  for await (const _ of replayFile(file, store));
  const digest = store.digest();
  store.close();
  const memory = NodeStore.open(":memory:", file.network, file.allocation);
  for await (const _ of replayFile(file, memory));
  return { network: file.network, directory, digest, store: memory };
}

/** A copy that may be damaged. */
export function copyOf({ directory }: Indexed): string {
  const copy = newDirectory();
  for (const name of ["node.db", ALLOCATION]) copyFileSync(join(directory, name), join(copy, name));
  return copy;
}

/** Runs SQL on the database of a directory. */
export function alter(directory: string, sql: string, ...values: SqlValue[]): void {
  const database = openSqlite(join(directory, "node.db"));
  database.prepare(sql).run(...values);
  closeSqlite(database);
}

/** Columns that are stored, by table; those of `meta` aside. */
export function columnsOf({ directory }: Indexed): readonly { readonly table: string; readonly column: string }[] {
  const database = openSqlite(join(directory, "node.db"));
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'meta'").all();
  const columns = tables.flatMap(({ name: table }) =>
    database
      .prepare(`pragma table_xinfo(${String(table)})`)
      .all()
      .filter(({ hidden }) => hidden === 0)
      .map(({ name }) => ({ table: String(table), column: String(name) })),
  );
  closeSqlite(database);
  return columns;
}

/** Changes one bit of the value in a column: of the nth row that has a value there. False where none has. */
export function flipBit(directory: string, table: string, column: string, nth: number): boolean {
  const database = openSqlite(join(directory, "node.db"));
  try {
    const key = keysOf[table] ?? "rowid";
    const rows = database.prepare(
      `SELECT ${column} AS value, * , ${key} AS key FROM ${table} WHERE ${column} IS NOT NULL`,
    );
    const all = rows.all();
    const row = all[nth % Math.max(1, all.length)];
    if (row === undefined) return false;
    const value = flipped(row["value"] ?? null);
    database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`).run(value, row["key"] ?? null);
    return true;
  } finally {
    closeSqlite(database);
  }
}

/** What finds a row in a table without row ids. */
const keysOf: Readonly<Record<string, string>> = {
  names: "name",
  namespaces: "namespace_id",
  import_keys: "namespace_id || ordinal",
  accounts: "address || type || position",
};

function flipped(value: SqlValue): SqlValue {
  // A bit that no neighbour in the table has: rows may be numbered.
  if (typeof value === "number" && Number.isInteger(value)) return Number(BigInt(value) ^ 0x4000n);
  if (typeof value === "number") return value + Number.EPSILON * Math.max(1, Math.abs(value));
  if (typeof value === "string") {
    const middle = value.length >> 1;
    return value.slice(0, middle) + String.fromCharCode(value.charCodeAt(middle) ^ 1) + value.slice(middle + 1);
  }
  if (!(value instanceof Uint8Array)) throw new Error("no bits in it");
  const copy = value.slice();
  copy[copy.length >> 1]! ^= 1;
  return copy;
}
