import { decodeBase58Check, encodeBase58Check } from "../encoding/base58check.ts";
import { ParseError } from "../errors.ts";
import type { Brand } from "../primitives/brand.ts";
import { fromHex, toHex } from "../primitives/bytes.ts";
import type { BitcoinParameters } from "./parameters.ts";

/** A Base58Check p2pkh or p2sh address of the current chain: the only kinds that can own a name. */
export type Address = Brand<string, "Address">;

/** A scriptPubKey as lowercase hex. */
export type ScriptHex = Brand<string, "ScriptHex">;

/** The address of a p2pkh or p2sh script, null for any other script (spec 01 §2). */
export function addressOf(script: ScriptHex, on: BitcoinParameters): Address | null {
  if (script.length === 50 && script.startsWith("76a914") && script.endsWith("88ac")) {
    return remembered(on.p2pkhVersion, script.slice(6, 46));
  }
  if (script.length === 46 && script.startsWith("a914") && script.endsWith("87")) {
    return remembered(on.p2shVersion, script.slice(4, 44));
  }
  return null;
}

/** Addresses that are remembered before all are forgotten. */
const MEMORY_SIZE = 4096;
/** Version and hash -> address: owners come back soon, and an address costs two hashes and a division of big numbers. */
const memory = new Map<string, Address>();

/** The address of a version byte and 20 bytes in hex. */
function remembered(version: number, hash: string): Address {
  const key = `${version}:${hash}`;
  let known = memory.get(key);
  if (known === undefined) {
    known = encodeBase58Check(version, fromHex(hash)) as Address;
    if (memory.size >= MEMORY_SIZE) memory.clear();
    memory.set(key, known);
  }
  return known;
}

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
