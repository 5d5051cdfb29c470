/** A pin as people write it: `HEIGHT:CONSENSUSHASH`. */
import { ParseError } from "../errors.ts";
import { consensusHash } from "../primitives/hash.ts";
import { parseBlockHeight } from "../primitives/units.ts";
import type { Anchor } from "../verify/anchor.ts";

/** @throws ParseError */
export function pin(text: string): Anchor {
  const [height, hash, ...more] = text.split(":");
  if (height === undefined || hash === undefined || more.length > 0) {
    throw new ParseError(`not a pin: "${text}" (a height and the consensus hash of that block, HEIGHT:HASH)`);
  }
  return { height: parseBlockHeight(height), consensusHash: consensusHash(hash) };
}
