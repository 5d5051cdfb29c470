/** The blocks directory of a Bitcoin Core data directory: which files it has, and how they are obfuscated. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BitcoinParameters } from "../../bitcoin/parameters.ts";
import { BskError } from "../../errors.ts";
import { fromHex } from "../../primitives/bytes.ts";
import { KEY_SIZE, ObfuscatedFile, type ObfuscationKey } from "./obfuscated-file.ts";

const BLOCK_FILE = /^blk(?<number>[0-9]{5,})\.dat$/u;
const KEY_FILE = "xor.dat";

/** What a file holds: blocks, or what undoes them. */
export type FileKind = "blk" | "rev";

/** Plain data, so that it can be handed to another thread. */
export interface BlockDirectory {
  /** Holds blk*.dat and rev*.dat. */
  readonly path: string;
  /** Null where the files are as they are. */
  readonly key: ObfuscationKey | null;
  /** 4 bytes before each record. */
  readonly magic: Uint8Array;
}

/**
 * Finds the block files under a data directory, which may also be the directory of the chain or that of the blocks.
 * @throws BskError usage if there are none, machine if they cannot be read
 */
export function blockDirectory(path: string, bitcoin: BitcoinParameters): BlockDirectory {
  const places = [join(path, bitcoin.coreDirectory, "blocks"), join(path, "blocks"), path];
  const found = places.find((place) => fileNumbers(place).length > 0);
  if (found === undefined) {
    throw new BskError("usage", `there are no block files (blk00000.dat …) in "${path}"`, {
      rule: "no-block-files",
      hint: `give the data directory of a Bitcoin node that follows ${bitcoin.coreName}`,
    });
  }
  return { path: found, key: obfuscationKey(found), magic: fromHex(bitcoin.messageStart) };
}

/** Numbers of the files with blocks, ascending; none where there is no such directory. @throws BskError machine */
export function fileNumbers(path: string): number[] {
  try {
    const numbers = readdirSync(path).flatMap((name) => {
      const number = BLOCK_FILE.exec(name)?.groups?.["number"];
      return number === undefined ? [] : [Number(number)];
    });
    return numbers.sort((a, b) => a - b);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) return [];
    throw new BskError("machine", `cannot read the directory "${path}"`, { cause, rule: "block-file-unreadable" });
  }
}

function obfuscationKey(path: string): ObfuscationKey | null {
  const file = join(path, KEY_FILE);
  if (!existsSync(file)) return null;
  let key: Uint8Array;
  try {
    key = new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw new BskError("machine", `cannot read "${file}"`, { cause, rule: "block-file-unreadable" });
  }
  if (key.length !== KEY_SIZE) {
    throw new BskError("machine", `"${file}" has ${key.length} bytes, not the ${KEY_SIZE} of a key`, {
      rule: "block-file-unreadable",
    });
  }
  return key.some((byte) => byte !== 0) ? key : null;
}

function filePath({ path }: BlockDirectory, kind: FileKind, number: number): string {
  return join(path, `${kind}${String(number).padStart(5, "0")}.dat`);
}

export function hasFile(directory: BlockDirectory, kind: FileKind, number: number): boolean {
  return existsSync(filePath(directory, kind, number));
}

/** @throws BskError `machine` */
export function openFile(directory: BlockDirectory, kind: FileKind, number: number): ObfuscatedFile {
  return new ObfuscatedFile(filePath(directory, kind, number), directory.key);
}

/** Keeps the last few files open: blocks lie nearly in order. */
export class OpenFiles {
  readonly #directory: BlockDirectory;
  readonly #kind: FileKind;
  readonly #open = new Map<number, ObfuscatedFile>();

  constructor(directory: BlockDirectory, kind: FileKind) {
    this.#directory = directory;
    this.#kind = kind;
  }

  /** @throws BskError `machine` */
  file(number: number): ObfuscatedFile {
    const known = this.#open.get(number);
    if (known !== undefined) return known;
    if (this.#open.size >= 8) this.close();
    const file = openFile(this.#directory, this.#kind, number);
    this.#open.set(number, file);
    return file;
  }

  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }
}
