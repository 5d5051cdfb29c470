/**
 * Raw blocks, framed without parsing: behind the header of 80 bytes stand the number of transactions and the transactions.
 *
 * Framing is the inner loop of a first sync, hence integer arithmetic on the bytes and no objects per transaction.
 */
import { ParseError } from "../errors.ts";
import { concat } from "../primitives/bytes.ts";
import { HEADER_SIZE } from "./header.ts";
import { ByteReader } from "./reader.ts";

/** A read of the framing loop. Unchecked: what ran past the end shows in the position, which is checked instead. */
const byteAt = (bytes: Uint8Array, position: number): number => bytes[position] as number;

/** CompactSizes from here on take more than their first byte. */
const WIDE = 0xfd;

/** Value of the wide CompactSize at a position; NaN past the end. */
function wideAt(bytes: Uint8Array, position: number): number {
  const first = byteAt(bytes, position);
  const low = byteAt(bytes, position + 1) + byteAt(bytes, position + 2) * 0x100;
  if (first === WIDE) return low;
  const four = low + byteAt(bytes, position + 3) * 0x1_0000 + byteAt(bytes, position + 4) * 0x100_0000;
  // Nothing in a block is 4 GiB long; the upper half only has to make the position run past the end.
  return first === 0xfe ? four : four + byteAt(bytes, position + 5) * 0x1_0000_0000;
}

/** Position behind the wide CompactSize at a position. */
function behindWide(bytes: Uint8Array, position: number): number {
  const first = byteAt(bytes, position);
  return position + (first === WIDE ? 3 : first === 0xfe ? 5 : 9);
}

/** Position behind `count` items of `fixed` bytes, then a CompactSize and as many bytes, then `tail` bytes. */
function skipItems(bytes: Uint8Array, from: number, count: number, fixed: number, tail: number): number {
  const size = bytes.length;
  let at = from;
  for (let i = 0; i < count && at < size; i++) {
    at += fixed;
    const length = byteAt(bytes, at);
    if (length < WIDE) at += 1 + length + tail;
    else at = behindWide(bytes, at) + wideAt(bytes, at) + tail;
  }
  return at;
}

/** Position behind the inputs and outputs of which the first count stands at `from`. */
function behindOutputs(bytes: Uint8Array, from: number): number {
  let at = from;
  let inputs = byteAt(bytes, at);
  if (inputs < WIDE) at += 1;
  else {
    inputs = wideAt(bytes, at);
    at = behindWide(bytes, at);
  }
  at = skipItems(bytes, at, inputs, 36, 4);
  let outputs = byteAt(bytes, at);
  if (outputs < WIDE) at += 1;
  else {
    outputs = wideAt(bytes, at);
    at = behindWide(bytes, at);
  }
  return skipItems(bytes, at, outputs, 8, 0);
}

/** A transaction cannot be without inputs: a zero in place of their number is the marker of the witness format. */
function hasWitnesses(bytes: Uint8Array, start: number): boolean {
  return bytes[start + 4] === 0 && bytes[start + 5] === 1;
}

/** Where a transaction that starts at `start` ends. @throws ParseError where it runs past the end of the bytes. */
function endOfTransaction(bytes: Uint8Array, start: number): number {
  const size = bytes.length;
  let at: number;
  if (hasWitnesses(bytes, start)) {
    at = behindOutputs(bytes, start + 6);
    const first = byteAt(bytes, start + 6);
    const inputs = first < WIDE ? first : wideAt(bytes, start + 6);
    for (let i = 0; i < inputs && at < size; i++) {
      const items = byteAt(bytes, at);
      at =
        items < WIDE
          ? skipItems(bytes, at + 1, items, 0, 0)
          : skipItems(bytes, behindWide(bytes, at), wideAt(bytes, at), 0, 0);
    }
  } else at = behindOutputs(bytes, start + 4);
  at += 4;
  // The negated form also catches NaN, which is what reads past the end add up to.
  if (!(at <= size)) throw new ParseError(`a transaction at byte ${start} runs past the end of the block`);
  return at;
}

/** Position behind the outputs of a framed transaction that has witnesses there; null where it has none. */
export function startOfWitnesses(bytes: Uint8Array, start: number): number | null {
  return hasWitnesses(bytes, start) ? behindOutputs(bytes, start + 6) : null;
}

/**
 * The bytes whose hash is the id of the framed transaction: a view where it has no witnesses, else a copy without them.
 * Source: BIP 144.
 */
export function transactionWithoutWitnesses(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const behind = startOfWitnesses(bytes, start);
  if (behind === null) return bytes.subarray(start, end);
  return concat(bytes.subarray(start, start + 4), bytes.subarray(start + 6, behind), bytes.subarray(end - 4, end));
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
