/**
 * The files of a light directory. Each only grows at its end; a line of the journal says how far each one is whole, and
 * what lies behind that is left over from a process that was killed. Format: docs/protocol/light-directory.md.
 *
 *   blocks    for each block   ops hash (32)  consensus hash (16)  CRC-32 of both (4)
 *   texts     chunks: some blocks' operations as a log tile, deflated
 *   chunks    for each chunk   first and last block (4 + 4)  where in "texts" (8)  bytes (4)  their CRC-32 (4)
 *   subjects  for each operation on a name or namespace   fingerprint of that (4)  height (4)
 *   owners    for each operation that leaves a name with an owner   fingerprint of the address (4)  height (4)
 *   journal   for each step   CRC-32 of the rest of the line, in hex, and a `Commit` in JSON
 *
 * Integers are big-endian. A fingerprint is the start of the SHA256: it finds blocks to look into, and proves nothing.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { BskError } from "../errors.ts";
import { fromLatin1 } from "../primitives/bytes.ts";
import { sha256 } from "../primitives/digest.ts";
import type { NetworkId } from "../primitives/hash.ts";
import type { Pin } from "./pin.ts";

export const JOURNAL = "journal";
/** Those of the spine, and those of the operations. */
export const LIGHT_FILES = ["blocks", "texts", "chunks", "subjects", "owners"] as const;
export type LightFile = (typeof LIGHT_FILES)[number];

export const BLOCK_ROW = 52;
export const CHUNK_ROW = 24;
export const FINGERPRINT_ROW = 8;

/** The beginning of a file that counts. */
export interface Extent {
  readonly bytes: number;
  /** CRC-32 of all of it. */
  readonly crc: number;
}
export type Extents = Readonly<Record<LightFile, Extent>>;

/** How far the files are whole. */
export interface Commit {
  readonly network: NetworkId;
  /** The last block in the spine. */
  readonly spine: number;
  /** The last block up to which the spine came out at a pin. */
  readonly proven: number;
  /** The last block whose operations are there. */
  readonly log: number;
  readonly extents: Extents;
  /** The pin at which spine and operations came out last, and how far the files went then. */
  readonly complete: { readonly pin: Pin; readonly extents: Extents } | null;
}

const NOTHING: Extent = { bytes: 0, crc: 0 };

/** Of an empty directory. */
export function emptyCommit(network: NetworkId, firstBlock: number): Commit {
  const before = firstBlock - 1;
  const extents = { blocks: NOTHING, texts: NOTHING, chunks: NOTHING, subjects: NOTHING, owners: NOTHING };
  return { network, spine: before, proven: before, log: before, extents, complete: null };
}

export function journalLine(commit: Commit): string {
  const json = JSON.stringify(commit);
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
}

/** The commits in a piece of the journal, without lines that were torn or damaged. */
export function commitsIn(text: string): Commit[] {
  return text.split("\n").flatMap((line) => {
    const json = line.slice(9);
    const whole = line.length > 9 && Number.parseInt(line.slice(0, 8), 16) === crc32(json);
    return whole ? [JSON.parse(json) as Commit] : [];
  });
}

/** Some lines of the journal: the last of them is all that a reader needs. */
const JOURNAL_TAIL = 16 * 1024;

/** The last commit; null where there is none. @throws BskError `machine` */
export function lastCommit(directory: string): Commit | null {
  const path = join(directory, JOURNAL);
  const size = sizeOf(path);
  if (size === null || size === 0) return null;
  const start = Math.max(0, size - JOURNAL_TAIL);
  const lines = readRange(path, start, size - start)
    .toString("utf8")
    .split("\n");
  // Behind the last line feed is what a killed process began to write.
  const last = lines.at(-2);
  if (last === undefined) return null;
  const [found] = commitsIn(last);
  if (found === undefined) throw damaged(path);
  return found;
}

/** null where there is no such file. */
export function sizeOf(path: string): number | null {
  try {
    const file = openSync(path, "r");
    try {
      return fstatSync(file).size;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new BskError("machine", `cannot read "${path}"`, { rule: "disk-failed", cause: error });
  }
}

/** Bytes of a file that must be there. @throws BskError `machine`, rule `light-damaged` or `disk-failed` */
export function readRange(path: string, from: number, length: number): Buffer {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw damaged(path);
    throw new BskError("machine", `cannot read "${path}"`, { rule: "disk-failed", cause: error });
  }
  try {
    const bytes = Buffer.allocUnsafe(length);
    let got = 0;
    while (got < length) {
      const read = readSync(file, bytes, got, length - got, from + got);
      if (read === 0) throw damaged(path);
      got += read;
    }
    return bytes;
  } catch (error) {
    if (error instanceof BskError) throw error;
    throw new BskError("machine", `cannot read "${path}"`, { rule: "disk-failed", cause: error });
  } finally {
    closeSync(file);
  }
}

export function damaged(path: string): BskError {
  return new BskError("machine", `"${path}" is damaged`, {
    rule: "light-damaged",
    hint: "bsk light sync repairs it; see also whether the disk is sound",
  });
}

/** What finds the blocks that may hold operations on a subject, or of an owner. */
export function fingerprint(text: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = sha256(fromLatin1(text));
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
