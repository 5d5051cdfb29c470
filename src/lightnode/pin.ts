/** Pins: the pairs of height and consensus hash that the user trusts, and how each came to be trusted. */
import { BskError } from "../errors.ts";
import type { NetworkId, Txid } from "../primitives/hash.ts";
import type { Anchor } from "../verify/anchor.ts";
import type { PinBook } from "./pin-book.ts";

export interface Pin extends Anchor {
  readonly network: NetworkId;
  readonly source: PinSource;
  /** When it was stored, ISO 8601. */
  readonly since: string;
}

/** How a pin came to be trusted. `unattested`: one stranger's word, and every answer on it says so. */
export type PinSource =
  | { readonly kind: "hand" }
  | { readonly kind: "own-node"; readonly url: string }
  /** Nodes that are not the user's, two at least, and that said the same. */
  | { readonly kind: "agreeing"; readonly urls: readonly string[] }
  | { readonly kind: "chain"; readonly evidence: ChainEvidence }
  | { readonly kind: "unattested"; readonly url: string };

/** What on Bitcoin speaks for a pin. */
export type ChainEvidence =
  /** Consensus hashes at or above the pin that others embedded in the blocks from one to another, and what they burnt. */
  | {
      readonly by: "tally";
      readonly from: number;
      readonly to: number;
      readonly operations: number;
      readonly senders: number;
      /** Satoshis. */
      readonly burnt: number;
    }
  /** A transaction that the user named, in the block of a height. */
  | { readonly by: "transaction"; readonly txid: Txid; readonly height: number };

export type PinSourceKind = PinSource["kind"];

/** What the word of a source weighs against another for the same pair. */
const WEIGHT: Readonly<Record<PinSourceKind, number>> = {
  hand: 3,
  "own-node": 3,
  chain: 2,
  agreeing: 2,
  unattested: 1,
};

export function isAttested(pin: Pin): boolean {
  return pin.source.kind !== "unattested";
}

/** Does a source say more for a pair than the one that it is held from? */
export function saysMore(source: PinSource, than: PinSource): boolean {
  return WEIGHT[source.kind] > WEIGHT[than.kind];
}

/** Which of them answers rest on: an attested one before one that is not, then the highest. */
export function bestOf(pins: readonly Pin[]): Pin | null {
  const rank = (pin: Pin): number => (isAttested(pin) ? 1 : 0);
  return pins.toSorted((a, b) => rank(b) - rank(a) || b.height - a.height)[0] ?? null;
}

/** As answers show it. */
export interface ShownPin {
  readonly height: number;
  readonly consensusHash: string;
  readonly source: PinSourceKind;
  readonly attested: boolean;
}

export function shownPin(pin: Pin): ShownPin {
  const { height, consensusHash, source } = pin;
  return { height, consensusHash, source: source.kind, attested: isAttested(pin) };
}

/**
 * The pin of a call: what `--pin` says, else the book's best, else null.
 * @throws BskError `refuted`, rule `pin-contradiction`, where the book holds another hash for the height that was given
 */
export function pinOf(given: Anchor | undefined, book: PinBook): Pin | null {
  if (given === undefined) return book.current();
  const held = book.list().find(({ height }) => height === given.height);
  if (held === undefined) return book.make(given, { kind: "hand" });
  if (held.consensusHash !== given.consensusHash) throw contradiction(held, given, "the one that was given");
  return saysMore({ kind: "hand" }, held.source) ? { ...held, source: { kind: "hand" } } : held;
}

/** As `pinOf`. @throws BskError `unproven`, rule `no-pin`, where there is none */
export function requiredPin(given: Anchor | undefined, book: PinBook): Pin {
  const pin = pinOf(given, book);
  if (pin !== null) return pin;
  throw new BskError("unproven", "without a pin nothing can be proven", {
    rule: "no-pin",
    hint: "bsk pin from-node takes one from your own node, bsk pin set HEIGHT:HASH one that you have from somebody you trust",
  });
}

/** Two hashes for one height: one of them is of another history. `other`: whose the second is. */
export function contradiction(held: Pin, found: Anchor, other: string): BskError {
  return new BskError(
    "refuted",
    `two consensus hashes for block ${held.height}: the pin held (${held.source.kind}) is ${held.consensusHash}, ${other} is ${found.consensusHash}`,
    {
      rule: "pin-contradiction",
      hint: `one of them is wrong or of another fork-set; nothing was stored. To let go of the one held: bsk pin remove ${held.height}`,
    },
  );
}
