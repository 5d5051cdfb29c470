/** From a fingerprint to the heights of its operations: rows of (fingerprint, height) as they lie in a file. */
import { endianness } from "node:os";

/** Lookups that are answered by looking at every row, before it pays to make chains of them. */
const SCANS = 4;
/** Fewer buckets than rows: a chain holds a few rows of others. */
const LEAST_BUCKETS = 1024;

export class LightIndex {
  readonly #rows: Uint32Array;
  #scans = 0;
  #chains: Chains | null = null;

  /** `content`: rows of two big-endian numbers, by ascending height; it is changed. */
  constructor(content: Buffer) {
    if (endianness() === "LE") content.swap32();
    this.#rows = new Uint32Array(content.buffer, content.byteOffset, content.length / 4);
  }

  /** Heights of a fingerprint up to one, each once, the last first. */
  heightsOf(fingerprint: number, upTo: number): number[] {
    if (this.#chains === null && this.#scans++ >= SCANS) this.#chains = chainsOf(this.#rows);
    const heights: number[] = [];
    const look = (row: number): void => {
      const height = this.#rows[2 * row + 1] ?? 0;
      if (this.#rows[2 * row] === fingerprint && height <= upTo && heights.at(-1) !== height) heights.push(height);
    };
    if (this.#chains === null) this.#scan(fingerprint, look);
    else for (let row = this.#chains.last(fingerprint); row >= 0; row = this.#chains.before(row)) look(row);
    return heights;
  }

  #scan(fingerprint: number, look: (row: number) => void): void {
    for (
      let at = this.#rows.lastIndexOf(fingerprint);
      at >= 0;
      at = at === 0 ? -1 : this.#rows.lastIndexOf(fingerprint, at - 1)
    ) {
      if (at % 2 === 0) look(at / 2);
    }
  }
}

interface Chains {
  /** The last row in the bucket of a fingerprint; -1: none. */
  last(fingerprint: number): number;
  /** The row before one in its bucket; -1: none. */
  before(row: number): number;
}

function chainsOf(rows: Uint32Array): Chains {
  const count = rows.length / 2;
  let buckets = LEAST_BUCKETS;
  while (buckets < count) buckets *= 2;
  const heads = new Int32Array(buckets).fill(-1);
  const previous = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const bucket = (rows[2 * row] ?? 0) & (buckets - 1);
    previous[row] = heads[bucket] ?? -1;
    heads[bucket] = row;
  }
  return { last: (fingerprint) => heads[fingerprint & (buckets - 1)] ?? -1, before: (row) => previous[row] ?? -1 };
}
