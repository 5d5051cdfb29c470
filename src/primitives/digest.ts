import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 } from "./sha256.ts";

export { sha256 };

/** SHA256(SHA256(x)), 32 bytes. */
export function sha256d(bytes: Uint8Array): Uint8Array {
  return sha256(sha256(bytes));
}

/** RIPEMD160(SHA256(x)), 20 bytes. */
export function hash160(bytes: Uint8Array): Uint8Array {
  return ripemd160(sha256(bytes));
}

/** First 16 bytes of a single SHA256(x): the name hash and the update hash (spec: original `hash256_trunc128`). */
export function hash128(bytes: Uint8Array): Uint8Array {
  return sha256(bytes).slice(0, 16);
}
