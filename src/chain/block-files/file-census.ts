/** Reading all headers of the block files into the index, and those that come when the files grow. */
import { HEADER_SIZE, parseHeader } from "../../bitcoin/header.ts";
import { faultOfBlock } from "../../bitcoin/merkle.ts";
import { meetsTarget, workOfBits } from "../../bitcoin/target.ts";
import { BskError } from "../../errors.ts";
import { fromHex, reversed } from "../../primitives/bytes.ts";
import { type BlockDirectory, fileNumbers, hasFile, openFile } from "./directory.ts";
import type { HeaderIndex } from "./header-index.ts";
import type { ObfuscatedFile } from "./obfuscated-file.ts";
import { type FileRecord, type RecordForm, RecordWalk } from "./record-walk.ts";

/** How far the reading of headers has come. */
export interface CensusProgress {
  readonly files: number;
  readonly of: number;
}

/** Files that may still grow: the last ones, whatever they look like now. */
const GROWING_FILES = 2;
/** Headers between two pauses, in which a server can answer. */
const SLICE = 500;

/** Files between two reports. */
const TOLD_FILES = 50;

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A record that is a block by its header: with proof of the work that it names. Space that was never written has none. */
function isBlockHeader(head: Uint8Array): boolean {
  const { hash, bits } = parseHeader(head);
  return meetsTarget(hash, bits);
}

export class FileCensus {
  readonly #directory: BlockDirectory;
  readonly #index: HeaderIndex;
  readonly #form: RecordForm;
  /** Files that may hold more, by number. */
  readonly #walks = new Map<number, RecordWalk>();
  #nextFile = 0;

  constructor(directory: BlockDirectory, index: HeaderIndex) {
    this.#directory = directory;
    this.#index = index;
    this.#form = { magic: directory.magic, headSize: HEADER_SIZE, tailSize: 0, isRecord: isBlockHeader };
  }

  /**
   * Adds all blocks that are there and not in the index. `progress` may throw to end it; the next call goes on from there.
   * @throws BskError `machine`, also where files are missing
   */
  async read(progress: (at: CensusProgress) => void): Promise<void> {
    const files = this.#nextFile === 0 ? this.#allFiles() : this.#newFiles();
    for (const number of files) this.#walks.set(number, new RecordWalk(this.#form));
    this.#nextFile += files.length;
    let done = 0;
    for (const [number, walk] of this.#walks) {
      await this.#readFile(number, walk);
      done++;
      if (done === files.length || done % TOLD_FILES === 0) progress({ files: done, of: files.length });
    }
  }

  /** Files are numbered from 0 on; one that is missing was pruned. */
  #allFiles(): number[] {
    const numbers = fileNumbers(this.#directory.path);
    const missing = numbers.findIndex((number, i) => number !== i);
    if (missing >= 0) {
      throw new BskError("machine", `the node has pruned block files: number ${missing} is not there`, {
        rule: "blocks-pruned",
        hint: `"${this.#directory.path}" must hold all blocks: let the node download them again without -prune`,
      });
    }
    return numbers;
  }

  #newFiles(): number[] {
    const found: number[] = [];
    while (hasFile(this.#directory, "blk", this.#nextFile + found.length)) found.push(this.#nextFile + found.length);
    return found;
  }

  async #readFile(number: number, walk: RecordWalk): Promise<void> {
    const file = openFile(this.#directory, "blk", number);
    try {
      walk.refresh();
      // Whether a record is whole shows in the next one: they are written one after the other.
      let before: FileRecord | null = null;
      let read = 0;
      for (let record = walk.next(file); record !== null; record = walk.next(file)) {
        if (before !== null) this.#add(number, before);
        before = { ...record, head: record.head.slice() };
        if (++read % SLICE === 0) await pause();
      }
      // Bitcoin Core cuts a file to its size when it begins the next: one that ends with a block is done.
      const isDone = walk.position >= file.size() && number < this.#nextFile - GROWING_FILES;
      if (before !== null) {
        if (isDone || isWhole(file, before)) this.#add(number, before);
        else walk.rewindTo(before);
      }
      if (isDone) this.#walks.delete(number);
    } finally {
      file.close();
    }
  }

  #add(number: number, { position, size, head }: FileRecord): void {
    const { hash, previousHash, time, bits } = parseHeader(head);
    const bytesOf = (hex: string) => reversed(fromHex(hex));
    this.#index.add(
      { hash: bytesOf(hash), previousHash: bytesOf(previousHash), time, work: workOfBits(bits) },
      { file: number, position, size },
    );
  }
}

/** Are all bytes of the last block of a file there? Space for it may be reserved before they are written. */
function isWhole(file: ObfuscatedFile, { position, size }: FileRecord): boolean {
  const bytes = new Uint8Array(size);
  return file.read(position, bytes) === size && faultOfBlock(bytes) === null;
}
