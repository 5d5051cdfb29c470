/** Reading blocks, and the scripts that they spend, from places that are known: what every thread does for itself. */
import { HEADER_SIZE } from "../../bitcoin/header.ts";
import { transactionCount } from "../../bitcoin/block.ts";
import { spentScriptsIn } from "../../bitcoin/block-undo.ts";
import { BskError, ParseError } from "../../errors.ts";
import { sha256d } from "../../primitives/digest.ts";
import { type BlockHash, blockHashOf } from "../../primitives/hash.ts";
import type { BlockHeight } from "../../primitives/units.ts";
import { type BlockDirectory, OpenFiles } from "./directory.ts";
import type { BlockPlace } from "./header-index.ts";
import { UndoFiles } from "./undo-files.ts";

/** A block of the chosen chain and where its bytes are. Plain data, so that it can be handed to another thread. */
export interface LocatedBlock {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
  readonly previousHash: BlockHash;
  /** Seconds since 1970. */
  readonly time: number;
  readonly place: BlockPlace;
}

/** A transaction of a block whose inputs are asked about. */
export interface Spender {
  readonly vtxindex: number;
  readonly inputs: number;
}

/** Space for so many bytes at first: most blocks fit. */
const BUFFER_SIZE = 2 * 1024 * 1024;

export class BlockReader {
  readonly #directory: BlockDirectory;
  readonly #files: OpenFiles;
  readonly #undo: UndoFiles;
  #buffer = new Uint8Array(BUFFER_SIZE);

  constructor(directory: BlockDirectory) {
    this.#directory = directory;
    this.#files = new OpenFiles(directory, "blk");
    this.#undo = new UndoFiles(directory);
  }

  /**
   * The bytes of a block, in memory that the next call uses again.
   * @throws BskError `machine` where the file cannot be read, or holds something else there by now.
   */
  block({ hash, place }: Pick<LocatedBlock, "hash" | "place">): Uint8Array {
    if (place.size > this.#buffer.length) this.#buffer = new Uint8Array(place.size);
    const bytes = this.#buffer.subarray(0, place.size);
    const read = this.#files.file(place.file).read(place.position, bytes);
    if (read === place.size && blockHashOf(sha256d(bytes.subarray(0, HEADER_SIZE))) === hash) return bytes;
    throw new BskError("machine", `the block "${hash}" is no longer at byte ${place.position} of file ${place.file}`, {
      rule: "block-files-changed",
      hint: `start again: the files in "${this.#directory.path}" were written anew`,
    });
  }

  /** As `UndoFiles.find`. */
  undoOf(block: Uint8Array, { file }: BlockPlace): Uint8Array | null {
    const previousHash = block.slice(4, 36);
    return this.#undo.find({ file, previousHash, transactions: transactionCount(block) });
  }

  /**
   * Scripts that transactions of a block spend, in the order of their indexes in it, which ascend.
   * @throws BskError `machine` where there is no undo data, `refuted` where it is not of this block.
   */
  spentScripts(
    block: Uint8Array,
    at: Pick<LocatedBlock, "hash" | "place">,
    spenders: readonly Spender[],
  ): Uint8Array[][] {
    const undo = this.undoOf(block, at.place);
    if (undo === null) throw missingUndo(this.#directory, `block "${at.hash}"`);
    try {
      const scripts = spentScriptsIn(
        undo,
        spenders.map(({ vtxindex }) => vtxindex),
      );
      if (scripts.every(({ length }, i) => length === spenders[i]?.inputs)) return scripts;
      throw new ParseError("other numbers of inputs");
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause;
      throw new BskError("refuted", `the undo data of block "${at.hash}" is not of its transactions`, {
        cause,
        rule: "undo-mismatch",
      });
    }
  }

  close(): void {
    this.#files.close();
    this.#undo.close();
  }
}

/** The error for spent scripts that nothing tells. */
export function missingUndo({ path }: BlockDirectory, of: string): BskError {
  return new BskError("machine", `there is no undo data of ${of} in "${path}"`, {
    rule: "spent-scripts-unavailable",
    hint: "rev*.dat must lie beside blk*.dat, and the Bitcoin node must have validated the block",
  });
}
