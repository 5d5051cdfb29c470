import { ParseError } from "../errors.ts";
import { concat, equalBytes } from "../primitives/bytes.ts";
import { sha256d } from "../primitives/digest.ts";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const VALUES = new Map(Array.from(ALPHABET, (character, value) => [character, value]));

function encodeBase58(bytes: Uint8Array): string {
  const digits: number[] = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let i = 0; i < digits.length; i++) {
      carry += (digits[i] ?? 0) << 8;
      digits[i] = carry % 58;
      carry = (carry / 58) | 0;
    }
    for (; carry > 0; carry = (carry / 58) | 0) digits.push(carry % 58);
  }
  let text = "";
  for (const byte of bytes) {
    if (byte !== 0) break;
    text += "1";
  }
  for (let i = digits.length - 1; i >= 0; i--) text += ALPHABET.charAt(digits[i] ?? 0);
  return text;
}

function decodeBase58(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const value = VALUES.get(character);
    if (value === undefined) throw new ParseError(`not base58: "${text}"`);
    let carry = value;
    for (let i = 0; i < bytes.length; i++) {
      carry += (bytes[i] ?? 0) * 58;
      bytes[i] = carry & 0xff;
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 0xff);
  }
  const zeros = /^1*/u.exec(text)?.[0].length ?? 0;
  return concat(new Uint8Array(zeros), Uint8Array.from(bytes.reverse()));
}

/** Base58 of the version byte, the payload and the first 4 bytes of their sha256d (Bitcoin's Base58Check). */
export function encodeBase58Check(version: number, payload: Uint8Array): string {
  const body = concat(Uint8Array.of(version), payload);
  return encodeBase58(concat(body, sha256d(body).slice(0, 4)));
}

/** @throws ParseError on a wrong character, checksum or length (under 5 bytes, or text over 120 characters). */
export function decodeBase58Check(text: string): { readonly version: number; readonly payload: Uint8Array } {
  if (text.length > 120) throw new ParseError("base58check text is too long");
  const whole = decodeBase58(text);
  const version = whole[0];
  if (version === undefined || whole.length < 5) throw new ParseError(`not base58check: "${text}"`);
  const body = whole.slice(0, -4);
  if (!equalBytes(sha256d(body).slice(0, 4), whole.slice(-4))) throw new ParseError(`wrong checksum: "${text}"`);
  return { version, payload: body.slice(1) };
}
