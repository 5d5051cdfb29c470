import { decodeBase58Check, encodeBase58Check } from "../encoding/base58check.ts";
import { ParseError } from "../errors.ts";
import type { Brand } from "../primitives/brand.ts";
import { fromHex, toHex } from "../primitives/bytes.ts";
import { remembering } from "../primitives/remember.ts";
import type { BitcoinParameters } from "./parameters.ts";

/** A Base58Check p2pkh or p2sh address of the current chain: the only kinds that can own a name. */
export type Address = Brand<string, "Address">;

/** A scriptPubKey as lowercase hex. */
export type ScriptHex = Brand<string, "ScriptHex">;

/** The address of a p2pkh or p2sh script, null for any other script (spec 01 §2). */
export function addressOf(script: ScriptHex, on: BitcoinParameters): Address | null {
  if (script.length === 50 && script.startsWith("76a914") && script.endsWith("88ac")) {
    return remembered(versionHex(on.p2pkhVersion) + script.slice(6, 46));
  }
  if (script.length === 46 && script.startsWith("a914") && script.endsWith("87")) {
    return remembered(versionHex(on.p2shVersion) + script.slice(4, 44));
  }
  return null;
}

/** Version byte and hash in hex -> address. Owners come back soon, and an address costs hashes and a long division. */
const remembered = remembering((versioned) => {
  const [version = 0, ...hash] = fromHex(versioned);
  return encodeBase58Check(version, Uint8Array.from(hash)) as Address;
});

const versionHex = (version: number): string => version.toString(16).padStart(2, "0");

/** The p2pkh address of a 20-byte public key hash. */
export function p2pkhAddress(publicKeyHash: Uint8Array, on: BitcoinParameters): Address {
  return encodeBase58Check(on.p2pkhVersion, publicKeyHash) as Address;
}

/** The p2sh address of a 20-byte script hash. */
export function p2shAddress(scriptHash: Uint8Array, on: BitcoinParameters): Address {
  return encodeBase58Check(on.p2shVersion, scriptHash) as Address;
}

/** @throws ParseError unless the text is a p2pkh or p2sh address of this chain. */
export function address(text: string, on: BitcoinParameters): Address {
  const { version, payload } = decodeBase58Check(text);
  if (payload.length !== 20) throw new ParseError(`not an address: "${text}"`);
  if (version !== on.p2pkhVersion && version !== on.p2shVersion) {
    throw new ParseError(`not an address of ${on.chain}: "${text}"`);
  }
  return text as Address;
}

/** The scriptPubKey that pays an address. */
export function scriptOf(to: Address, on: BitcoinParameters): ScriptHex {
  const { version, payload } = decodeBase58Check(to);
  const hash = toHex(payload);
  return (version === on.p2pkhVersion ? `76a914${hash}88ac` : `a914${hash}87`) as ScriptHex;
}

/** Hex of raw script bytes. */
export function scriptHex(bytes: Uint8Array): ScriptHex {
  return toHex(bytes) as ScriptHex;
}
