/** The log on this machine under a pin that is in force: what it says up to the pin's block is complete. */
import { BskError } from "../errors.ts";
import type { Anchor } from "../verify/anchor.ts";
import type { OperationLog } from "../verify/op-log.ts";
import { bestOf, contradiction, isAttested, type Pin, pinOf } from "./pin.ts";
import type { PinBook } from "./pin-book.ts";

export interface PinnedLog {
  readonly log: OperationLog;
  /** Of a block that the log has, with the very hash that the log comes to there. */
  readonly pin: Pin;
}

/** What is on disk. */
export interface SyncedLog {
  /** Hashed to `pin` when it was synced; null before that. */
  readonly log: OperationLog | null;
  readonly pin: Pin | null;
}

/**
 * The best pin that the log can be answered under: the given one, else of those in the book and the one that it was synced
 * to, an attested one before one that is not, then the highest. A pin that was taken out of the book is not in force, even
 * if the log was synced to it. null where there is no log, or none of the pins is of one of its blocks.
 * @throws BskError `refuted`, rule `pin-contradiction`, where the log has another hash at the height of an attested pin
 */
export function pinnedLog({ log, pin: synced }: SyncedLog, given: Anchor | undefined, book: PinBook): PinnedLog | null {
  if (log === null) return null;
  const { spine } = log;
  const hashAt = ({ height }: Anchor) => spine.consensusHashAt(height);
  const candidates = given === undefined ? inForce(synced, book) : [pinOf(given, book)];
  const covered = candidates
    .filter((pin) => pin !== null)
    .filter(({ height }) => height >= spine.firstBlock && height <= spine.height());
  const wrong = covered.find((pin) => isAttested(pin) && hashAt(pin) !== pin.consensusHash);
  if (wrong !== undefined) {
    const found = { height: wrong.height, consensusHash: hashAt(wrong) };
    throw contradiction(wrong, found, "that of the log on this machine (bsk light sync)");
  }
  const pin = bestOf(covered.filter((each) => hashAt(each) === each.consensusHash));
  return pin === null ? null : { log, pin };
}

/** Those of the book, and the one of the last sync unless it was taken out of the book since. */
function inForce(synced: Pin | null, book: PinBook): readonly Pin[] {
  const held = book.list();
  if (synced === null) return held;
  const isSame = ({ height, consensusHash }: Anchor) =>
    height === synced.height && consensusHash === synced.consensusHash;
  const known = held.some(({ height }) => height === synced.height);
  return known || book.history().some(isSame) ? held : [...held, synced];
}

/** Why nothing can be answered out of the log. */
export function noLog({ log }: SyncedLog): BskError {
  if (log === null) {
    return new BskError("unproven", "there is no verified log on this machine", {
      rule: "no-log",
      hint: "bsk light sync --from URL|DIR gets one, once a pin is held (bsk pin from-node, bsk pin set)",
    });
  }
  return new BskError(
    "unproven",
    `the log on this machine ends at block ${log.spine.height()}, before what is asked for`,
    {
      rule: "log-behind",
      hint: "bsk light sync brings it up to the pin",
    },
  );
}
