/** The first place where the rows of two databases are not the same. */
import type { SqlRow, SqlValue } from "../../database/sqlite.ts";
import { CHAIN_TABLE_NAMES, type ChainTable, keyOf, plainValue } from "./digest.ts";

/** What is read of a store. */
export interface Tables {
  eachRow(table: ChainTable): IterableIterator<SqlRow>;
}

/** In words, from the side of the first store: the second one holds what should be there. */
export interface Difference {
  readonly table: string;
  /** Key of the row: "muneeb.id", or several values with "/" between; null where no single row is meant. */
  readonly key: string | null;
  readonly because: string;
}

const SHOWN_LENGTH = 80;

/** Compares all tables that follow from the chain, row by row. Null where they are equal. */
export function firstDifference(stored: Tables, derived: Tables): Difference | null {
  for (const table of CHAIN_TABLE_NAMES) {
    const rows = [stored.eachRow(table), derived.eachRow(table)] as const;
    try {
      const found = firstIn(table, ...rows);
      if (found !== null) return found;
    } finally {
      // A statement in the middle of its rows would keep the database from being closed.
      for (const side of rows) side.return?.();
    }
  }
  return null;
}

function firstIn(table: ChainTable, stored: Iterator<SqlRow>, derived: Iterator<SqlRow>): Difference | null {
  const key = keyOf(table);
  for (;;) {
    const left = nextOf(stored);
    const right = nextOf(derived);
    if (left === null && right === null) return null;
    const order = left === null ? 1 : right === null ? -1 : compareKeys(key, left, right);
    if (order < 0)
      return { table, key: textOf(key, left), because: "is a row that the stored transactions do not make" };
    if (order > 0) return { table, key: textOf(key, right), because: "is missing" };
    const column = Object.keys(right ?? {}).find((name) => plainValue(left?.[name]) !== plainValue(right?.[name]));
    if (column === undefined) continue;
    const because = `${column} is ${shown(left?.[column])}, and the stored transactions come to ${shown(right?.[column])}`;
    return { table, key: textOf(key, left), because };
  }
}

function nextOf(rows: Iterator<SqlRow>): SqlRow | null {
  const step = rows.next();
  return step.done === true ? null : step.value;
}

function compareKeys(key: readonly string[], left: SqlRow, right: SqlRow): number {
  for (const column of key) {
    const a = plainValue(left[column]);
    const b = plainValue(right[column]);
    if (a === b) continue;
    if (a === null || b === null) return a === null ? -1 : 1;
    return a < b ? -1 : 1;
  }
  return 0;
}

function textOf(key: readonly string[], row: SqlRow | null): string {
  return key.map((column) => String(plainValue(row?.[column]))).join("/");
}

function shown(value: SqlValue | undefined): string {
  const plain = plainValue(value);
  if (typeof plain !== "string") return String(plain);
  return plain.length > SHOWN_LENGTH ? `"${plain.slice(0, SHOWN_LENGTH)}…"` : `"${plain}"`;
}
