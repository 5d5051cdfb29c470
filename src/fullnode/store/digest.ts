/**
 * Equal databases: the same digest over the rows that a consensus hash and the headers of blocks stand for.
 *
 * Refused transactions, and announcements that a node was told to take, are what it saw beside that: no hash stands for
 * them, a node that took its blocks from tiles knows none, and they change no row of another table.
 */
import { createHash } from "node:crypto";
import type { Database, SqlRow, SqlValue } from "../../database/sqlite.ts";

/** Tables that follow from blocks, with the order of their rows. Zone files do not: nodes may hold different ones. */
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

/** Rows and columns that no hash stands for. */
const SEEN_ONLY = {
  tables: new Set<ChainTable>(["rejections"]),
  columns: new Set(["refused_checksum"]),
  rows: { operations: "canonical IS NOT NULL" } as Partial<Record<ChainTable, string>>,
} as const;

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

/** One table's rows, those aside that no hash stands for, and how many they are. Of a table that is all that, all of them. */
export function tableDigest(database: Database, table: ChainTable): TableDigest {
  const hash = createHash("sha256");
  let rows = 0;
  const order = CHAIN_TABLES[table].join(", ");
  const counted = database.prepare(`SELECT * FROM ${table} WHERE ${SEEN_ONLY.rows[table] ?? "1"} ORDER BY ${order}`);
  for (const row of counted.iterate()) {
    const columns = Object.entries(row).filter(([column]) => !SEEN_ONLY.columns.has(column));
    hash.update(JSON.stringify(columns.map(([column, value]) => [column, plainValue(value)])));
    hash.update("\n");
    rows++;
  }
  return { rows, digest: hash.digest("hex") };
}

/** SHA256 over the digests of all tables that a hash stands for, as hex: two nodes on the same chain have the same. */
export function chainDigest(database: Database): string {
  const hash = createHash("sha256");
  for (const table of CHAIN_TABLE_NAMES.filter((table) => !SEEN_ONLY.tables.has(table)))
    hash.update(`${table} ${tableDigest(database, table).digest}\n`);
  return hash.digest("hex");
}

/** Bytes as hex: their JSON form differs between Buffer and Uint8Array. */
export function plainValue(value: SqlValue | undefined): string | number | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return typeof value === "bigint" ? value.toString() : (value ?? null);
}
