/**
 * Which history the senders of operations saw: their embedded hashes, counted by operations, by senders and by what they
 * burnt.
 *
 * A hash commits to all blocks before its own, so one of block 120 speaks for a pin of block 100. Operations and senders
 * cost little more than a fee, what is burnt is gone: only the last weighs against a liar (docs/protocol/pins.md).
 */
import type { ConsensusHash } from "../primitives/hash.ts";
import { type Name, updateHashOf } from "../primitives/name.ts";
import type { EmbeddedHash } from "./embedded-hashes.ts";

/** An embedded hash, as far as a history explains it. */
export interface Reading extends Pick<EmbeddedHash, "height" | "sender" | "burnt"> {
  readonly meaning:
    /** The hash of a block of the history, before the operation's own. */
    | { readonly kind: "matching"; readonly of: number }
    /** The history has it for a block that was not there yet when it was embedded: its heights are wrong. */
    | { readonly kind: "early"; readonly of: number }
    /** No hash of the history's last blocks: of another fork-set, older, or made up. */
    | { readonly kind: "other" }
    /** An update that the history did not accept: its hash is hidden behind a name that is not known. */
    | { readonly kind: "hidden" };
}

/** `nameOf`: of an update that the history accepted. */
export function readEmbedded(
  embedded: EmbeddedHash,
  heights: ReadonlyMap<ConsensusHash, number>,
  nameOf: (update: EmbeddedHash) => Name | null,
): Reading {
  const { height, sender, burnt } = embedded;
  return { height, sender, burnt, meaning: meaningOf(embedded, heights, nameOf) };
}

function meaningOf(
  embedded: EmbeddedHash,
  heights: ReadonlyMap<ConsensusHash, number>,
  nameOf: (update: EmbeddedHash) => Name | null,
): Reading["meaning"] {
  const { says, height } = embedded;
  const placed = (of: number): Reading["meaning"] => ({ kind: of < height ? "matching" : "early", of });
  if (says.kind === "hash") {
    const of = heights.get(says.hash);
    return of === undefined ? { kind: "other" } : placed(of);
  }
  const name = nameOf(embedded);
  if (name === null) return { kind: "hidden" };
  for (const [hash, of] of heights) if (updateHashOf(name, hash) === says.updateHash) return placed(of);
  return { kind: "other" };
}

export interface Share {
  readonly operations: number;
  /** Distinct ones. */
  readonly senders: number;
  /** Satoshis. */
  readonly burnt: number;
}

/** What speaks for the pin of a height and what against it. */
export interface Tally {
  /** Hashes of that block and of later ones. */
  readonly matching: Share;
  /** Of operations in later blocks, which could have had such a hash. */
  readonly against: Share;
  readonly early: number;
  /** Updates of later blocks that cannot be read. */
  readonly hidden: number;
}

export function tallyAt(height: number, readings: readonly Reading[]): Tally {
  const later = readings.filter((each) => each.height > height);
  const ofKind = (kind: Reading["meaning"]["kind"]): readonly Reading[] =>
    later.filter(({ meaning }) => meaning.kind === kind);
  return {
    matching: shareOf(later.filter(({ meaning }) => meaning.kind === "matching" && meaning.of >= height)),
    against: shareOf(ofKind("other")),
    early: ofKind("early").length,
    hidden: ofKind("hidden").length,
  };
}

function shareOf(readings: readonly Reading[]): Share {
  return {
    operations: readings.length,
    senders: new Set(readings.map(({ sender }) => sender)).size,
    burnt: readings.reduce((sum, { burnt }) => sum + burnt, 0),
  };
}

/** What it takes for a pin to be attested. */
export interface Threshold {
  readonly leastOperations: number;
  readonly leastSenders: number;
  /** Satoshis. */
  readonly leastBurnt: number;
}

/** What was burnt for a pin has to be so many times what was burnt against it. */
const MAJORITY = 3;

export type TallyVerdict = "attested" | "too-little" | "contradicted";

export function judgeTally({ matching, against, early }: Tally, threshold: Threshold): TallyVerdict {
  if (early > 0 || (against.burnt > 0 && against.burnt * MAJORITY > matching.burnt)) return "contradicted";
  const { leastOperations, leastSenders, leastBurnt } = threshold;
  const { operations, senders, burnt } = matching;
  return operations >= leastOperations && senders >= leastSenders && burnt >= leastBurnt ? "attested" : "too-little";
}
