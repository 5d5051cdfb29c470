/**
 * The header of a block.
 *
 *   0        4              36           68    72    76     80
 *   version  previous (32)  merkle (32)  time  bits  nonce
 */
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
