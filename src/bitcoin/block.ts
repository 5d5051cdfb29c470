/**
 * Raw blocks: the header, and framing without parsing.
 *
 *   0        4              36           68    72    76     80
 *   version  previous (32)  merkle (32)  time  bits  nonce  transaction count, transactions
 *
 * Framing is the inner loop of a first sync, hence integer arithmetic on the bytes and no objects per transaction.
 */
import { ParseError } from "../errors.ts";
import { toHex } from "../primitives/bytes.ts";
import { sha256d } from "../primitives/digest.ts";
import { type BlockHash, blockHashOf } from "../primitives/hash.ts";
import { ByteReader } from "./reader.ts";

export const HEADER_SIZE = 80;

export interface BlockHeader {
  readonly hash: BlockHash;
  readonly version: number;
  readonly previousHash: BlockHash;
  /** Hex in natural (wire) byte order. */
  readonly merkleRoot: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** Compact form of the target. */
  readonly bits: number;
  readonly nonce: number;
}

/** The header at the start of a raw block. @throws ParseError on fewer than 80 bytes. */
export function parseHeader(block: Uint8Array): BlockHeader {
  const reader = new ByteReader(block.subarray(0, HEADER_SIZE));
  return {
    version: reader.int32(),
    previousHash: blockHashOf(reader.take(32)),
    merkleRoot: toHex(reader.take(32)),
    time: reader.uint32(),
    bits: reader.uint32(),
    nonce: reader.uint32(),
    hash: blockHashOf(sha256d(reader.bytes)),
  };
}

/** Reads of the framing loop are unchecked; what they ran past shows in the position, which is checked instead. */
const byteAt = (bytes: Uint8Array, position: number): number => bytes[position] as number;

/** Length of the CompactSize whose first byte is given. */
const widthOf = (first: number): number => (first < 0xfd ? 1 : first === 0xfd ? 3 : first === 0xfe ? 5 : 9);

/** Value of the CompactSize at a position; NaN past the end. */
function compactSizeAt(bytes: Uint8Array, position: number): number {
  const first = byteAt(bytes, position);
  if (first < 0xfd) return first;
  const low = byteAt(bytes, position + 1) + byteAt(bytes, position + 2) * 0x100;
  if (first === 0xfd) return low;
  const four = low + byteAt(bytes, position + 3) * 0x1_0000 + byteAt(bytes, position + 4) * 0x100_0000;
  // Nothing in a block is 4 GiB long; the upper half only has to make the position run past the end.
  return first === 0xfe ? four : four + byteAt(bytes, position + 5) * 0x1_0000_0000;
}

/** Where a transaction that starts at `start` ends. @throws ParseError where it runs past the end of the bytes. */
function endOfTransaction(bytes: Uint8Array, start: number): number {
  const size = bytes.length;
  let at = start + 4;
  const hasWitness = bytes[at] === 0 && bytes[at + 1] === 1;
  if (hasWitness) at += 2;
  const inputs = compactSizeAt(bytes, at);
  at += widthOf(byteAt(bytes, at));
  for (let i = 0; i < inputs && at < size; i++) {
    at += 36;
    const script = compactSizeAt(bytes, at);
    at += widthOf(byteAt(bytes, at)) + script + 4;
  }
  const outputs = compactSizeAt(bytes, at);
  at += widthOf(byteAt(bytes, at));
  for (let i = 0; i < outputs && at < size; i++) {
    at += 8;
    const script = compactSizeAt(bytes, at);
    at += widthOf(byteAt(bytes, at)) + script;
  }
  if (hasWitness) {
    for (let i = 0; i < inputs && at < size; i++) {
      const items = compactSizeAt(bytes, at);
      at += widthOf(byteAt(bytes, at));
      for (let item = 0; item < items && at < size; item++) {
        const length = compactSizeAt(bytes, at);
        at += widthOf(byteAt(bytes, at)) + length;
      }
    }
  }
  at += 4;
  // The negated form also catches NaN, which is what reads past the end add up to.
  if (!(at <= size)) throw new ParseError(`a transaction at byte ${start} runs past the end of the block`);
  return at;
}

/** How many transactions a raw block says that it has. @throws ParseError */
export function transactionCount(block: Uint8Array): number {
  return new ByteReader(block, HEADER_SIZE).compactSize();
}

/**
 * Calls `visit(index, start, end)` for each transaction of a raw block, in order, until it answers false.
 * @throws ParseError where the bytes are no block.
 */
export function walkTransactions(
  block: Uint8Array,
  visit: (index: number, start: number, end: number) => boolean,
): void {
  const reader = new ByteReader(block, HEADER_SIZE);
  const transactions = reader.compactSize();
  let start = reader.offset;
  for (let index = 0; index < transactions; index++) {
    const end = endOfTransaction(block, start);
    if (!visit(index, start, end)) return;
    start = end;
  }
}
