/** Base 40, the alphabet of names: what a name looks like inside a preorder hash (original: `b40.py`). */
import { ParseError } from "../errors.ts";
import { fromHex } from "../primitives/bytes.ts";

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz-_.+";
const BASE = 40n;

/**
 * The text as a big-endian integer, most significant character first, in as few bytes as hold it.
 * Not injective: a leading "0" is digit zero and vanishes (quirk W1). An empty text is one zero byte.
 * @throws ParseError on a character outside the alphabet.
 */
export function encodeBase40(text: string): Uint8Array {
  let value = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) throw new ParseError(`not base 40: "${text}"`);
    value = value * BASE + BigInt(digit);
  }
  const hex = value.toString(16);
  return fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
}
