/**
 * The records of blk*.dat and rev*.dat, one after the other:
 *
 *   0      4                 8
 *   magic  size (LE)         data, and behind undo data a checksum of 32 bytes
 *
 * Space that Bitcoin Core reserved and has not written yet is zeros. What a crash left behind is stepped over, as
 * Bitcoin Core does when it reads its own files again (validation.cpp, LoadExternalBlockFile).
 */
import { equalBytes, indexOfBytes } from "../../primitives/bytes.ts";
import type { ObfuscatedFile } from "./obfuscated-file.ts";

export interface FileRecord {
  /** Of the data in the file. */
  readonly position: number;
  /** Of the data, in bytes. */
  readonly size: number;
  /** The first bytes of the data, valid until the next record is asked for. */
  readonly head: Uint8Array;
}

/** What records look like. */
export interface RecordForm {
  /** 4 bytes. */
  readonly magic: Uint8Array;
  /** Bytes of the data that are wanted of every record. Shorter data is no record. */
  readonly headSize: number;
  /** Bytes behind the data. */
  readonly tailSize: number;
  readonly isRecord: (head: Uint8Array) => boolean;
}

const FRAME_SIZE = 8;
/** Larger is nothing that Bitcoin Core writes (serialize.h, MAX_SIZE). */
const MAX_SIZE = 0x0200_0000;
/** Read at once: many records where they are small, and not much where each is a read of its own. */
const WINDOW_SIZE = 4096;
const SEARCH_SIZE = 1024 * 1024;

/** Goes through the records of one file; can be asked again when the file has grown. */
export class RecordWalk {
  readonly #form: RecordForm;
  readonly #window = new Uint8Array(WINDOW_SIZE);
  #windowStart = 0;
  #windowSize = 0;
  #position = 0;

  constructor(form: RecordForm) {
    this.#form = form;
  }

  /** Where the next record is looked for. */
  get position(): number {
    return this.#position;
  }

  /** Takes a record back: it is looked at again. */
  rewindTo({ position }: Pick<FileRecord, "position">): void {
    this.#position = position - FRAME_SIZE;
  }

  /** Forgets what was read ahead: the file may have changed. */
  refresh(): void {
    this.#windowSize = 0;
  }

  /** The next whole record, null where the file ends, is blank or breaks off. */
  next(file: ObfuscatedFile): FileRecord | null {
    const { magic, headSize, tailSize, isRecord } = this.#form;
    for (;;) {
      const start = this.#position;
      const frame = this.#view(file, start, FRAME_SIZE + headSize);
      if (frame.length < FRAME_SIZE) return null;
      if (equalBytes(frame.subarray(0, magic.length), magic)) {
        const size = new DataView(frame.buffer, frame.byteOffset).getUint32(magic.length, true);
        const head = frame.subarray(FRAME_SIZE);
        if (size >= headSize && size <= MAX_SIZE && head.length === headSize && isRecord(head)) {
          const end = start + FRAME_SIZE + size + tailSize;
          if (end > file.size()) return null;
          this.#position = end;
          return { position: start + FRAME_SIZE, size, head };
        }
      } else if (file.isBlank(frame.subarray(0, magic.length), start)) return null;
      const next = this.#search(file, start + 1);
      if (next === null) return null;
      this.#position = next;
    }
  }

  /** Bytes of the file from a position on, fewer at its end. */
  #view(file: ObfuscatedFile, position: number, length: number): Uint8Array {
    const within = position - this.#windowStart;
    if (within < 0 || within + length > this.#windowSize) {
      this.#windowStart = position;
      this.#windowSize = file.read(position, this.#window);
      return this.#window.subarray(0, Math.min(length, this.#windowSize));
    }
    return this.#window.subarray(within, within + length);
  }

  /** Where the magic bytes next stand, null if nowhere. */
  #search(file: ObfuscatedFile, from: number): number | null {
    const bytes = new Uint8Array(SEARCH_SIZE);
    for (let at = from; ; at += SEARCH_SIZE - this.#form.magic.length + 1) {
      const read = bytes.subarray(0, file.read(at, bytes));
      const found = indexOfBytes(read, this.#form.magic, 0);
      if (found >= 0) return at + found;
      if (read.length < SEARCH_SIZE) return null;
    }
  }
}
