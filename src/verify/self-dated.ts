/**
 * Records that date themselves: their hashed text holds the height of the block that holds them, so that proving them
 * `included` proves their height too, and that of every operation beside them (spec 04 §8.2). No spine is needed.
 */
import type { HashedRecord } from "../ops/hashed-record.ts";
import type { BlockHeight } from "../primitives/units.ts";

/**
 * The height of the block that holds the operation, null where its text does not say. An update, transfer or revoke does
 * not; an import says when its name was first imported, which a second import does not change.
 */
export function datedHeight(record: HashedRecord): BlockHeight | null {
  switch (record.letter) {
    case "?":
    case "*":
      return record.blockNumber;
    case ":":
      return record.lastRenewed;
    case "&":
      return record.revealBlock;
    case "!":
      return record.readyBlock;
    case "$":
      return record.blockId;
    case ";":
    case "+":
    case ">":
    case "~":
      return null;
  }
}
