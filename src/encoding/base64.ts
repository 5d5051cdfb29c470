/** Base64 (RFC 4648 §4) with padding, in its one spelling. */
import { ParseError } from "../errors.ts";

export const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map(Array.from(ALPHABET, (digit, value) => [digit.charCodeAt(0), value]));
/** Bytes whose digits are made into text at once. */
const PART = 3 * 1024;

export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += PART) text += digitsOf(bytes.subarray(from, from + PART));
  return text;
}

function digitsOf(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => ALPHABET.charAt((group >> shift) & 63)).join("");
    const present = Math.min(3, bytes.length - i);
    text += digits.slice(0, present + 1) + "=".repeat(3 - present);
  }
  return text;
}

/** @throws ParseError on anything that `encodeBase64` would not have written */
export function decodeBase64(text: string): Uint8Array {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (text.length % 4 !== 0) throw new ParseError(`base64 of ${text.length} characters`);
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const digits = text.length - padding;
  for (let i = 0; i < text.length; i += 4) {
    let group = 0;
    for (let j = i; j < i + 4; j++) group = (group << 6) | (j < digits ? valueOf(text, j) : 0);
    const at = (i / 4) * 3;
    const present = Math.min(3, bytes.length - at);
    for (let j = 0; j < present; j++) bytes[at + j] = (group >> (16 - 8 * j)) & 0xff;
    if ((group & ((1 << (8 * (3 - present))) - 1)) !== 0) throw new ParseError("base64 with bits behind its end");
  }
  return bytes;
}

function valueOf(text: string, at: number): number {
  const value = VALUES.get(text.charCodeAt(at));
  if (value === undefined) throw new ParseError(`not base64: "${text.slice(at, at + 1)}"`);
  return value;
}
