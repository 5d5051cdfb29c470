/** A chain in memory that can be continued, reorganised and cut: the blocks of a replay file under headers of its own. */
import type { ReplayFile } from "../../src/chain/replay-file.ts";
import type { BlockSource, ChainTip, Outpoint } from "../../src/chain/source.ts";
import { HEADER_SIZE } from "../../src/bitcoin/header.ts";
import { transactionId } from "../../src/bitcoin/transaction.ts";
import { parseHeader } from "../../src/bitcoin/header.ts";
import { BskError } from "../../src/errors.ts";
import { fromHex, reversed } from "../../src/primitives/bytes.ts";
import type { BlockHash } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { coinbase, rawBlockOf } from "./raw-block.ts";

const PREVIOUS = 4;
const MERKLE_ROOT = 36;
const NONCE = 76;
/** Nonces that a branch may try for each block. */
const NONCES = 1 << 10;

interface TestBlock {
  readonly hash: BlockHash;
  readonly raw: Uint8Array;
}

/** The same block behind another one; the nonce tells branches apart. Every second one is below the target of regtest. */
export function behind(previous: BlockHash, raw: Uint8Array, branch: number): TestBlock {
  const copy = raw.slice();
  copy.set(reversed(fromHex(previous)), PREVIOUS);
  for (let nonce = branch * NONCES; ; nonce++) {
    new DataView(copy.buffer).setUint32(NONCE, nonce, true);
    const { hash } = parseHeader(copy);
    if (hash < "8") return { hash, raw: copy };
  }
}

/** A block with nothing but a coinbase, under the header of another. */
function emptyLike(block: Uint8Array): Uint8Array {
  const raw = rawBlockOf([]);
  raw.set(block.subarray(0, HEADER_SIZE));
  raw.set(reversed(fromHex(transactionId(coinbase()))), MERKLE_ROOT);
  return raw;
}

export class TestChain implements BlockSource {
  readonly description = "a test chain";
  readonly firstBlock: number;
  /** Called before every answer; throws or waits in its place. */
  before: (method: string) => void | Promise<void> = () => undefined;
  #blocks: TestBlock[];
  readonly #original: readonly TestBlock[];
  readonly #empty: Uint8Array;
  readonly #file: ReplayFile;
  readonly #known = new Map<BlockHash, Uint8Array>();
  /** Nonces that the file's blocks do not have. */
  #branch = 0x10_0000;

  private constructor(file: ReplayFile, blocks: readonly TestBlock[]) {
    this.#file = file;
    this.firstBlock = file.network.firstBlock;
    this.#original = blocks;
    this.#empty = emptyLike(blocks[0]!.raw);
    this.#blocks = [...blocks];
    this.#remember();
  }

  /** All indexed blocks of a file; `previous` is put before them in the place of the block that was. */
  static async of(file: ReplayFile, previous?: BlockHash): Promise<TestChain> {
    const { height: last } = await file.source.tip();
    const blocks: TestBlock[] = [];
    for (let height = file.network.firstBlock; height <= last; height++) {
      const hash = (await file.source.blockHashAt(blockHeight(height)))!;
      const raw = await file.source.rawBlock(hash);
      blocks.push(previous === undefined ? { hash, raw } : behind(blocks.at(-1)?.hash ?? previous, raw, 0));
    }
    return new TestChain(file, blocks);
  }

  get height(): number {
    return this.firstBlock + this.#blocks.length - 1;
  }

  /** Height of the last block of the file. */
  get fileHeight(): number {
    return this.firstBlock + this.#original.length - 1;
  }

  /** Ends the chain at a height; blocks above are gone. */
  cut(height: number): void {
    this.#blocks.length = height - this.firstBlock + 1;
  }

  /** Replaces everything above `fork`: so many empty blocks, then blocks of the file, late by as many, up to `height`. */
  reorganise(fork: number, delay: number, height: number): void {
    this.cut(fork);
    this.#branch++;
    while (this.height < height) {
      const index = this.#blocks.length;
      const late = index - (fork - this.firstBlock + 1) < delay ? undefined : this.#original[index - delay];
      const previous = this.#blocks.at(-1)?.hash ?? parseHeader(this.#original[0]!.raw).previousHash;
      this.#blocks.push(behind(previous, late?.raw ?? this.#empty, this.#branch));
    }
    this.#remember();
  }

  #remember(): void {
    for (const { hash, raw } of this.#blocks) this.#known.set(hash, raw);
  }

  async tip(): Promise<ChainTip> {
    await this.before("tip");
    return { height: blockHeight(this.height), hash: this.#blocks.at(-1)!.hash };
  }

  async blockHashAt(height: number): Promise<BlockHash | null> {
    await this.before("blockHashAt");
    return this.#blocks[height - this.firstBlock]?.hash ?? null;
  }

  /** Blocks that left the chain can still be read, as on a real node. */
  async rawBlock(hash: BlockHash): Promise<Uint8Array> {
    await this.before("rawBlock");
    const raw = this.#known.get(hash);
    if (raw === undefined) throw new BskError("machine", `no block "${hash}"`);
    return raw;
  }

  async spentScripts(inBlock: BlockHash, outpoints: readonly Outpoint[]): Promise<readonly Uint8Array[]> {
    await this.before("spentScripts");
    return this.#file.source.spentScripts(inBlock, outpoints);
  }
}
