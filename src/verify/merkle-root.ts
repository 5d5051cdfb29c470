import { concat, fromHex, reversed, toHex } from "../primitives/bytes.ts";
import { sha256d } from "../primitives/digest.ts";

/** A leaf or node as it is hashed: turned round, as Bitcoin shows hashes. */
export type Turned = Uint8Array;

/** The node above two neighbours. */
export function parentOf(left: Turned, right: Turned): Turned {
  return sha256d(concat(left, right));
}

/** The row above one; an odd row repeats its last. */
export function rowAbove(row: readonly Turned[]): Turned[] {
  const parents: Turned[] = [];
  for (let i = 0; i < row.length; i += 2) {
    const left = row[i] ?? new Uint8Array();
    parents.push(parentOf(left, row[i + 1] ?? left));
  }
  return parents;
}

/** As `merkleRoot`, over bytes in natural order. At least one leaf. */
export function merkleRootOfBytes(leaves: readonly Uint8Array[]): Uint8Array {
  let row = leaves.map(reversed);
  while (row.length > 1) row = rowAbove(row);
  return (row[0] ?? new Uint8Array()).reverse();
}

/**
 * The original's Merkle tree (`merkle.py`): leaves are hex texts, turned round before hashing as Bitcoin shows hashes;
 * an odd row repeats its last; one leaf is its own root. Leaves of different lengths are allowed, and as in Bitcoin
 * `[a,b,c]` and `[a,b,c,c]` have one root: who verifies must know how many leaves are due.
 * At least one leaf.
 */
export function merkleRoot(leaves: readonly string[]): string {
  return toHex(merkleRootOfBytes(leaves.map(fromHex)));
}
