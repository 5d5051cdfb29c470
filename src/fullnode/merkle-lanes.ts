/**
 * Checking blocks against their Merkle roots, four hashes at a time. Every block with operations is checked in a first
 * sync, thousands of short hashes each: one by one they would take many times as long as all the rest.
 */
import { type BlockFault, faultOfBlock } from "../bitcoin/merkle.ts";
import { startOfWitnesses, walkTransactions } from "../bitcoin/block.ts";
import { isCoinbase, parseTransactionAt } from "../bitcoin/transaction.ts";
import { ParseError } from "../errors.ts";
import { SHA256_INITIAL } from "../primitives/sha256.ts";
import { CONSTANTS_SIZE, type Sha256Program, sha256Program } from "./sha256-program.ts";

const LANES = 4;
const BLOCK_SIZE = 64;
const HASH_SIZE = 32;
/** Bytes of a last block that are left for the message when the length stands behind it. */
const LENGTH_OFFSET = 56;
const HEADER_SIZE = 80;
const MERKLE_OFFSET = 36;

/** Blocks that Bitcoin allows have at most so many bytes, and as many transactions as fit with 60 bytes each. */
const MAX_BYTES = 4_000_000;
const MAX_TRANSACTIONS = Math.floor(MAX_BYTES / 60);

/** Addresses in the program's memory. */
const STATE = CONSTANTS_SIZE;
const TAILS = STATE + 128;
const TAIL_SIZE = 2 * BLOCK_SIZE;
/** What follows a message of 64 bytes. */
const PADDING = TAILS + 512;
const MESSAGES = 4096;
/** Transactions without their witnesses. */
const STRIPPED = MESSAGES + MAX_BYTES;
/** First hashes, each with what follows a message of 32 bytes. */
const SLOTS = STRIPPED + MAX_BYTES + (BLOCK_SIZE - ((2 * MAX_BYTES) % BLOCK_SIZE));
const ROW = SLOTS + BLOCK_SIZE * (MAX_TRANSACTIONS + LANES);
const END = ROW + HASH_SIZE * (MAX_TRANSACTIONS + 2 * LANES);
const PAGE_SIZE = 65_536;

/** What one lane works at. */
interface Lane {
  /** Index of the message; -1: none is left. */
  message: number;
  address: number;
  /** Blocks of 64 bytes from there on, */
  left: number;
  /** and in the lane's tail behind them. */
  tail: number;
}

const turned = (x: number): number => ((x & 0xff) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24);

/** One for each thread: it has memory of its own. */
export class MerkleLanes {
  readonly #program: Sha256Program;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #starts = new Int32Array(MAX_TRANSACTIONS);
  readonly #lengths = new Int32Array(MAX_TRANSACTIONS);
  /** The first state of four lanes. */
  readonly #initial = Int32Array.from({ length: 8 * LANES }, (_, i) => SHA256_INITIAL[i >> 2] ?? 0);

  constructor() {
    this.#program = sha256Program(Math.ceil(END / PAGE_SIZE));
    this.#bytes = new Uint8Array(this.#program.memory.buffer);
    this.#words = new Int32Array(this.#program.memory.buffer);
    for (let slot = 0; slot < MAX_TRANSACTIONS + LANES; slot++)
      this.#pad(SLOTS + BLOCK_SIZE * slot, HASH_SIZE, HASH_SIZE);
    this.#pad(PADDING, 0, BLOCK_SIZE);
  }

  /** As `faultOfBlock`. */
  faultOf(block: Uint8Array): BlockFault | null {
    if (block.length > MAX_BYTES) return faultOfBlock(block);
    try {
      const { transactions, behind, hasCoinbase } = this.#take(block);
      if (behind !== block.length) return "not-a-block";
      if (!hasCoinbase) return "no-coinbase";
      this.#hashMessages(transactions);
      for (let i = 0; i < transactions; i += LANES) this.#hashAgain(i);
      const duplicated = this.#fold(transactions);
      for (let i = 0; i < HASH_SIZE; i++) if (this.#bytes[ROW + i] !== block[MERKLE_OFFSET + i]) return "merkle-root";
      return duplicated ? "duplicate-transactions" : null;
    } catch (error) {
      if (error instanceof ParseError) return "not-a-block";
      throw error;
    }
  }

  /** Copies a block to where it is hashed, and behind it what its transactions with witnesses are without them. */
  #take(block: Uint8Array): { readonly transactions: number; readonly behind: number; readonly hasCoinbase: boolean } {
    if (block.length < HEADER_SIZE) throw new ParseError("a block has a header");
    const bytes = this.#bytes;
    let transactions = 0;
    let behind = 0;
    let hasCoinbase = false;
    let stripped = STRIPPED;
    bytes.set(block, MESSAGES);
    walkTransactions(block, (index, start, end) => {
      if (index === 0) hasCoinbase = isCoinbase(parseTransactionAt(block, start).transaction);
      if (index >= MAX_TRANSACTIONS) throw new ParseError("more transactions than a block can hold");
      const witnesses = startOfWitnesses(block, start);
      if (witnesses === null) {
        this.#starts[index] = MESSAGES + start;
        this.#lengths[index] = end - start;
      } else {
        // Version; inputs and outputs behind the marker; lock time.
        const length = witnesses - start - 2 + 4;
        bytes.copyWithin(stripped, MESSAGES + start, MESSAGES + start + 4);
        bytes.copyWithin(stripped + 4, MESSAGES + start + 6, MESSAGES + witnesses);
        bytes.copyWithin(stripped + length - 4, MESSAGES + end - 4, MESSAGES + end);
        this.#starts[index] = stripped;
        this.#lengths[index] = length;
        stripped += length;
      }
      transactions = index + 1;
      behind = end;
      return true;
    });
    return { transactions, behind, hasCoinbase };
  }

  /** The first hash of each message, into its slot. A lane that has ended with one takes the next. */
  #hashMessages(count: number): void {
    const { blocks } = this.#program;
    const lanes: Lane[] = [];
    let next = 0;
    const begin = (lane: Lane, at: number): void => {
      lane.message = next < count ? next++ : -1;
      if (lane.message < 0) return;
      for (let word = 0; word < 8; word++) this.#words[(STATE >> 2) + LANES * word + at] = SHA256_INITIAL[word] ?? 0;
      const length = this.#lengths[lane.message] ?? 0;
      lane.address = this.#starts[lane.message] ?? 0;
      lane.left = length >>> 6;
      lane.tail = this.#copyTail(TAILS + TAIL_SIZE * at, lane.address, length);
      if (lane.left === 0) toTail(lane, at);
    };
    const toTail = (lane: Lane, at: number): void => {
      lane.address = TAILS + TAIL_SIZE * at;
      lane.left = lane.tail;
      lane.tail = 0;
    };
    for (let at = 0; at < LANES; at++) {
      const lane = { message: -1, address: MESSAGES, left: 0, tail: 0 };
      lanes.push(lane);
      begin(lane, at);
    }
    const [l0, l1, l2, l3] = lanes as [Lane, Lane, Lane, Lane];
    for (;;) {
      let step = 0;
      for (const { message, left } of lanes) if (message >= 0 && (step === 0 || left < step)) step = left;
      if (step === 0) return;
      blocks(STATE, l0.address, l1.address, l2.address, l3.address, step);
      for (let at = 0; at < LANES; at++) {
        const lane = lanes[at] as Lane;
        // A lane without a message goes over what it went over before; nobody reads what comes of it.
        if (lane.message < 0) continue;
        lane.address += BLOCK_SIZE * step;
        lane.left -= step;
        if (lane.left > 0) continue;
        if (lane.tail > 0) toTail(lane, at);
        else {
          this.#keep(lane.message, at);
          begin(lane, at);
        }
      }
    }
  }

  /** Writes what follows the last whole block of a message; answers how many blocks that makes. */
  #copyTail(to: number, from: number, length: number): number {
    const rest = length % BLOCK_SIZE;
    this.#bytes.copyWithin(to, from + length - rest, from + length);
    const size = rest < LENGTH_OFFSET ? BLOCK_SIZE : TAIL_SIZE;
    this.#pad(to, rest, length, size);
    return size / BLOCK_SIZE;
  }

  /** A one bit, zeros and the length in bits, behind `rest` bytes of a block. */
  #pad(to: number, rest: number, length: number, size = BLOCK_SIZE): void {
    this.#bytes[to + rest] = 0x80;
    this.#bytes.fill(0, to + rest + 1, to + size);
    this.#words[(to + size - 4) >> 2] = turned(8 * length);
  }

  /** Writes the hash in a lane into the slot of its message. */
  #keep(message: number, at: number): void {
    const slot = (SLOTS + BLOCK_SIZE * message) >> 2;
    for (let word = 0; word < 8; word++) {
      this.#words[slot + word] = turned(this.#words[(STATE >> 2) + LANES * word + at] ?? 0);
    }
  }

  /** The second hash of four slots, into the row. */
  #hashAgain(first: number): void {
    const { blocks, digests } = this.#program;
    const slot = SLOTS + BLOCK_SIZE * first;
    const row = ROW + HASH_SIZE * first;
    this.#words.set(this.#initial, STATE >> 2);
    blocks(STATE, slot, slot + BLOCK_SIZE, slot + 2 * BLOCK_SIZE, slot + 3 * BLOCK_SIZE, 1);
    digests(STATE, row, row + HASH_SIZE, row + 2 * HASH_SIZE, row + 3 * HASH_SIZE);
  }

  /** Folds the row to the root at its start. Answers whether two equal hashes were paired (CVE-2012-2459). */
  #fold(transactions: number): boolean {
    const { blocks, digests } = this.#program;
    let duplicated = false;
    for (let count = transactions; count > 1; count = Math.ceil(count / 2)) {
      const end = ROW + HASH_SIZE * count;
      for (let at = ROW; at + BLOCK_SIZE <= end; at += BLOCK_SIZE) duplicated ||= this.#isTwice(at >> 2);
      if (count % 2 === 1) this.#bytes.copyWithin(end, end - HASH_SIZE, end);
      for (let pair = 0; 2 * pair < count; pair += LANES) {
        const at = ROW + BLOCK_SIZE * pair;
        const slot = SLOTS + BLOCK_SIZE * pair;
        this.#words.set(this.#initial, STATE >> 2);
        blocks(STATE, at, at + BLOCK_SIZE, at + 2 * BLOCK_SIZE, at + 3 * BLOCK_SIZE, 1);
        blocks(STATE, PADDING, PADDING, PADDING, PADDING, 1);
        digests(STATE, slot, slot + BLOCK_SIZE, slot + 2 * BLOCK_SIZE, slot + 3 * BLOCK_SIZE);
        // Written over pairs that were read already: a hash is half as long as its pair.
        this.#hashAgain(pair);
      }
    }
    return duplicated;
  }

  #isTwice(word: number): boolean {
    for (let i = 0; i < HASH_SIZE / 4; i++) {
      if (this.#words[word + i] !== this.#words[word + i + HASH_SIZE / 4]) return false;
    }
    return true;
  }
}
