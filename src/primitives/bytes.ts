import { ParseError } from "../errors.ts";

/** Codes of the sixteen digits. */
const DIGIT_CODES = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
/** Bytes whose digits are made into text at once: a call takes only so many arguments. */
const HEX_PART = 1024;
/** Characters that are made at once, for the same reason. */
const LATIN1_PART = 4096;

/** Lowercase hex of the bytes. */
export function toHex(bytes: Uint8Array): string {
  // One flat text at a time: grown digit by digit, V8 keeps a tree of pieces, and whoever reads it first pays for that.
  let text = "";
  for (let from = 0; from < bytes.length; from += HEX_PART) {
    const length = Math.min(HEX_PART, bytes.length - from);
    const codes = new Array<number>(2 * length);
    for (let i = 0; i < length; i++) {
      const byte = bytes[from + i] ?? 0;
      codes[2 * i] = DIGIT_CODES[byte >> 4] ?? 0;
      codes[2 * i + 1] = DIGIT_CODES[byte & 15] ?? 0;
    }
    text += String.fromCharCode.apply(null, codes);
  }
  return text;
}

function nibble(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  return -1;
}

/**
 * Bytes of a hex text of even length; either case is taken.
 * @throws ParseError on an odd length or a character that is no hex digit.
 */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0) throw new ParseError(`hex text of odd length ${text.length}`);
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = nibble(text.charCodeAt(2 * i));
    const low = nibble(text.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) throw new ParseError(`not hex: ${JSON.stringify(text.slice(2 * i, 2 * i + 2))}`);
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

/** The bytes of all parts, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A copy with the byte order turned round: Bitcoin shows hashes so. */
export function reversed(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes).reverse(); // `slice` of a Buffer is no copy
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** One byte per character, for text whose characters are all below U+0100 (ASCII, or bytes shown as latin-1). */
export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** One character (U+0000 to U+00FF) per byte. */
export function toLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += LATIN1_PART) {
    const part = bytes.subarray(from, from + LATIN1_PART);
    text += String.fromCharCode.apply(null, part as unknown as number[]);
  }
  return text;
}

const utf8 = new TextEncoder();

export function fromUtf8(text: string): Uint8Array {
  return utf8.encode(text);
}

/** Where the needle first occurs at or behind `from`; -1 if nowhere. */
export function indexOfBytes(haystack: Uint8Array, needle: Uint8Array, from: number): number {
  const [first] = needle;
  if (first === undefined) return from;
  for (let at = haystack.indexOf(first, from); at >= 0; at = haystack.indexOf(first, at + 1)) {
    if (needle.every((byte, i) => haystack[at + i] === byte)) return at;
  }
  return -1;
}
