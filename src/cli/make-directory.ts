/** Directories of ours: mode 0700, with those on the way. */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { BskError } from "../errors.ts";

/**
 * Does nothing if it is there. Node's own `recursive` is not used: where a file system refuses new entries with ENOENT
 * (as /proc does) it tries for ever.
 * @throws BskError machine
 */
export function makeDirectory(path: string): void {
  try {
    make(path);
  } catch (error) {
    throw new BskError("machine", `cannot make the directory "${path}"`, { cause: error });
  }
}

function make(path: string): void {
  if (tryMake(path) === "made") return;
  make(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** "parent missing" is said only where the parent really is. */
function tryMake(path: string): "made" | "parent missing" {
  try {
    mkdirSync(path, { mode: 0o700 });
    return "made";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EEXIST" && statSync(path).isDirectory()) return "made";
    if (code === "ENOENT" && !exists(dirname(path))) return "parent missing";
    throw error;
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
