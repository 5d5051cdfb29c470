/** The files of a node's database: the one in use, and the one that a check makes beside it. */
import { existsSync, renameSync, rmSync } from "node:fs";
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
