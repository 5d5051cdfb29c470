import { type Address, p2pkhAddress } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { decodeScript } from "../bitcoin/script.ts";
import type { TransactionInput } from "../bitcoin/transaction.ts";
import { toHex } from "../primitives/bytes.ts";
import { hash160 } from "../primitives/digest.ts";

/**
 * The public key of a p2pkh sender in hex, in the form (compressed or not) that its address was made of; null if no
 * input shows it. Any input may: of those whose scriptSig is exactly two tokens, the first whose second token hashes to
 * the address counts (original: `scripts.py`, get_public_key_hex_from_tx).
 */
export function senderPublicKey(
  inputs: readonly TransactionInput[],
  sender: Address,
  on: BitcoinParameters,
): string | null {
  for (const { scriptSig } of inputs) {
    const tokens = decodeScript(scriptSig);
    const key = tokens[1];
    if (tokens.length !== 2 || key?.kind !== "data") continue;
    if (p2pkhAddress(hash160(key.data), on) === sender) return toHex(key.data);
  }
  return null;
}
