/** What every source checks of a block that it was given. */
import { HEADER_SIZE } from "../bitcoin/header.ts";
import { BskError } from "../errors.ts";
import { sha256d } from "../primitives/digest.ts";
import { type BlockHash, blockHashOf } from "../primitives/hash.ts";

/** The largest block there can be: weight is at least size (BIP 141). */
export const MAX_BLOCK_BYTES = 4_000_000;

/** The bytes, if their header has the wanted hash. @throws BskError `refuted` with rule `block-hash-mismatch`. */
export function checkBlockHash(description: string, wanted: BlockHash, bytes: Uint8Array): Uint8Array {
  if (bytes.length >= HEADER_SIZE && blockHashOf(sha256d(bytes.subarray(0, HEADER_SIZE))) === wanted) return bytes;
  throw new BskError("refuted", `${description} gave another block than "${wanted}"`, { rule: "block-hash-mismatch" });
}
