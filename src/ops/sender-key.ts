import type { ScriptHex } from "../bitcoin/address.ts";
import { decodeScript } from "../bitcoin/script.ts";
import type { TransactionInput } from "../bitcoin/transaction.ts";
import { fromHex, toHex } from "../primitives/bytes.ts";
import { hash160 } from "../primitives/digest.ts";
import { remembering } from "../primitives/remember.ts";

/** OP_DUP OP_HASH160 and the push of 20 bytes, in hex. */
const P2PKH_HEAD = "76a914";
const KEY_HASH_DIGITS = 40;

/** Digits of an uncompressed key. What is longer is no key, may be very long, and is not worth remembering. */
const MAX_KEY_DIGITS = 130;
const rememberedHash = remembering((key) => toHex(hash160(fromHex(key))));

const hashOf = (key: string): string =>
  key.length <= MAX_KEY_DIGITS ? rememberedHash(key) : toHex(hash160(fromHex(key)));

/**
 * The public key of a p2pkh sender in hex, in the form (compressed or not) that its address was made of; null if no
 * input shows it, or the sender is p2sh. Any input may: of those whose scriptSig is exactly two tokens, the first whose second token hashes to
 * the address counts (original: `scripts.py`, get_public_key_hex_from_tx).
 */
export function senderPublicKey(inputs: readonly TransactionInput[], sender: ScriptHex): string | null {
  if (!sender.startsWith(P2PKH_HEAD)) return null;
  const keyHash = sender.slice(P2PKH_HEAD.length, P2PKH_HEAD.length + KEY_HASH_DIGITS);
  for (const { scriptSig } of inputs) {
    const tokens = decodeScript(scriptSig);
    const key = tokens[1];
    if (tokens.length !== 2 || key?.kind !== "data") continue;
    const hex = toHex(key.data);
    if (hashOf(hex) === keyHash) return hex;
  }
  return null;
}
