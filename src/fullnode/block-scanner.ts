/** Looking through blocks of block files: reading, searching for operations, and the scripts that they spend. */
import { parseTransaction, serializeTransaction } from "../bitcoin/transaction.ts";
import { BlockReader, type LocatedBlock } from "../chain/block-files/block-reader.ts";
import type { BlockDirectory } from "../chain/block-files/directory.ts";
import type { Marks } from "../chain/source.ts";
import { BskError, ParseError } from "../errors.ts";
import { findCandidates, type FoundCandidate } from "../virtualchain/candidates.ts";
import type { Candidate } from "../virtualchain/machine.ts";
import { MerkleLanes } from "./merkle-lanes.ts";
import { nativeSearch } from "./scan.ts";

/** Plain data, so that it can be handed to another thread. */
export interface ScanSettings {
  readonly directory: BlockDirectory;
  readonly marks: Marks;
  /** Check every block against its Merkle root, not only those that hold candidates. */
  readonly checkMerkle: boolean;
}

/** One for each thread. */
export class BlockScanner {
  readonly #settings: ScanSettings;
  readonly #reader: BlockReader;
  /** Made for the first block that is checked. */
  #merkle: MerkleLanes | null = null;

  constructor(settings: ScanSettings) {
    this.#settings = settings;
    this.#reader = new BlockReader(settings.directory);
  }

  /**
   * The candidates of a block, in memory of their own.
   * @throws BskError `refuted` where the block is not what its header says, `machine` as the reader does
   */
  candidatesOf(at: LocatedBlock): Candidate[] {
    const { checkMerkle, marks } = this.#settings;
    const block = this.#reader.block(at);
    const found = this.#find(block, at, marks);
    if (checkMerkle || found.length > 0) this.#check(block, at);
    if (found.length === 0) return [];
    const spenders = found.map(({ vtxindex, transaction }) => ({ vtxindex, inputs: transaction.inputs.length }));
    const scripts = this.#reader.spentScripts(block, at, spenders);
    return found.map((candidate, i) => ({ ...kept(candidate), spentScripts: scripts[i] ?? [] }));
  }

  close(): void {
    this.#reader.close();
  }

  #check(block: Uint8Array, at: LocatedBlock): void {
    this.#merkle ??= new MerkleLanes();
    const fault = this.#merkle.faultOf(block);
    if (fault !== null) throw damaged(at, fault);
  }

  #find(block: Uint8Array, at: LocatedBlock, { magic, opcodes }: Marks): FoundCandidate[] {
    try {
      return findCandidates(block, magic, opcodes, nativeSearch);
    } catch (cause) {
      if (cause instanceof ParseError) throw damaged(at, "not-a-block", cause);
      throw cause;
    }
  }
}

function damaged({ height, hash, place }: LocatedBlock, rule: string, cause?: unknown): BskError {
  const where = `byte ${place.position} of block file ${place.file}`;
  return new BskError("refuted", `block ${height} "${hash}" is damaged at ${where}: ${rule}`, {
    rule,
    hint: "check the disk; the Bitcoin node repairs its files when it is started with -reindex",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The candidate without the block that it was found in, whose memory is used again. */
function kept(found: FoundCandidate): FoundCandidate {
  const transaction = parseTransaction(serializeTransaction(found.transaction));
  return { ...found, transaction, payload: found.payload.slice() };
}
