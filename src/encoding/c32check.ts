/**
 * c32check: how addresses were written that hold tokens, "SP…". The same version and hash as a Base58Check address, in
 * base 32 with the letters that people cannot confuse:
 *
 *   "S" version (one character)  c32(hash (20), first 4 bytes of sha256d(version || hash))
 *
 * Source: original `config.py` with the package c32; vectors of the original's `addresses`.
 */
import { ParseError } from "../errors.ts";
import { concat, equalBytes, fromHex } from "../primitives/bytes.ts";
import { sha256d } from "../primitives/digest.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HASH_SIZE = 20;
const CHECKSUM_SIZE = 4;

/** Zeros in front are zero bytes; of the rest, a character is 5 bits. O, L and I are read as what they look like. */
function decodeC32(text: string): Uint8Array {
  const normal = text.toUpperCase().replaceAll("O", "0").replaceAll(/[LI]/gu, "1");
  let value = 0n;
  for (const character of normal) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) throw new ParseError(`not c32: "${text}"`);
    value = (value << 5n) | BigInt(digit);
  }
  const hex = value === 0n ? "" : value.toString(16);
  const zeros = /^0*/u.exec(normal)?.[0].length ?? 0;
  return concat(new Uint8Array(zeros), fromHex(hex.length % 2 === 0 ? hex : `0${hex}`));
}

/** Version (0 to 31) and hash of an address. @throws ParseError on a wrong character, length or checksum. */
export function decodeC32Address(text: string): { readonly version: number; readonly hash: Uint8Array } {
  const version = ALPHABET.indexOf(text.charAt(1).toUpperCase());
  if (!/^[Ss][0-9A-Za-z]{24,44}$/u.test(text) || version < 0) throw new ParseError(`not a c32 address: "${text}"`);
  const bytes = decodeC32(text.slice(2));
  const hash = bytes.slice(0, -CHECKSUM_SIZE);
  if (hash.length !== HASH_SIZE || !equalBytes(bytes.slice(-CHECKSUM_SIZE), checksum(version, hash))) {
    throw new ParseError(`wrong checksum: "${text}"`);
  }
  return { version, hash };
}

function checksum(version: number, hash: Uint8Array): Uint8Array {
  return sha256d(concat(Uint8Array.of(version), hash)).slice(0, CHECKSUM_SIZE);
}
