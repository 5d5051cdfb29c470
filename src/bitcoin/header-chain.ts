/** Headers that follow each other, each with its proof of work: what one can know of a chain without its blocks. */
import type { BlockHash } from "../primitives/hash.ts";
import { firstAncestorNeeded, type HeaderFacts, requiredBits, startsPeriod } from "./difficulty.ts";
import type { BlockHeader } from "./header.ts";
import type { BitcoinParameters } from "./parameters.ts";
import { meetsTarget, targetOfBits } from "./target.ts";

/** What is kept of a header. */
export interface ChainedHeader extends HeaderFacts {
  readonly hash: BlockHash;
}

/** Why a header cannot be the next one. */
export type HeaderFault =
  /** It follows another block. */
  | "not-linked"
  /** Its target is easier than the chain allows, or none at all. */
  | "target-out-of-range"
  /** Its hash is above its target. */
  | "no-proof-of-work"
  /** Its target is not the one that the headers before it ask for. */
  | "wrong-difficulty"
  /** It starts a period more than ten minutes before the end of the last one (BIP 94). */
  | "time-warp";

const MAX_TIME_WARP_SECONDS = 600;

/** A run of headers from some height on, in memory: about 100 bytes each. */
export class HeaderChain {
  readonly #parameters: BitcoinParameters;
  #base: number;
  readonly #headers: ChainedHeader[];

  /**
   * `headers` are believed: block 0, or what was checked before. They start at `base` and reach down far enough to judge
   * the next one, see `firstAncestorNeeded`.
   */
  constructor(parameters: BitcoinParameters, base: number, headers: readonly ChainedHeader[]) {
    this.#parameters = parameters;
    this.#base = base;
    this.#headers = [...headers];
    if (headers.length === 0) throw new Error("a chain of headers has a first one");
  }

  /** Of the first header. */
  get base(): number {
    return this.#base;
  }

  /** Of the last header. */
  get height(): number {
    return this.#base + this.#headers.length - 1;
  }

  /** The header at a height, undefined outside of the run. */
  at(height: number): ChainedHeader | undefined {
    return this.#headers[height - this.#base];
  }

  /** Adds the next header, or says why it is not the next one. */
  append(header: BlockHeader): HeaderFault | null {
    const fault = this.#faultOf(header);
    if (fault === null) this.#headers.push({ hash: header.hash, time: header.time, bits: header.bits });
    return fault;
  }

  /** Drops the headers above a height. */
  cutTo(height: number): void {
    this.#headers.length = Math.min(this.#headers.length, Math.max(1, height - this.#base + 1));
  }

  /** Drops headers at the start that no later header is judged by, and keeps at least those from `height` on. */
  forgetBelow(height: number): void {
    const from = Math.min(height, firstAncestorNeeded(this.height + 1));
    if (from <= this.#base) return;
    this.#headers.splice(0, from - this.#base);
    this.#base = from;
  }

  #known(height: number): ChainedHeader {
    const header = this.at(height);
    if (header === undefined) throw new Error(`the header at ${height} is needed and not known`);
    return header;
  }

  #faultOf({ hash, previousHash, time, bits }: BlockHeader): HeaderFault | null {
    const parameters = this.#parameters;
    const height = this.height + 1;
    const last = this.#known(this.height);
    if (previousHash !== last.hash) return "not-linked";
    const target = targetOfBits(bits);
    if (target === null || target > (targetOfBits(parameters.easiestBits) ?? 0n)) return "target-out-of-range";
    if (!meetsTarget(hash, bits)) return "no-proof-of-work";
    const required = requiredBits(parameters, height, time, (at) => this.#known(at));
    if (required !== null && required !== bits) return "wrong-difficulty";
    const warped = startsPeriod(height) && time < last.time - MAX_TIME_WARP_SECONDS;
    return parameters.difficulty === "bip94" && warped ? "time-warp" : null;
  }
}
