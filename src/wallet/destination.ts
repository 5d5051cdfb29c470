/** Where a payment may go: any kind of address, the segwit kinds included that we never use ourselves. */
import { address as codec, type Network } from "bitcoinjs-lib";
import { scriptHex, type ScriptHex } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import { fromHex } from "../primitives/bytes.ts";
import "./keys.ts";

/** Newest version of witness programs whose spending rules are known (taproot, BIP 341). */
const NEWEST_WITNESS_VERSION = 1;

/**
 * The script of an address of this chain: p2pkh, p2sh, and segwit versions 0 and 1 (BIP 173, BIP 350).
 * @throws BskError (usage) for anything else.
 */
export function destinationScript(text: string, on: BitcoinParameters): ScriptHex {
  try {
    if (witnessVersion(text) > NEWEST_WITNESS_VERSION) throw new Error("its rules are not known yet");
    return scriptHex(codec.toOutputScript(text, libraryNetwork(on)));
  } catch (cause) {
    throw new BskError("usage", `not an address of ${on.chain}: "${text}"`, { cause });
  }
}

/** -1 for an address that is no segwit address. */
function witnessVersion(text: string): number {
  try {
    return codec.fromBech32(text).version;
  } catch {
    return -1;
  }
}

/** The address of a segwit script, versions 0 and 1; null for any other script. */
export function segwitAddressOf(script: ScriptHex, on: BitcoinParameters): string | null {
  if (!/^(0014.{40}|0020.{64}|5120.{64})$/u.test(script)) return null;
  try {
    return codec.fromOutputScript(fromHex(script), libraryNetwork(on));
  } catch {
    return null;
  }
}

/** Our parameters as bitcoinjs-lib calls them. */
function libraryNetwork(on: BitcoinParameters): Network {
  return {
    messagePrefix: "",
    bech32: on.bech32Prefix,
    bip32: on.bip32,
    pubKeyHash: on.p2pkhVersion,
    scriptHash: on.p2shVersion,
    wif: on.wifVersion,
  };
}
