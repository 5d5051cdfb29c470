/** The hash that hides a name until it is registered, or a namespace until it is revealed (spec 01 §3). */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import { encodeBase40 } from "../encoding/base40.ts";
import { concat, fromHex, fromLatin1 } from "../primitives/bytes.ts";
import { hash160 } from "../primitives/digest.ts";
import { type PreorderHash, preorderHash } from "../primitives/hash.ts";
import type { Name, NamespaceId } from "../primitives/name.ts";

/**
 * hash160(base40(name) || script of the preorderer || address that will own it, as text).
 * For a namespace: its id, the preorderer's script, the revealer's address.
 * Names that differ only in leading zeros share it (quirk W1). Original: `hashing.py`, hash_name.
 */
export function preorderHashOf(of: Name | NamespaceId, preorderer: ScriptHex, owner: Address): PreorderHash {
  return preorderHash.of(hash160(concat(encodeBase40(of), fromHex(preorderer), fromLatin1(owner))));
}
