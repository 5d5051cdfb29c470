/**
 * The blocks of a Bitcoin Core node, read from its files: no node needs to answer. What is in them the node has validated.
 * A block counts when its undo data is there, which the node writes when it has validated the block and connected it.
 */
import { walkTransactions } from "../../bitcoin/block.ts";
import type { BitcoinParameters } from "../../bitcoin/parameters.ts";
import { parseTransactionAt } from "../../bitcoin/transaction.ts";
import { BskError } from "../../errors.ts";
import { type BlockHash, blockHash, txidOf } from "../../primitives/hash.ts";
import { type BlockHeight, blockHeight } from "../../primitives/units.ts";
import type { BlockSource, ChainTip, Outpoint } from "../source.ts";
import { outpointKey, pickScripts } from "../spent-scripts.ts";
import { type BlockDirectory, blockDirectory } from "./directory.ts";
import { BlockReader, type LocatedBlock, missingUndo, type Spender } from "./block-reader.ts";
import { type CensusProgress, FileCensus } from "./file-census.ts";
import { HeaderIndex } from "./header-index.ts";

export interface BlockFilesOptions {
  /** Data directory of a Bitcoin node, or a directory in it. */
  readonly path: string;
  readonly bitcoin: BitcoinParameters;
  /** Told while the headers of many files are read; may throw to end that. */
  readonly progress?: (at: CensusProgress) => void;
}

/** The node connects what it stores at once. If so many blocks lack undo data, there is none at all. */
const MAX_UNCONNECTED = 1000;
/** What the first block names as the one before. */
const NO_BLOCK = blockHash("00".repeat(32));

export class BlockFiles implements BlockSource {
  readonly description: string;
  readonly spentScriptsMethod = "rev*.dat";
  /** Where the files are. */
  readonly directory: BlockDirectory;
  readonly #options: BlockFilesOptions;
  readonly #index: HeaderIndex;
  readonly #census: FileCensus;
  readonly #reader: BlockReader;
  /** Index of the last block that was seen with its undo data. */
  #connected: number | null = null;
  #looking: Promise<void> | null = null;

  /** @throws BskError usage where there are no block files, machine where they cannot be read */
  constructor(options: BlockFilesOptions) {
    this.#options = options;
    this.directory = blockDirectory(options.path, options.bitcoin);
    this.description = `block files in "${this.directory.path}"`;
    this.#index = new HeaderIndex(blockHash(options.bitcoin.genesisHash));
    this.#census = new FileCensus(this.directory, this.#index);
    this.#reader = new BlockReader(this.directory);
  }

  /** Looks for new blocks. The chain that the other methods tell changes here only. */
  async tip(): Promise<ChainTip> {
    await (this.#looking ??= this.#look().finally(() => (this.#looking = null)));
    return this.#tip();
  }

  async blockHashAt(height: BlockHeight): Promise<BlockHash | null> {
    await this.#ready();
    const index = this.#index.at(height);
    return index === null ? null : this.#index.hashOf(index);
  }

  async rawBlock(hash: BlockHash): Promise<Uint8Array> {
    return this.#reader.block(await this.#find(hash)).slice();
  }

  async spentScripts(inBlock: BlockHash, outpoints: readonly Outpoint[]): Promise<readonly Uint8Array[]> {
    if (outpoints.length === 0) return [];
    const located = await this.#find(inBlock);
    const block = this.#reader.block(located);
    const wanted = new Set(outpoints.map(({ txid, index }) => outpointKey(txid, index)));
    const spenders: (Spender & { readonly spends: readonly string[] })[] = [];
    walkTransactions(block, (vtxindex, start) => {
      const { inputs } = parseTransactionAt(block, start).transaction;
      const spends = inputs.map((input) => outpointKey(txidOf(input.previousTxid), input.previousIndex));
      if (vtxindex > 0 && spends.some((key) => wanted.has(key))) {
        spenders.push({ vtxindex, inputs: inputs.length, spends });
      }
      return true;
    });
    const scripts = this.#reader.spentScripts(block, located, spenders);
    const byKey = new Map<string, Uint8Array>();
    spenders.forEach(({ spends }, i) => scripts[i]?.forEach((script, j) => byKey.set(spends[j] ?? "", script)));
    const found = pickScripts(outpoints, byKey);
    if (found !== null) return found;
    throw new BskError("refuted", `block "${inBlock}" does not spend all of the outputs asked for`, {
      rule: "no-such-output",
    });
  }

  /** Where the block at a height of the chain is, null above the tip. */
  async locate(height: BlockHeight): Promise<LocatedBlock | null> {
    await this.#ready();
    const index = this.#index.at(height);
    return index === null ? null : this.#located(index);
  }

  close(): void {
    this.#reader.close();
  }

  async #ready(): Promise<void> {
    if (this.#index.tipHeight < 0) await this.tip();
  }

  #tip(): ChainTip {
    const { tipHeight: height } = this.#index;
    const index = this.#index.at(height);
    if (index === null) throw new Error("a chain with block 0 has a tip");
    return { height: blockHeight(height), hash: this.#index.hashOf(index) };
  }

  async #look(): Promise<void> {
    await this.#census.read(this.#options.progress ?? (() => undefined));
    const { heaviest } = this.#index;
    if (heaviest === null) {
      throw new BskError("usage", `the block files in "${this.directory.path}" hold no block 0 of this chain`, {
        rule: "wrong-chain",
        hint: `they must be those of a Bitcoin node that follows ${this.#options.bitcoin.coreName}`,
      });
    }
    this.#connected = this.#lastConnected(heaviest);
    this.#index.choose(this.#connected);
  }

  /** The last block with undo data on the way back from a block. */
  #lastConnected(from: number): number {
    let at = from;
    for (let i = 0; i < MAX_UNCONNECTED; i++) {
      const previous = this.#index.previousOf(at);
      if (at === this.#connected || previous === null) return at;
      const located = this.#located(at);
      if (this.#reader.undoOf(this.#reader.block(located), located.place) !== null) return at;
      at = previous;
    }
    throw missingUndo(this.directory, `the last ${MAX_UNCONNECTED} blocks`);
  }

  async #find(hash: BlockHash): Promise<LocatedBlock> {
    await this.#ready();
    const index = this.#index.findHash(hash);
    if (index !== null) return this.#located(index);
    throw new BskError("machine", `${this.description} hold no block "${hash}"`, { rule: "no-such-block" });
  }

  #located(index: number): LocatedBlock {
    const previous = this.#index.previousOf(index);
    return {
      height: blockHeight(this.#index.heightOf(index)),
      hash: this.#index.hashOf(index),
      previousHash: previous === null ? NO_BLOCK : this.#index.hashOf(previous),
      time: this.#index.timeOf(index),
      place: this.#index.placeOf(index),
    };
  }
}
