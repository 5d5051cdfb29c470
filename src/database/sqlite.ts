/**
 * SQLite through the `node:sqlite` interface: the built-in module from Node 24 on, the same interface with its binaries
 * in a package before. The only file that loads either.
 */
import { createRequire } from "node:module";
import { BskError } from "../errors.ts";

export type SqlValue = null | number | bigint | string | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

export interface Statement {
  run(...values: SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  get(...values: SqlValue[]): SqlRow | undefined;
  all(...values: SqlValue[]): SqlRow[];
  iterate(...values: SqlValue[]): IterableIterator<SqlRow>;
}

export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string, options?: { readOnly?: boolean }) => Database;
}

function loadSqlite(): SqliteModule {
  const major = Number(process.versions.node.split(".")[0]);
  return createRequire(import.meta.url)(major >= 24 ? "node:sqlite" : "@photostructure/sqlite") as SqliteModule;
}

/** Milliseconds that a statement waits for another process's lock. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens or creates a database: write-ahead log, durable commits, foreign keys on. `:memory:` is allowed.
 * @throws BskError `machine` where the file cannot be opened or is no database.
 */
export function openSqlite(path: string): Database {
  try {
    const { DatabaseSync } = loadSqlite();
    const database = new DatabaseSync(path);
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    database.exec("pragma journal_mode = wal");
    database.exec("pragma synchronous = full");
    database.exec("pragma foreign_keys = on");
    return database;
  } catch (cause) {
    throw new BskError("machine", `cannot open the database "${path}"`, {
      cause,
      hint: "check that the directory is writable and that the file is a database of bsk",
    });
  }
}

/** Runs `work` as one transaction: all of it is stored, durably, or none. */
export function transaction<T>(database: Database, work: () => T): T {
  database.exec("begin immediate");
  try {
    const result = work();
    database.exec("commit");
    return result;
  } catch (error) {
    database.exec("rollback");
    throw error;
  }
}

/** Moves the write-ahead log into the file, then closes it. */
export function closeSqlite(database: Database): void {
  database.exec("pragma wal_checkpoint(truncate)");
  database.close();
}
