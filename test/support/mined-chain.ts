/** A chain in memory with real proofs of work and Merkle roots, on regtest's first block. */
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { HEADER_SIZE, parseHeader } from "../../src/bitcoin/header.ts";
import { merkleRootOf } from "../../src/bitcoin/merkle.ts";
import { serializeTransaction } from "../../src/bitcoin/transaction.ts";
import type { ChainTip, HeaderedSource } from "../../src/chain/source.ts";
import { BskError } from "../../src/errors.ts";
import { concat, fromHex, reversed } from "../../src/primitives/bytes.ts";
import { sha256d } from "../../src/primitives/digest.ts";
import type { BlockHash } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { mined, withProof } from "./mined.ts";
import { coinbase } from "./raw-block.ts";

const EASY = BITCOIN_CHAINS.regtest.easiestBits;
const GENESIS = fromHex(
  "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000",
);
const MERKLE_ROOT = 36;

/** A block with nothing but a coinbase, which the salt tells from others, behind the one with this hash. */
export function minedBlock(previous: BlockHash, salt: number, bits = EASY): Uint8Array {
  const transaction = serializeTransaction(coinbase(salt));
  const header = mined(reversed(fromHex(previous)), bits);
  header.set(merkleRootOf([sha256d(transaction)]).root, MERKLE_ROOT);
  return withProof(concat(header, Uint8Array.of(1), transaction));
}

export class MinedChain implements HeaderedSource {
  readonly description: string;
  /** Blocks of the best chain by height; of block 0 only the header. */
  blocks: Uint8Array[] = [GENESIS];
  /** Called before every answer with the method's name: throws or waits in its place. */
  before: (method: string) => void | Promise<void> = () => undefined;
  readonly asked: string[] = [];
  #salt: number;

  constructor(description: string, salt = 0) {
    this.description = description;
    this.#salt = salt;
  }

  get height(): number {
    return this.blocks.length - 1;
  }

  hashOf(height: number): BlockHash | null {
    const block = this.blocks[height];
    return block === undefined ? null : parseHeader(block).hash;
  }

  mine(count: number): this {
    for (let i = 0; i < count; i++) this.blocks.push(minedBlock(this.hashOf(this.height)!, ++this.#salt));
    return this;
  }

  /** Another source on the same chain, which can go its own way. */
  copy(description: string, salt: number): MinedChain {
    const other = new MinedChain(description, salt);
    other.blocks = [...this.blocks];
    return other;
  }

  cutTo(height: number): this {
    this.blocks.length = height + 1;
    return this;
  }

  async tip(): Promise<ChainTip> {
    await this.#ask("tip");
    return { height: blockHeight(this.height), hash: this.hashOf(this.height)! };
  }

  async blockHashAt(height: number): Promise<BlockHash | null> {
    await this.#ask("blockHashAt");
    return this.hashOf(height);
  }

  async rawBlock(hash: BlockHash): Promise<Uint8Array> {
    await this.#ask("rawBlock");
    const found = this.blocks.find((block) => parseHeader(block).hash === hash);
    if (found === undefined) throw new BskError("machine", `${this.description} has no block "${hash}"`);
    return found;
  }

  async headers(from: number, count: number): Promise<readonly Uint8Array[]> {
    await this.#ask("headers");
    return this.blocks.slice(from, from + count).map((block) => block.subarray(0, HEADER_SIZE));
  }

  async spentScripts(): Promise<readonly Uint8Array[]> {
    await this.#ask("spentScripts");
    return [];
  }

  async #ask(method: string): Promise<void> {
    this.asked.push(method);
    await this.before(method);
  }
}
