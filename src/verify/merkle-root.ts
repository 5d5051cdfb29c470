import { concat, fromHex, reversed, toHex } from "../primitives/bytes.ts";
import { sha256d } from "../primitives/digest.ts";

/**
 * The original's Merkle tree (`merkle.py`): leaves are hex texts, turned round before hashing as Bitcoin shows hashes;
 * an odd row repeats its last; one leaf is its own root. Leaves of different lengths are allowed, and as in Bitcoin
 * `[a,b,c]` and `[a,b,c,c]` have one root: who verifies must know how many leaves are due.
 * At least one leaf.
 */
export function merkleRoot(leaves: readonly string[]): string {
  let row = leaves.map((leaf) => reversed(fromHex(leaf)));
  while (row.length > 1) {
    const parents: Uint8Array[] = [];
    for (let i = 0; i < row.length; i += 2) {
      const left = row[i] ?? new Uint8Array();
      parents.push(sha256d(concat(left, row[i + 1] ?? left)));
    }
    row = parents;
  }
  return toHex(reversed(row[0] ?? new Uint8Array()));
}
