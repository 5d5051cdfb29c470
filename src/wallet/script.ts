/** The two kinds of scripts that the wallet spends (spec 01 §2: any native segwit input would kill an operation). */
import { p2pkhAddress, p2shAddress, type ScriptHex, scriptOf } from "../bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../bitcoin/parameters.ts";
import { concat } from "../primitives/bytes.ts";
import { hash160 } from "../primitives/digest.ts";

// Scripts are the same on all chains; only address texts differ.
const ANY_CHAIN = BITCOIN_CHAINS.bitcoin;

/** Pays to the hash of a public key. */
export function p2pkhScript(publicKey: Uint8Array): ScriptHex {
  return scriptOf(p2pkhAddress(hash160(publicKey), ANY_CHAIN), ANY_CHAIN);
}

/** The witness program inside a p2sh-p2wpkh output: what the spender must show as redeem script. */
export function redeemScriptOf(publicKey: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0x00, 0x14), hash160(publicKey));
}

/** Segwit nested in p2sh: the one kind of segwit whose inputs keep an operation valid. */
export function nestedSegwitScript(publicKey: Uint8Array): ScriptHex {
  return scriptOf(p2shAddress(hash160(redeemScriptOf(publicKey)), ANY_CHAIN), ANY_CHAIN);
}
