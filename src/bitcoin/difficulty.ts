/** Which target a header must name. Source: Bitcoin Core pow.cpp, GetNextWorkRequired; BIP 94. */
import type { BitcoinParameters } from "./parameters.ts";
import { bitsOfTarget, targetOfBits } from "./target.ts";

/** What the rules read of an earlier header. */
export interface HeaderFacts {
  /** Seconds since 1970. */
  readonly time: number;
  readonly bits: number;
}

/** The headers before the one in question, by height. */
export type Ancestors = (height: number) => HeaderFacts;

/** Blocks that share a target. */
const PERIOD = 2016;
/** What a period should take. */
const PERIOD_SECONDS = 14 * 24 * 60 * 60;
/** A target changes at most by this factor. */
const MAX_CHANGE = 4;
/** A block of a test network that comes later than this after the one before may be easy. */
const EASY_AFTER_SECONDS = 20 * 60;

/** Does the header at this height start a period? */
export function startsPeriod(height: number): boolean {
  return height % PERIOD === 0;
}

/** The lowest height that the rules read to judge the header at a height, which is not 0. */
export function firstAncestorNeeded(height: number): number {
  return height - 1 - ((height - 1) % PERIOD);
}

/** The bits that the header at `height` with this time must have; null where the chain has no rule for it. */
export function requiredBits(
  { difficulty, easiestBits }: BitcoinParameters,
  height: number,
  time: number,
  ancestors: Ancestors,
): number | null {
  if (difficulty === "none") return null;
  const last = ancestors(height - 1);
  if (startsPeriod(height)) {
    const first = ancestors(height - PERIOD);
    // From first to last block are 2015 intervals, one less than the period: so since the beginning.
    return retargeted(difficulty === "bip94" ? first.bits : last.bits, last.time - first.time, easiestBits);
  }
  if (difficulty === "retarget") return last.bits;
  if (time > last.time + EASY_AFTER_SECONDS) return easiestBits;
  // Easy blocks do not count: the target is that of the last block that was not one.
  let at = height - 1;
  while (!startsPeriod(at) && ancestors(at).bits === easiestBits) at -= 1;
  return ancestors(at).bits;
}

function retargeted(bits: number, tookSeconds: number, easiestBits: number): number {
  const seconds = Math.max(PERIOD_SECONDS / MAX_CHANGE, Math.min(PERIOD_SECONDS * MAX_CHANGE, tookSeconds));
  const target = ((targetOfBits(bits) ?? 0n) * BigInt(seconds)) / BigInt(PERIOD_SECONDS);
  const easiest = targetOfBits(easiestBits) ?? 0n;
  return target > easiest ? easiestBits : bitsOfTarget(target);
}
