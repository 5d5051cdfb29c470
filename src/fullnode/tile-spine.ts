/** The spine of a chain out of tiles, as far as a pin proves it. */
import { setImmediate } from "node:timers/promises";
import { ParseError } from "../errors.ts";
import type { Anchor } from "../verify/anchor.ts";
import { type Spine, startSpine, verifySpine } from "../verify/spine.ts";
import { decodeSpineTile, type SpineTile } from "../verify/tile.ts";
import { isFailure, type OpenShelf, type ShelfFailure } from "./tile-shelves.ts";

/** Reads one shelf's spine up to the pin. `told` hears of heights; it may throw to stop. */
export async function spineOf(
  shelf: OpenShelf,
  pin: Anchor,
  told: (height: number) => void,
): Promise<Spine | ShelfFailure> {
  const spine = startSpine(shelf.index.firstBlock);
  while (spine.height() < pin.height) {
    const tile = await shelf.tileWith("spine", spine.height() + 1);
    if (isFailure(tile)) return tile;
    const { name, range, bytes } = tile;
    const decoded = decodedSpine(bytes);
    if (typeof decoded === "string") return shelf.caught(name, decoded);
    if (decoded.first !== range.first || decoded.opsHashes.length !== range.last - range.first + 1)
      return shelf.caught(name, "it holds other blocks than its name says");
    for (const opsHash of decoded.opsHashes) if (spine.height() < pin.height) spine.append(opsHash);
    told(spine.height());
    await setImmediate();
  }
  const outcome = verifySpine(pin, spine);
  if (outcome.kind === "proven") return spine;
  const computed = spine.consensusHashAt(pin.height);
  const because = `it comes to consensus hash "${computed}" at block ${pin.height}, the pin is "${pin.consensusHash}"`;
  return shelf.caught("the spine", because, "is the pin right? Then these tiles are not: name others");
}

function decodedSpine(bytes: Uint8Array): SpineTile | string {
  try {
    return decodeSpineTile(bytes);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}
