/** The files of a node's database: the one in use, and the one that a check makes beside it. */
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { BskError } from "../../errors.ts";

/** The database of the node in this directory. */
export function databasePath(directory: string): string {
  return join(directory, "node.db");
}

/** Where a check derives everything again. */
export function draftPath(directory: string): string {
  return join(directory, "node.draft.db");
}

/** @throws BskError `machine` where no node has indexed anything in this directory. */
export function requireDatabase(directory: string): void {
  if (existsSync(databasePath(directory))) return;
  throw new BskError("machine", `no node has indexed anything in "${directory}"`, {
    rule: "no-database",
    hint: "bsk node start begins; --dir and --network choose the directory",
  });
}

/** Offsets in the header of a SQLite file (sqlite.org/fileformat.html §1.3). */
const PAGE_SIZE_AT = 16;
const PAGES_AT = 28;
const HEADER_BYTES = 100;

/**
 * Gives a database that was cut off the length that its header tells, in empty pages: SQLite opens no shorter file, and
 * what is left of this one can then be read.
 */
export function restoreLength(directory: string): void {
  const path = databasePath(directory);
  const { size } = statSync(path);
  if (size < HEADER_BYTES) return;
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, "r");
  readSync(file, header);
  closeSync(file);
  const pageSize = header.readUInt16BE(PAGE_SIZE_AT);
  // 1 stands for 65536, which two bytes cannot say.
  const length = (pageSize === 1 ? 0x1_0000 : pageSize) * header.readUInt32BE(PAGES_AT);
  if (header.toString("latin1").startsWith("SQLite format 3\0") && size < length) truncateSync(path, length);
}

/** Files that SQLite keeps beside a database. */
const BESIDE = ["-wal", "-shm"];

export function removeDraft(directory: string): void {
  for (const suffix of ["", ...BESIDE]) rmSync(`${draftPath(directory)}${suffix}`, { force: true });
}

/** Puts the draft in the place of the database, in one step; both are closed. */
export function adoptDraft(directory: string): void {
  // A log of the old file must not be read into the new one.
  for (const suffix of BESIDE) rmSync(`${databasePath(directory)}${suffix}`, { force: true });
  renameSync(draftPath(directory), databasePath(directory));
}
