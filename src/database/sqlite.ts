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

/** Gives a row as the list of its values, in the order of the columns: cheaper than naming each of many. */
export interface ListStatement {
  get(...values: SqlValue[]): readonly SqlValue[] | undefined;
}

export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  prepareList(sql: string): ListStatement;
  close(): void;
}

/** What both drivers have of `node:sqlite`. */
interface DriverStatement extends Statement {
  setReturnArrays(enabled: boolean): void;
}

interface Driver {
  exec(sql: string): void;
  prepare(sql: string): DriverStatement;
  close(): void;
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string, options?: { readOnly?: boolean }) => Driver;
}

function loadSqlite(): SqliteModule {
  const major = Number(process.versions.node.split(".")[0]);
  return createRequire(import.meta.url)(major >= 24 ? "node:sqlite" : "@photostructure/sqlite") as SqliteModule;
}

/** Milliseconds that a statement waits for another process's lock. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens or creates a database: write-ahead log, durable commits, foreign keys on. `:memory:` is allowed.
 *
 * What the disk or the file is to blame for is thrown as `BskError` `machine` by every method: rule `disk-full`,
 * `disk-failed`, `database-damaged`, `database-unwritable` or `database-busy`. What is left is a fault of ours.
 * @throws BskError `machine` where the file cannot be opened or is no database.
 */
export function openSqlite(path: string): Database {
  try {
    const { DatabaseSync } = loadSqlite();
    const database = guarded(new DatabaseSync(path), path);
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    database.exec("pragma journal_mode = wal");
    database.exec("pragma synchronous = full");
    database.exec("pragma foreign_keys = on");
    return database;
  } catch (cause) {
    throw new BskError("machine", `cannot open the database "${path}"`, {
      rule: (cause instanceof BskError ? cause.rule : undefined) ?? "database-unwritable",
      cause,
      hint:
        (cause instanceof BskError ? cause.hint : undefined) ??
        "check that the directory is writable and that the file is a database of bsk",
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
    try {
      database.exec("rollback");
    } catch {
      // A full or failing disk has ended the transaction already. Why it failed is what must be told.
    }
    throw error;
  }
}

/** Moves the write-ahead log into the file, then closes it. */
export function closeSqlite(database: Database): void {
  try {
    database.exec("pragma wal_checkpoint(truncate)");
  } catch {
    // No room to move it, or nothing readable to move it into: the log stays beside the file and is read from there.
  }
  database.close();
}

/**
 * Ends the write-ahead log too and leaves one file with nothing beside it, for a database that one process uses at a time.
 * A connection that is closed can outlive its closing, as long as its statements do; without a log it touches no file.
 */
export function closeSqliteWhole(database: Database): void {
  try {
    database.exec("pragma busy_timeout = 0");
    database.exec("pragma journal_mode = delete");
  } catch {
    // Somebody else reads it: the log stays.
  }
  closeSqlite(database);
}

/** The same database, whose errors say whose fault they are. */
function guarded(database: Driver, path: string): Database {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw blamed(error, path);
    }
  };
  return {
    exec: (sql) => {
      attempt(() => {
        database.exec(sql);
      });
    },
    prepare: (sql) => {
      const statement = attempt(() => database.prepare(sql));
      return {
        run: (...values) => attempt(() => statement.run(...values)),
        get: (...values) => attempt(() => statement.get(...values)),
        all: (...values) => attempt(() => statement.all(...values)),
        *iterate(...values) {
          try {
            yield* statement.iterate(...values);
          } catch (error) {
            throw blamed(error, path);
          }
        },
      };
    },
    prepareList: (sql) => {
      const statement = attempt(() => database.prepare(sql));
      statement.setReturnArrays(true);
      return {
        get: (...values) => attempt(() => statement.get(...values) as unknown as readonly SqlValue[] | undefined),
      };
    },
    close: () => {
      attempt(() => {
        database.close();
      });
    },
  };
}

interface Blame {
  /** Primary result codes (sqlite.org/rescode.html). */
  readonly codes: readonly number[];
  /** How SQLite says it, for errors that come without a code. */
  readonly words: RegExp;
  readonly rule: string;
  readonly what: (path: string) => string;
  readonly hint: string;
}

const BLAME: readonly Blame[] = [
  {
    codes: [13],
    words: /database or disk is full/u,
    rule: "disk-full",
    what: (path) => `the disk that holds "${path}" is full`,
    hint: "make room and start again: what was stored before is whole",
  },
  {
    codes: [10],
    words: /disk I\/O error/u,
    rule: "disk-failed",
    what: (path) => `reading or writing "${path}" failed`,
    hint: "is there room, is the disk sound, is a file size limit set? what was stored before is whole",
  },
  {
    codes: [11, 26],
    words: /malformed|not a database/u,
    rule: "database-damaged",
    what: (path) => `the database "${path}" is damaged`,
    hint: "bsk node fsck --repair saves what it can of a node's index; see also whether the disk is sound",
  },
  {
    codes: [3, 8, 14],
    words: /readonly database|unable to open database/u,
    rule: "database-unwritable",
    what: (path) => `the database "${path}" cannot be written`,
    hint: "check who owns the directory and the file, and that the disk is not mounted read-only",
  },
  {
    codes: [5, 6],
    words: /database is locked/u,
    rule: "database-busy",
    what: (path) => `the database "${path}" is in use by another program`,
    hint: "close the other program and start again",
  },
];

const PRIMARY_CODE = 0xff;

function blamed(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_SQLITE_ERROR") return error;
  const code = "errcode" in error && typeof error.errcode === "number" ? error.errcode & PRIMARY_CODE : null;
  const found = BLAME.find(({ codes, words }) => (code === null ? words.test(error.message) : codes.includes(code)));
  if (found === undefined) return error;
  return new BskError("machine", found.what(path), { rule: found.rule, cause: error, hint: found.hint });
}

/** Is it the disk or the file that failed? No retry helps, and nothing that the file says can be relied on. */
export function isStorageFailure(error: unknown): boolean {
  return error instanceof BskError && BLAME.some(({ rule }) => rule === error.rule);
}
