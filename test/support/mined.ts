/** Headers and blocks with a proof of work, as easy as they come. */
import { HEADER_SIZE, parseHeader } from "../../src/bitcoin/header.ts";
import { meetsTarget } from "../../src/bitcoin/target.ts";

const PREVIOUS = 4;
const TIME = 68;
const BITS = 72;
const NONCE = 76;

/** The header, or the block that starts with it, with a nonce that meets its own bits if any are a target. */
export function withProof(block: Uint8Array): Uint8Array {
  const copy = block.slice();
  const view = new DataView(copy.buffer);
  for (let nonce = 0; nonce < 1000; nonce++) {
    view.setUint32(NONCE, nonce, true);
    const { hash, bits } = parseHeader(copy);
    if (meetsTarget(hash, bits)) break;
  }
  return copy;
}

/** A header behind another one, whose hash is given in wire order. */
export function mined(previous: Uint8Array, bits: number, time = 1): Uint8Array {
  const header = new Uint8Array(HEADER_SIZE);
  const view = new DataView(header.buffer);
  header.set(previous, PREVIOUS);
  view.setUint32(TIME, time, true);
  view.setUint32(BITS, bits, true);
  return withProof(header);
}
