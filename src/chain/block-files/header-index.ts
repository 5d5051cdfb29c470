/**
 * All block headers of a data directory, their places in the files, and the chain with the most work among them. Arrays of
 * numbers, about 80 bytes a block: for all of Bitcoin objects would take gigabytes.
 */
import { equalBytes, fromHex, reversed, toHex } from "../../primitives/bytes.ts";
import { type BlockHash, blockHashOf } from "../../primitives/hash.ts";

/** Where a block's bytes stand. */
export interface BlockPlace {
  /** Number in the name of the file. */
  readonly file: number;
  readonly position: number;
  readonly size: number;
}

/** What the index takes of a header. */
export interface IndexedHeader {
  /** In wire byte order. */
  readonly hash: Uint8Array;
  readonly previousHash: Uint8Array;
  /** Seconds since 1970. */
  readonly time: number;
  readonly work: bigint;
}

const HASH_SIZE = 32;
const NONE = -1;
/**
 * More than Bitcoin has blocks. Memory that was never written to takes no room, while growing has everything twice for a
 * while.
 */
const FIRST_CAPACITY = 2 ** 21;
const WORD = 64n;
const WORD_MASK = (1n << WORD) - 1n;

interface Columns {
  readonly hash: Uint8Array;
  readonly previous: Int32Array;
  /** NONE until the block is linked to block 0. */
  readonly height: Int32Array;
  readonly file: Int32Array;
  readonly position: Uint32Array;
  readonly size: Uint32Array;
  readonly time: Uint32Array;
  /** Work of the chain up to the block, in two words, the low one first. */
  readonly work: BigUint64Array;
  /** Index of the block at a height of the best chain. */
  readonly best: Int32Array;
}

function columns(capacity: number): Columns {
  return {
    hash: new Uint8Array(capacity * HASH_SIZE),
    previous: new Int32Array(capacity),
    height: new Int32Array(capacity),
    file: new Int32Array(capacity),
    position: new Uint32Array(capacity),
    size: new Uint32Array(capacity),
    time: new Uint32Array(capacity),
    work: new BigUint64Array(2 * capacity),
    best: new Int32Array(capacity),
  };
}

/** Blocks are known by the order in which they were added: their index. */
export class HeaderIndex {
  readonly #genesis: Uint8Array;
  #columns: Columns;
  #capacity: number;
  #count = 0;
  /** By hash, open addressing, at most half full: an index and 1, or 0. */
  #slots: Int32Array;
  /** Blocks that came before the one they follow, by its hash. */
  readonly #waiting = new Map<string, number[]>();
  #tip = NONE;
  #heaviest = NONE;

  /** `capacity` is a power of two, and is doubled when it is used up. */
  constructor(genesis: BlockHash, capacity = FIRST_CAPACITY) {
    this.#genesis = reversed(fromHex(genesis));
    this.#capacity = capacity;
    this.#columns = columns(capacity);
    this.#slots = new Int32Array(2 * capacity);
  }

  /** The linked block with the most work, the first of equals; null before block 0. */
  get heaviest(): number | null {
    return this.#heaviest === NONE ? null : this.#heaviest;
  }

  /** Height of the chosen chain's last block, -1 before the first. */
  get tipHeight(): number {
    return this.#tip === NONE ? -1 : this.heightOf(this.#tip);
  }

  /** Adds a block; one that is known already stays where it is. */
  add(header: IndexedHeader, place: BlockPlace): void {
    if (this.find(header.hash) !== null) return;
    if (this.#count === this.#capacity) this.#grow();
    const index = this.#count++;
    const { hash, previous, height, file, position, size, time, work } = this.#columns;
    hash.set(header.hash, index * HASH_SIZE);
    previous[index] = NONE;
    height[index] = NONE;
    file[index] = place.file;
    position[index] = place.position;
    size[index] = place.size;
    time[index] = header.time;
    // Until it is linked, only its own.
    work[2 * index] = header.work & WORD_MASK;
    work[2 * index + 1] = header.work >> WORD;
    this.#put(index);
    if (equalBytes(header.hash, this.#genesis)) this.#link(index, NONE);
    else {
      const before = this.find(header.previousHash);
      if (before !== null) previous[index] = before;
      if (before !== null && this.heightOf(before) >= 0) this.#link(index, before);
      else this.#wait(header.previousHash, index);
    }
  }

  /** Index of the block with a hash in wire byte order. */
  find(hash: Uint8Array): number | null {
    const found = this.#slots[this.#slotOf(hash)] ?? 0;
    return found === 0 ? null : found - 1;
  }

  findHash(hash: BlockHash): number | null {
    return this.find(reversed(fromHex(hash)));
  }

  /** NONE (-1) while it is not linked. */
  heightOf(index: number): number {
    return this.#columns.height[index] ?? NONE;
  }

  /** Seconds since 1970. */
  timeOf(index: number): number {
    return this.#columns.time[index] ?? 0;
  }

  /** A view in wire byte order. */
  hashBytesOf(index: number): Uint8Array {
    return this.#columns.hash.subarray(index * HASH_SIZE, (index + 1) * HASH_SIZE);
  }

  hashOf(index: number): BlockHash {
    return blockHashOf(this.hashBytesOf(index));
  }

  placeOf(index: number): BlockPlace {
    const { file, position, size } = this.#columns;
    return { file: file[index] ?? NONE, position: position[index] ?? 0, size: size[index] ?? 0 };
  }

  /** Index of the block before, null for block 0. */
  previousOf(index: number): number | null {
    const before = this.#columns.previous[index] ?? NONE;
    return before === NONE ? null : before;
  }

  /** Index of the block at a height of the chosen chain, null above it. */
  at(height: number): number | null {
    return height < 0 || height > this.tipHeight ? null : (this.#columns.best[height] ?? null);
  }

  /** Chooses the chain that ends with a linked block. */
  choose(tip: number): void {
    this.#tip = tip;
    const { best, previous } = this.#columns;
    for (let index = tip; index !== NONE; index = previous[index] ?? NONE) {
      const height = this.heightOf(index);
      // What is below was chosen with the same block, since a block has one past.
      if (best[height] === index && height < this.#chosen) break;
      best[height] = index;
    }
    this.#chosen = this.heightOf(tip) + 1;
  }
  /** Heights below this are filled in `best`. */
  #chosen = 0;

  #workOf(index: number): bigint {
    const { work } = this.#columns;
    return ((work[2 * index + 1] ?? 0n) << WORD) | (work[2 * index] ?? 0n);
  }

  /** Links a block and all that waited for it. */
  #link(first: number, behind: number): void {
    const { height, previous, work } = this.#columns;
    const linked = [[first, behind] as const];
    for (let next = linked.pop(); next !== undefined; next = linked.pop()) {
      const [index, before] = next;
      previous[index] = before;
      height[index] = before === NONE ? 0 : this.heightOf(before) + 1;
      const sum = this.#workOf(index) + (before === NONE ? 0n : this.#workOf(before));
      work[2 * index] = sum & WORD_MASK;
      work[2 * index + 1] = sum >> WORD;
      if (this.#heaviest === NONE || sum > this.#workOf(this.#heaviest)) this.#heaviest = index;
      const hash = toHex(this.hashBytesOf(index));
      for (const child of this.#waiting.get(hash) ?? []) linked.push([child, index]);
      this.#waiting.delete(hash);
    }
  }

  #wait(previousHash: Uint8Array, index: number): void {
    const key = toHex(previousHash);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, [index]);
    else waiting.push(index);
  }

  /** The slot that holds a hash, or the free one where it belongs. */
  #slotOf(hash: Uint8Array): number {
    const mask = this.#slots.length - 1;
    // The first bytes of a block hash are its lowest, which no proof of work sets.
    let slot = ((hash[0] ?? 0) | ((hash[1] ?? 0) << 8) | ((hash[2] ?? 0) << 16) | ((hash[3] ?? 0) << 24)) & mask;
    for (;;) {
      const found = this.#slots[slot] ?? 0;
      if (found === 0 || this.#isAt(found - 1, hash)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isAt(index: number, hash: Uint8Array): boolean {
    const { hash: hashes } = this.#columns;
    const start = index * HASH_SIZE;
    for (let i = 0; i < HASH_SIZE; i++) if (hashes[start + i] !== hash[i]) return false;
    return true;
  }

  #put(index: number): void {
    this.#slots[this.#slotOf(this.hashBytesOf(index))] = index + 1;
  }

  #grow(): void {
    const old = this.#columns;
    this.#capacity *= 2;
    const grown = columns(this.#capacity);
    for (const key of Object.keys(grown) as (keyof Columns)[]) {
      (grown[key] as Uint8Array).set(old[key] as Uint8Array);
    }
    this.#columns = grown;
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let index = 0; index < this.#count; index++) this.#put(index);
  }
}
