/** Equal databases: the same digest over the rows that follow from the chain. */
import { createHash } from "node:crypto";
import type { Database, SqlRow, SqlValue } from "../../database/sqlite.ts";

/** Tables that follow from the chain alone, with the order of their rows. Zone files do not: nodes may hold different ones. */
const CHAIN_TABLES = {
  blocks: ["height"],
  operations: ["position"],
  rejections: ["position"],
  names: ["name"],
  namespaces: ["namespace_id"],
  preorders: ["position"],
  import_keys: ["namespace_id", "ordinal"],
  accounts: ["address", "type", "position"],
} as const;

export type ChainTable = keyof typeof CHAIN_TABLES;

/** In the order in which they are shown and hashed. */
export const CHAIN_TABLE_NAMES = Object.keys(CHAIN_TABLES) as readonly ChainTable[];

export interface TableDigest {
  readonly rows: number;
  /** SHA256 over all rows in their order, as hex. */
  readonly digest: string;
}

/** The columns that order a table's rows. */
export function keyOf(table: ChainTable): readonly string[] {
  return CHAIN_TABLES[table];
}

/** The rows of a table in their one order. */
export function tableRows(database: Database, table: ChainTable): IterableIterator<SqlRow> {
  return database.prepare(`SELECT * FROM ${table} ORDER BY ${CHAIN_TABLES[table].join(", ")}`).iterate();
}

/** One table's rows, and how many they are. */
export function tableDigest(database: Database, table: ChainTable): TableDigest {
  const hash = createHash("sha256");
  let rows = 0;
  for (const row of tableRows(database, table)) {
    hash.update(JSON.stringify(Object.entries(row).map(([column, value]) => [column, plainValue(value)])));
    hash.update("\n");
    rows++;
  }
  return { rows, digest: hash.digest("hex") };
}

/** SHA256 over all rows of all chain tables, as hex: two nodes on the same chain have the same. */
export function chainDigest(database: Database): string {
  const hash = createHash("sha256");
  for (const table of CHAIN_TABLE_NAMES) hash.update(`${table} ${tableDigest(database, table).digest}\n`);
  return hash.digest("hex");
}

/** Bytes as hex: their JSON form differs between Buffer and Uint8Array. */
export function plainValue(value: SqlValue | undefined): string | number | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return typeof value === "bigint" ? value.toString() : (value ?? null);
}
