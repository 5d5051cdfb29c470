import { fromLatin1, toHex } from "../primitives/bytes.ts";
import { sha256d } from "../primitives/digest.ts";
import { type OpsHash, opsHash } from "../primitives/hash.ts";
import { merkleRoot } from "./merkle-root.ts";

/** The ops hash of every block without operations: sha256d of nothing. */
export const EMPTY_OPS_HASH: OpsHash = opsHash.of(sha256d(new Uint8Array()));

/** The leaf of one operation: sha256d of its canonical text (bytes above 0x7f as latin-1 characters), in natural order. */
export function opLeaf(canonical: string): string {
  return toHex(sha256d(fromLatin1(canonical)));
}

/** Merkle root over the sorted leaves of a block's accepted operations; their order does not matter (spec 03 §5). */
export function opsHashOf(canonical: readonly string[]): OpsHash {
  if (canonical.length === 0) return EMPTY_OPS_HASH;
  return opsHash(merkleRoot(canonical.map(opLeaf).sort()));
}
