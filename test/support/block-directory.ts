/** Writes blk*.dat, rev*.dat and xor.dat as Bitcoin Core does (node/blockstorage.cpp), in any order. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { concat, fromHex } from "../../src/primitives/bytes.ts";
import { sha256d } from "../../src/primitives/digest.ts";

const { messageStart } = BITCOIN_CHAINS.regtest;

/** A block of a test chain with the undo data that goes with it; null for block 0, or one that was never connected. */
export interface StoredBlock {
  readonly raw: Uint8Array;
  readonly undo: Uint8Array | null;
}

function record(data: Uint8Array, magic: string): Uint8Array {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, data.length, true);
  return concat(fromHex(magic), size, data);
}

export class BlockDirectoryWriter {
  /** The data directory. */
  readonly path: string;
  readonly #key: Uint8Array | null;
  readonly #magic: string;

  constructor(path: string, key: Uint8Array | null = null, magic = messageStart) {
    this.path = path;
    this.#key = key;
    this.#magic = magic;
    mkdirSync(this.#blocks, { recursive: true });
    if (key !== null) writeFileSync(join(this.#blocks, "xor.dat"), key);
  }

  get #blocks(): string {
    return join(this.path, "regtest", "blocks");
  }

  file(kind: "blk" | "rev", number: number): string {
    return join(this.#blocks, `${kind}${String(number).padStart(5, "0")}.dat`);
  }

  /** Blocks and their undo data, in this order; the undo data in an order of its own where one is given. */
  add(number: number, blocks: readonly StoredBlock[], undoOrder: readonly StoredBlock[] = blocks): void {
    this.append("blk", number, ...blocks.map(({ raw }) => record(raw, this.#magic)));
    this.addUndo(number, undoOrder);
  }

  addUndo(number: number, blocks: readonly StoredBlock[]): void {
    const undone = blocks.flatMap(({ raw, undo }) => {
      if (undo === null) return [];
      return [record(undo, this.#magic), sha256d(concat(raw.subarray(4, 36), undo))];
    });
    this.append("rev", number, ...undone);
  }

  /** Bytes behind what was written, obfuscated by their position. */
  append(kind: "blk" | "rev", number: number, ...parts: readonly Uint8Array[]): void {
    const before = this.#read(kind, number);
    const bytes = concat(...parts);
    const key = this.#key;
    if (key !== null) for (let i = 0; i < bytes.length; i++) bytes[i] = bytes[i]! ^ key[(before.length + i) % 8]!;
    writeFileSync(this.file(kind, number), concat(before, bytes));
  }

  /** What is reserved and not written: zeros, also where the rest is obfuscated. */
  reserve(kind: "blk" | "rev", number: number, size: number): void {
    writeFileSync(this.file(kind, number), concat(this.#read(kind, number), new Uint8Array(size)));
  }

  /** Ends the file so many bytes earlier. */
  cut(kind: "blk" | "rev", number: number, bytes: number): void {
    writeFileSync(this.file(kind, number), this.#read(kind, number).slice(0, -bytes));
  }

  #read(kind: "blk" | "rev", number: number): Uint8Array {
    try {
      return new Uint8Array(readFileSync(this.file(kind, number)));
    } catch {
      return new Uint8Array();
    }
  }
}
