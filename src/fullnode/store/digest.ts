/** Equal databases: the same digest over the rows that follow from the chain. */
import { createHash } from "node:crypto";
import type { Database, SqlRow } from "../../database/sqlite.ts";

/** Tables that follow from the chain alone, with the order of their rows. Zone files do not: nodes may hold different ones. */
const CHAIN_TABLES = {
  blocks: "height",
  operations: "position",
  rejections: "position",
  names: "name",
  namespaces: "namespace_id",
  preorders: "position",
  import_keys: "namespace_id, ordinal",
} as const;

export type ChainTable = keyof typeof CHAIN_TABLES;

/** The rows of a table in their one order. */
export function tableRows(database: Database, table: ChainTable): IterableIterator<SqlRow> {
  return database.prepare(`SELECT * FROM ${table} ORDER BY ${CHAIN_TABLES[table]}`).iterate();
}

/** SHA256 over all rows of all chain tables, as hex: two nodes on the same chain have the same. */
export function chainDigest(database: Database): string {
  const hash = createHash("sha256");
  for (const table of Object.keys(CHAIN_TABLES) as ChainTable[]) {
    hash.update(`${table}\n`);
    for (const row of tableRows(database, table)) {
      hash.update(JSON.stringify(Object.entries(row).map(([column, value]) => [column, plain(value)])));
      hash.update("\n");
    }
  }
  return hash.digest("hex");
}

/** Bytes as hex: their JSON form differs between Buffer and Uint8Array. */
function plain(value: SqlRow[string] | undefined): string | number | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return typeof value === "bigint" ? value.toString() : (value ?? null);
}
