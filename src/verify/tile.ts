/**
 * Tiles: the pieces of a spine and of an operation log that servers hold. A tile covers a fixed range of blocks and never
 * changes, so any web server, directory or mirror can keep it; what it says is believed only once it hashes to a pin.
 *
 *   spine tile   "bsk-spine/1\n"  first (4)  count (4)  bits (count / 8, rounded up)  ops hash (32) for each set bit
 *   log tile     "bsk-oplog/1\n"  first (4)  count (4)  then for each block  n (varint)  n times  length (varint) text
 *
 * Integers are big-endian. A bit is set where the block holds operations; the first block is the highest bit of the first
 * byte, and bits behind the last block are 0. Varints are unsigned LEB128 in their shortest form. Texts are those that were
 * hashed, one byte per character. There is one spelling of a tile, and no byte behind it. Format: docs/protocol/tiles.md.
 */
import { ParseError } from "../errors.ts";
import { concat, fromLatin1, toLatin1 } from "../primitives/bytes.ts";
import { OPS_HASH_BYTES } from "./spine.ts";
import { MOST_OPERATIONS, rangeBytes, tileReader, varint } from "./tile-bytes.ts";

/** Longer than any text that can be hashed: a reveal has below 700 characters. */
const LONGEST_TEXT = 4096;

const SPINE_MAGIC = fromLatin1("bsk-spine/1\n");
const LOG_MAGIC = fromLatin1("bsk-oplog/1\n");

export interface SpineTile {
  readonly first: number;
  /** 32 bytes for each block, null where it holds no operations. */
  readonly opsHashes: readonly (Uint8Array | null)[];
}

export interface LogTile {
  readonly first: number;
  /** Texts of each block's operations, in block order. */
  readonly blocks: readonly (readonly string[])[];
}

/** @throws RangeError unless there are 1 to `TILE_BLOCKS` blocks */
export function encodeSpineTile({ first, opsHashes }: SpineTile): Uint8Array {
  const bits = new Uint8Array(Math.ceil(opsHashes.length / 8));
  opsHashes.forEach((hash, i) => {
    if (hash !== null) bits[i >> 3] = (bits[i >> 3] ?? 0) | (0x80 >> (i & 7));
  });
  return concat(SPINE_MAGIC, rangeBytes(first, opsHashes.length), bits, ...opsHashes.filter((hash) => hash !== null));
}

/** @throws ParseError on anything that `encodeSpineTile` would not have written */
export function decodeSpineTile(bytes: Uint8Array): SpineTile {
  const reader = tileReader(bytes, SPINE_MAGIC);
  const { first, count } = reader.range();
  const bits = reader.take(Math.ceil(count / 8));
  const isSet = (i: number): boolean => ((bits[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0;
  for (let i = count; i < 8 * bits.length; i++)
    if (isSet(i)) throw new ParseError("a bit behind the last block of a tile");
  const opsHashes = Array.from({ length: count }, (_, i) => (isSet(i) ? reader.take(OPS_HASH_BYTES) : null));
  reader.end();
  return { first, opsHashes };
}

/** @throws RangeError unless there are 1 to `TILE_BLOCKS` blocks */
export function encodeLogTile({ first, blocks }: LogTile): Uint8Array {
  const body = blocks.flatMap((texts) => [
    varint(texts.length),
    ...texts.flatMap((text) => [varint(text.length), fromLatin1(text)]),
  ]);
  return concat(LOG_MAGIC, rangeBytes(first, blocks.length), ...body);
}

/** @throws ParseError on anything that `encodeLogTile` would not have written, or that no block can hold */
export function decodeLogTile(bytes: Uint8Array): LogTile {
  const reader = tileReader(bytes, LOG_MAGIC);
  const { first, count } = reader.range();
  const blocks = Array.from({ length: count }, () =>
    Array.from({ length: reader.varint(MOST_OPERATIONS) }, () => toLatin1(reader.take(reader.varint(LONGEST_TEXT)))),
  );
  reader.end();
  return { first, blocks };
}
