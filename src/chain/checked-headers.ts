/**
 * The headers of a source that is not believed: each is linked, proven and of the right difficulty before the hash of
 * its block is told to anyone. What is believed is what was checked before, and one block that the chain is known by.
 */
import { firstAncestorNeeded } from "../bitcoin/difficulty.ts";
import { HeaderChain } from "../bitcoin/header-chain.ts";
import { type BlockHeader, HEADER_SIZE, parseHeader } from "../bitcoin/header.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import { type BlockHash, blockHash } from "../primitives/hash.ts";
import { blockHeight } from "../primitives/units.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import type { ChainPlace, HeaderedSource } from "./source.ts";

/** Blocks that were indexed, which is to say checked, before. */
export interface KnownBlocks {
  tip(): { readonly height: number } | null;
  blockHashAt(height: number): BlockHash | null;
}

/** Headers that are asked for at once; the most that REST gives. */
const PORTION = 2000;
/** Headers that are kept behind the last, besides those that the next is judged by: more than any batch of blocks. */
const KEPT = 4000;
/** How often we start over because the chain changed between two questions. Again and again is a contradiction. */
const MAX_RACES = 5;

/** `raced`: what was answered does not fit together, which a reorganisation in between explains. */
type Progress = "done" | "raced";

export class CheckedHeaders {
  readonly #source: HeaderedSource;
  readonly #parameters: BitcoinParameters;
  readonly #known: KnownBlocks;
  /** Height and hash that every chain of these parameters holds, below the first block that is indexed. */
  readonly #landmark: { readonly height: number; readonly hash: BlockHash };
  readonly #inTurn = oneAtATime();
  #chain: HeaderChain | null = null;
  /** Of the source, when its chain was last compared with ours. */
  #sourceHeight = -1;
  /** Was our chain compared with the source's since it may have changed? */
  #fresh = false;

  /** `firstBlock` is the lowest height that is ever indexed. */
  constructor(source: HeaderedSource, parameters: BitcoinParameters, firstBlock: number, known: KnownBlocks) {
    this.#source = source;
    this.#parameters = parameters;
    this.#known = known;
    const { checkpoint, genesisHash } = parameters;
    const { height, hash } =
      checkpoint !== null && checkpoint.height < firstBlock ? checkpoint : { height: 0, hash: genesisHash };
    this.#landmark = { height, hash: blockHash(hash) };
  }

  /** The source's chain may have changed: it is compared again before the next answer. */
  stale(): void {
    this.#fresh = false;
  }

  /**
   * Hash of a checked block on the source's best chain, null above its tip.
   * @throws BskError `refuted` where a header is not what it must be, `machine` where the source does not answer
   */
  hashAt(height: number): Promise<BlockHash | null> {
    const chain = this.#chain;
    const checked = this.#fresh && chain !== null ? chain.at(height) : undefined;
    return checked === undefined ? this.#inTurn(() => this.#ask(height)) : Promise.resolve(checked.hash);
  }

  /** The same with what its header says. @throws BskError as `hashAt` */
  async headerAt(height: number): Promise<ChainPlace | null> {
    const hash = await this.hashAt(height);
    if (hash === null) return null;
    const [kept, before] = [this.#chain?.at(height), this.#chain?.at(height - 1)];
    if (kept?.hash === hash && before !== undefined) return { hash, previousHash: before.hash, time: kept.time };
    const [header] = await this.#headers(height, 1); // below what is kept: its hash proves it
    if (header?.hash !== hash)
      throw this.#refused(`a header at ${height} that is not of block "${hash}"`, "wrong-header");
    return { hash, previousHash: header.previousHash, time: header.time };
  }

  async #ask(height: number): Promise<BlockHash | null> {
    for (let races = 0; races <= MAX_RACES; races++) {
      if (!this.#fresh && (await this.#findFork()) === "raced") continue;
      const chain = this.#chain;
      if (chain === null || height > this.#sourceHeight) return null;
      if (height < chain.base) return this.#known.blockHashAt(height) ?? this.#source.blockHashAt(blockHeight(height));
      if ((await this.#extend(chain, height)) === "done") return chain.at(height)?.hash ?? null;
      this.#fresh = false;
    }
    throw this.#refused("headers that do not follow each other", "not-linked");
  }

  /** Cuts our chain to what the source has of it, or starts it at the last block that both know. */
  async #findFork(): Promise<Progress> {
    const { height: sourceHeight } = await this.#source.tip();
    const { height: lowest } = this.#landmark;
    this.#sourceHeight = sourceHeight;
    if (sourceHeight < lowest) {
      this.#chain = null; // it has not come to where we start
      this.#fresh = true;
      return "done";
    }
    const highest = Math.max(lowest, this.#chain?.height ?? 0, this.#known.tip()?.height ?? 0);
    const fork = await this.#lastCommon(lowest, Math.min(highest, sourceHeight));
    if (fork === null)
      throw this.#refused(`another chain: block ${lowest} is not "${this.#landmark.hash}"`, "wrong-chain");
    const chain = this.#chain;
    const ours = chain?.at(fork.height)?.hash === fork.hash && firstAncestorNeeded(fork.height + 1) >= chain.base;
    if (ours) chain.cutTo(fork.height);
    else {
      const headers = await this.#believed(fork);
      if (headers === null) return "raced";
      this.#chain = new HeaderChain(this.#parameters, fork.height - headers.length + 1, headers);
    }
    this.#fresh = true;
    return "done";
  }

  /** The highest block that the source shares with us: probed at growing distances, then bisected. */
  async #lastCommon(lowest: number, top: number): Promise<{ height: number; hash: BlockHash } | null> {
    const common = async (height: number): Promise<BlockHash | null> => {
      const hash = await this.#source.blockHashAt(blockHeight(height));
      const landmark = height === this.#landmark.height ? this.#landmark.hash : null;
      const ours = [this.#chain?.at(height)?.hash, this.#known.blockHashAt(height), landmark];
      return hash !== null && ours.includes(hash) ? hash : null;
    };
    let wrong = top + 1;
    let right: { height: number; hash: BlockHash } | null = null;
    for (let step = 0; right === null; step = Math.max(1, 2 * step)) {
      const height = Math.max(lowest, top - step);
      const hash = await common(height);
      if (hash !== null) right = { height, hash };
      else if (height === lowest) return null;
      else wrong = height;
    }
    while (wrong - right.height > 1) {
      const height = Math.floor((wrong + right.height) / 2);
      const hash = await common(height);
      if (hash === null) wrong = height;
      else right = { height, hash };
    }
    return right;
  }

  /** Headers down from a block that is believed, as far as the next is judged by them: its hash proves them all. */
  async #believed(last: { height: number; hash: BlockHash }): Promise<BlockHeader[] | null> {
    const from = firstAncestorNeeded(last.height + 1);
    const headers: BlockHeader[] = [];
    while (headers.length <= last.height - from) {
      const portion = await this.#headers(from + headers.length, last.height - from + 1 - headers.length);
      if (portion.length === 0) return null;
      headers.push(...portion);
    }
    let expected = last.hash;
    for (const header of [...headers].reverse()) {
      if (header.hash !== expected) return null;
      expected = header.previousHash;
    }
    return headers;
  }

  async #extend(chain: HeaderChain, height: number): Promise<Progress> {
    while (chain.height < height) {
      const headers = await this.#headers(chain.height + 1, Math.min(PORTION, this.#sourceHeight - chain.height));
      if (headers.length === 0) return "raced";
      for (const header of headers) {
        const fault = chain.append(header);
        if (fault === "not-linked") return "raced";
        if (fault !== null) throw this.#refused(`a header at ${chain.height + 1} that cannot be: ${fault}`, fault);
      }
      chain.forgetBelow(Math.min(height, chain.height - KEPT));
    }
    return "done";
  }

  async #headers(from: number, count: number): Promise<BlockHeader[]> {
    const raw = await this.#source.headers(blockHeight(from), count);
    return raw.slice(0, count).map((bytes) => {
      if (bytes.length !== HEADER_SIZE) throw this.#refused(`${bytes.length} bytes as a header`, "not-a-header");
      return parseHeader(bytes);
    });
  }

  #refused(what: string, rule: string): BskError {
    return new BskError("refuted", `${this.#source.description} gave ${what}`, { rule });
  }
}
