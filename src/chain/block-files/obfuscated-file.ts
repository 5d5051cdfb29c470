/**
 * A file of a Bitcoin Core data directory, read at any position. Since version 28 the files of the blocks directory are
 * obfuscated: each byte is XORed with one of 8, by its position in the file (node/blockstorage.cpp, InitBlocksdirXorKey).
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { BskError } from "../../errors.ts";

/** 8 bytes. */
export type ObfuscationKey = Uint8Array;

export const KEY_SIZE = 8;
const WORD = Int32Array.BYTES_PER_ELEMENT;

/** XORs bytes that stand at `position` of a file, in place: words where they can be, since this is every byte that is read. */
export function deobfuscate(bytes: Uint8Array, position: number, key: ObfuscationKey): void {
  const { length } = bytes;
  const head = Math.min(length, (WORD - (bytes.byteOffset % WORD)) % WORD);
  const byKey = (i: number): void => {
    bytes[i] = (bytes[i] ?? 0) ^ (key[(position + i) % KEY_SIZE] ?? 0);
  };
  for (let i = 0; i < head; i++) byKey(i);
  const turned = Uint8Array.from(key, (_, i) => key[(position + head + i) % KEY_SIZE] ?? 0);
  const [even = 0, odd = 0] = new Int32Array(turned.buffer);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + head, Math.floor((length - head) / WORD));
  const pairs = words.length & ~1;
  for (let i = 0; i < pairs; i += 2) {
    words[i] = (words[i] as number) ^ even;
    words[i + 1] = (words[i + 1] as number) ^ odd;
  }
  for (let i = head + pairs * WORD; i < length; i++) byKey(i);
}

/** One open file. */
export class ObfuscatedFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #key: ObfuscationKey | null;

  /** @throws BskError `machine`, rule `block-file-missing` where there is no such file. */
  constructor(path: string, key: ObfuscationKey | null) {
    this.path = path;
    this.#key = key;
    try {
      this.#descriptor = openSync(path, "r");
    } catch (cause) {
      const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
      throw new BskError("machine", missing ? `there is no file "${path}"` : `cannot open "${path}"`, {
        cause,
        rule: missing ? "block-file-missing" : "block-file-unreadable",
        hint: missing
          ? "a node that prunes deletes block files: it must run without -prune"
          : "bsk must be allowed to read the files of the Bitcoin node",
      });
    }
  }

  /** Fills `into` from a position of the file on. Answers how many bytes there were. @throws BskError `machine` */
  read(position: number, into: Uint8Array): number {
    let filled = 0;
    try {
      while (filled < into.length) {
        const read = readSync(this.#descriptor, into, filled, into.length - filled, position + filled);
        if (read === 0) break;
        filled += read;
      }
    } catch (cause) {
      throw new BskError("machine", `cannot read "${this.path}"`, { cause, rule: "block-file-unreadable" });
    }
    if (this.#key !== null) deobfuscate(into.subarray(0, filled), position, this.#key);
    return filled;
  }

  /** In bytes, now. */
  size(): number {
    return fstatSync(this.#descriptor).size;
  }

  /** Are these bytes, read at `position`, zeros in the file? */
  isBlank(bytes: Uint8Array, position: number): boolean {
    return bytes.every((byte, i) => byte === (this.#key?.[(position + i) % KEY_SIZE] ?? 0));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
