/** The number that a block hash must not exceed, its compact form ("bits"), and the work that it stands for. */
import type { BlockHash } from "../primitives/hash.ts";

const SIGN = 0x80_0000;
const MANTISSA = 0x7f_ffff;
/** All hashes there are. */
const HASHES = 1n << 256n;

/**
 * The target that compact bits stand for; null where they are no target at all: negative, zero or beyond 256 bits.
 * The highest byte counts the bytes of the number, the others are its first three. Source: arith_uint256::SetCompact.
 */
export function targetOfBits(bits: number): bigint | null {
  const size = bits >>> 24;
  const mantissa = bits & MANTISSA;
  const target = size <= 3 ? BigInt(mantissa >>> (8 * (3 - size))) : BigInt(mantissa) << BigInt(8 * (size - 3));
  return (bits & SIGN) !== 0 || target === 0n || target >= HASHES ? null : target;
}

/** The compact form of a positive target, which drops what three bytes cannot hold. Source: arith_uint256::GetCompact. */
export function bitsOfTarget(target: bigint): number {
  let size = Math.ceil(target.toString(16).length / 2);
  let mantissa = Number(size <= 3 ? target << BigInt(8 * (3 - size)) : target >> BigInt(8 * (size - 3)));
  if ((mantissa & SIGN) !== 0) {
    mantissa >>>= 8;
    size += 1;
  }
  return size * 0x100_0000 + mantissa;
}

/** Hashes that finding such a block takes on average; 0 for bits that are no target. Source: GetBlockProof. */
export function workOfBits(bits: number): bigint {
  const target = targetOfBits(bits);
  return target === null ? 0n : HASHES / (target + 1n);
}

/** Is the hash a proof of the work that the bits ask for? Says nothing of whether they ask for enough. */
export function meetsTarget(hash: BlockHash, bits: number): boolean {
  const target = targetOfBits(bits);
  return target !== null && BigInt(`0x${hash}`) <= target;
}
