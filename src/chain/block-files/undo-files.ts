/**
 * Finding the undo data of a block. It lies in the rev file with the number of the block's file, in the order in which the
 * blocks were connected, and names no block: what ties them is a checksum over the hash of the block before and the data
 * (node/blockstorage.cpp, UndoWriteToDisk).
 */
import { createHash } from "node:crypto";
import { ByteReader } from "../../bitcoin/reader.ts";
import { equalBytes } from "../../primitives/bytes.ts";
import { type BlockDirectory, hasFile, OpenFiles } from "./directory.ts";
import { type FileRecord, RecordWalk } from "./record-walk.ts";

/** What the undo data of a block is found by. */
export interface UndoQuery {
  /** Number of the block's file. */
  readonly file: number;
  /** In wire byte order. */
  readonly previousHash: Uint8Array;
  /** Of the block, the coinbase among them. */
  readonly transactions: number;
}

interface UndoRecord extends Omit<FileRecord, "head"> {
  /** Of the block but for the coinbase: most records are told apart by it, without reading them. */
  readonly transactions: number;
}

/** The records of one rev file, as far as it was walked. */
interface UndoFile {
  readonly walk: RecordWalk;
  readonly records: UndoRecord[];
  /** Behind the record that was found last, where the next most likely is. Null at first: then it is the last ones. */
  next: number | null;
}

const CHECKSUM_SIZE = 32;
/** A CompactSize takes so many bytes at most; a record is at least one, with its checksum behind it. */
const HEAD_SIZE = 1;
const COUNT_SIZE = 9;
const FILES_KEPT = 8;
/** Space for so many bytes at first: most undo data fits. */
const BUFFER_SIZE = 512 * 1024;

const sha256 = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export class UndoFiles {
  readonly #directory: BlockDirectory;
  readonly #open: OpenFiles;
  readonly #files = new Map<number, UndoFile>();
  #buffer = new Uint8Array(BUFFER_SIZE);

  constructor(directory: BlockDirectory) {
    this.#directory = directory;
    this.#open = new OpenFiles(directory, "rev");
  }

  /**
   * The undo data of a block, in memory that the next call uses again; null where there is none (yet).
   * @throws BskError `machine`
   */
  find(query: UndoQuery): Uint8Array | null {
    if (!hasFile(this.#directory, "rev", query.file)) return null;
    const file = this.#fileOf(query.file);
    const known = this.#among(file, 0, query);
    if (known !== null) return known;
    // The last one may have been looked at while it was written.
    const seen = Math.max(0, file.records.length - 1);
    this.#walkOn(file, query.file);
    return this.#among(file, seen, query);
  }

  close(): void {
    this.#open.close();
  }

  /** Looks through the records from one on: from behind the one that was found last, else from the end. */
  #among(file: UndoFile, from: number, query: UndoQuery): Uint8Array | null {
    const { length } = file.records;
    for (let i = 0; i < length - from; i++) {
      const at = from === 0 && file.next !== null ? (file.next + i) % length : length - 1 - i;
      const record = file.records[at];
      if (record?.transactions !== query.transactions - 1) continue;
      const data = this.#checked(query, record);
      if (data === null) continue;
      file.next = at + 1;
      return data;
    }
    return null;
  }

  /** The data of a record if its checksum is that of the block. */
  #checked({ file, previousHash }: UndoQuery, { position, size }: UndoRecord): Uint8Array | null {
    if (size + CHECKSUM_SIZE > this.#buffer.length) this.#buffer = new Uint8Array(2 * size + CHECKSUM_SIZE);
    const bytes = this.#buffer.subarray(0, size + CHECKSUM_SIZE);
    if (this.#open.file(file).read(position, bytes) < bytes.length) return null;
    const data = bytes.subarray(0, size);
    return equalBytes(sha256(sha256(previousHash, data)), bytes.subarray(size)) ? data : null;
  }

  /** Adds the records that were not there before, and looks at the last one again. */
  #walkOn({ walk, records }: UndoFile, number: number): void {
    const open = this.#open.file(number);
    const count = new Uint8Array(COUNT_SIZE);
    walk.refresh();
    const last = records.pop();
    if (last !== undefined) walk.rewindTo(last);
    for (let record = walk.next(open); record !== null; record = walk.next(open)) {
      const { position, size, head } = record;
      let [transactions = 0] = head;
      if (transactions >= 0xfd) {
        open.read(position, count);
        transactions = new ByteReader(count).compactSize();
      }
      records.push({ position, size, transactions });
    }
  }

  #fileOf(number: number): UndoFile {
    const known = this.#files.get(number);
    if (known !== undefined) return known;
    if (this.#files.size >= FILES_KEPT) this.#files.clear();
    const form = { magic: this.#directory.magic, headSize: HEAD_SIZE, tailSize: CHECKSUM_SIZE, isRecord: () => true };
    const file = { walk: new RecordWalk(form), records: [], next: null };
    this.#files.set(number, file);
    return file;
  }
}
