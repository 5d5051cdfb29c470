/** Base64 as Python 2 read it: what the original's nodes agreed on is what its library took. */
import { ParseError } from "../errors.ts";
import { ALPHABET } from "./base64.ts";

const VALUES = new Map(Array.from(ALPHABET, (character, value) => [character, value]));

/**
 * Python 2's `base64.b64decode`: other characters are passed over, the first `=` that ends a group of four ends the text.
 * @throws ParseError where bits are left over, "incorrect padding".
 */
export function decodePythonBase64(text: string): Uint8Array {
  const bytes: number[] = [];
  const known = Array.from(text).filter((character) => character === "=" || VALUES.has(character));
  let bits = 0;
  let held = 0;
  let place = 0;
  for (const [i, character] of known.entries()) {
    if (character === "=") {
      const ends = place === 3 || (place === 2 && known[i + 1] === "=");
      if (!ends) continue;
      held = 0;
      break;
    }
    place = (place + 1) % 4;
    bits = ((bits << 6) | (VALUES.get(character) ?? 0)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push((bits >> held) & 0xff);
  }
  if (held !== 0) throw new ParseError("base64 with incorrect padding");
  return Uint8Array.from(bytes);
}
