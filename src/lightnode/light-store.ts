/** Adding to a light directory. One process does at a time; whoever calls holds the directory's lock. */
import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { BskError } from "../errors.ts";
import { fromHex } from "../primitives/bytes.ts";
import type { Network } from "../protocol/network-definition.ts";
import { type HashedSpine, type Spine, startSpine } from "../verify/spine.ts";
import { checkFiles } from "./light-check.ts";
import {
  BLOCK_ROW,
  type Commit,
  emptyCommit,
  type Extent,
  JOURNAL,
  journalLine,
  lastCommit,
  LIGHT_FILES,
  type LightFile,
  readRange,
} from "./light-files.ts";
import { requireNetwork } from "./light-directory.ts";
import type { LoggedPiece } from "./light-piece.ts";
import type { Pin } from "./pin.ts";

type LightNetwork = Pick<Network, "id" | "name" | "firstBlock">;

export class LightStore {
  readonly #directory: string;
  readonly #firstBlock: number;
  readonly #files: Readonly<Record<LightFile, number>>;
  /** Those that hold, in order. */
  readonly #commits: Commit[];
  #commit: Commit;
  /** The file that was not what was written when it was opened; what was damaged is gone. */
  readonly damaged: string | null;

  private constructor(directory: string, network: LightNetwork) {
    const empty = emptyCommit(network.id, network.firstBlock);
    const { commits, last, exact, damaged } = checkFiles(directory, empty);
    this.#directory = directory;
    this.#firstBlock = network.firstBlock;
    this.damaged = damaged;
    this.#commits = [...commits];
    this.#commit = last;
    // First the journal: until it says so, nothing that it speaks of is cut off.
    if (!exact) this.#rewriteJournal();
    const files = {} as Record<LightFile, number>;
    for (const file of LIGHT_FILES)
      files[file] = openSync(join(directory, file), constants.O_RDWR | constants.O_CREAT, 0o600);
    this.#files = files;
    this.#cutFiles();
  }

  /**
   * Opens a directory that exists, reads all of it once, and takes away what is not whole.
   * @throws BskError `usage`, rule `wrong-network`; `machine`, rule `disk-full` or `disk-failed`
   */
  static open(directory: string, network: LightNetwork): LightStore {
    const before = readableCommit(directory);
    if (before !== null) requireNetwork(directory, before, network);
    return onDisk(directory, () => new LightStore(directory, network));
  }

  get commit(): Commit {
    return this.#commit;
  }

  /** The stored spine, as it was hashed. */
  spine(): Spine {
    const spine = startSpine(this.#firstBlock);
    const rows = readRange(join(this.#directory, "blocks"), 0, this.#commit.extents.blocks.bytes);
    for (let at = 0; at < rows.length; at += BLOCK_ROW) {
      spine.restore(rows.subarray(at, at + 32), rows.subarray(at + 32, at + 48));
    }
    return spine;
  }

  /** Adds what the spine has more than what is stored, whose blocks it begins with. `proven`: it came out at its end. */
  addSpine(spine: HashedSpine, proven: boolean): void {
    const first = this.#commit.spine + 1;
    const rows = Buffer.alloc((spine.height() - first + 1) * BLOCK_ROW);
    for (let height = first; height <= spine.height(); height++) {
      const at = (height - first) * BLOCK_ROW;
      rows.set(fromHex(spine.opsHashAt(height)), at);
      rows.set(fromHex(spine.consensusHashAt(height)), at + 32);
      rows.writeUInt32BE(crc32(rows.subarray(at, at + 48)), at + 48);
    }
    this.#append({ blocks: rows }, { spine: spine.height(), ...(proven ? { proven: spine.height() } : {}) });
  }

  /** Adds operations that were compared with the proven spine. */
  addLog(piece: LoggedPiece): void {
    const { first, last } = piece;
    if (first !== this.#commit.log + 1 || last > this.#commit.proven)
      throw new RangeError("operations of other blocks");
    this.#append(piece.bytes(this.#commit.extents.texts.bytes), { log: last });
  }

  /** Spine and operations reach the pin: from now on readers see them. Durable when it returns. */
  complete(pin: Pin): void {
    if (this.#commit.proven !== pin.height || this.#commit.log !== pin.height) throw new RangeError("not at the pin");
    onDisk(this.#directory, () => {
      for (const file of Object.values(this.#files)) fsyncSync(file);
    });
    this.#append({}, { complete: { pin, extents: this.#commit.extents } });
    onDisk(this.#directory, () => {
      for (const path of [join(this.#directory, JOURNAL), this.#directory]) {
        const file = openSync(path, "r");
        fsyncSync(file);
        closeSync(file);
      }
    });
  }

  /** Forgets the blocks above a height, and as many operations as the journal has no commit at or below it. */
  cut(height: number): void {
    if (height >= this.#commit.spine) return;
    const empty = emptyCommit(this.#commit.network, this.#firstBlock);
    const log = this.#commits.findLast((commit) => commit.log <= height) ?? empty;
    const blocks = this.#beginning("blocks", Math.max(0, height - this.#firstBlock + 1) * BLOCK_ROW);
    const complete = this.#commit.complete;
    const last: Commit = {
      network: empty.network,
      spine: height,
      proven: Math.min(this.#commit.proven, height),
      log: log.log,
      extents: { ...log.extents, blocks },
      complete: complete !== null && complete.pin.height <= log.log ? complete : null,
    };
    const kept = this.#commits.filter((commit) => commit.spine <= height && commit.log <= log.log);
    this.#commits.splice(0, Infinity, ...kept, last);
    this.#commit = last;
    onDisk(this.#directory, () => {
      this.#rewriteJournal();
      this.#cutFiles();
    });
  }

  close(): void {
    for (const file of Object.values(this.#files)) closeSync(file);
  }

  #beginning(file: LightFile, bytes: number): Extent {
    return { bytes, crc: crc32(readRange(join(this.#directory, file), 0, bytes)) };
  }

  #append(added: Partial<Record<LightFile, Uint8Array>>, changes: Partial<Commit>): void {
    onDisk(this.#directory, () => {
      const extents: Record<LightFile, Extent> = { ...this.#commit.extents };
      for (const file of LIGHT_FILES) {
        const more = added[file];
        if (more === undefined || more.length === 0) continue;
        const { bytes, crc } = extents[file];
        writeWhole(this.#files[file], more, bytes);
        extents[file] = { bytes: bytes + more.length, crc: crc32(more, crc) };
      }
      this.#commit = { ...this.#commit, extents, ...changes };
      this.#commits.push(this.#commit);
      writeFileSync(join(this.#directory, JOURNAL), journalLine(this.#commit), { flag: "a", mode: 0o600 });
    });
  }

  #cutFiles(): void {
    for (const file of LIGHT_FILES) ftruncateSync(this.#files[file], this.#commit.extents[file].bytes);
  }

  #rewriteJournal(): void {
    const draft = join(this.#directory, `${JOURNAL}.new`);
    const file = openSync(draft, "w", 0o600);
    try {
      writeWhole(file, Buffer.from(this.#commits.map(journalLine).join("")), 0);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, join(this.#directory, JOURNAL));
  }
}

/** The last commit, null also where the journal is too damaged to find one: opening the store repairs that. */
function readableCommit(directory: string): Commit | null {
  try {
    return lastCommit(directory);
  } catch (error) {
    if (error instanceof BskError && error.rule === "light-damaged") return null;
    throw error;
  }
}

function writeWhole(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

const FULL: readonly (string | undefined)[] = ["ENOSPC", "EDQUOT", "EFBIG"];

function onDisk<T>(directory: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof BskError || !("syscall" in error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (FULL.includes(code)) {
      throw new BskError("machine", `no room to write to "${directory}"`, {
        rule: "disk-full",
        hint: "make room and start again: what was stored before is whole",
        cause: error,
      });
    }
    throw new BskError("machine", `cannot write to "${directory}"`, {
      rule: "disk-failed",
      hint: "check who owns the directory and its files, and whether the disk is sound",
      cause: error,
    });
  }
}
