/**
 * Child pays for parent: miners look at a transaction together with what it needs (Bitcoin Core: the ancestor fee rate),
 * so a child with a high fee brings its parents into a block. Arithmetic only.
 */
import type { Txid } from "../primitives/hash.ts";
import { RELAY_POLICY, type Waiting } from "./replacement.ts";
import { feeFor } from "./size.ts";

/** An unconfirmed transaction, with those among the others whose outputs it spends. */
export interface Ancestor extends Waiting {
  readonly parents: readonly Txid[];
}

/** Satoshis per virtual byte of transactions taken together; 0 for none. */
export function packageFeeRate(members: readonly Waiting[]): number {
  const size = members.reduce((sum, each) => sum + each.size, 0);
  const fee = members.reduce((sum, each) => sum + each.fee, 0n);
  return size === 0 ? 0 : Number(fee) / size;
}

/**
 * The ancestors that a child must pay for to be mined at a rate. Who reaches it, with all that it needs, is mined
 * without help, and what it pays beyond its share is no gift to the others.
 * @param ancestors all of them, each once
 */
export function inNeedOfHelp(ancestors: readonly Ancestor[], feeRate: number): readonly Ancestor[] {
  let left = ancestors;
  for (;;) {
    const alone = left.map((each) => needs(each, left)).find((together) => packageFeeRate(together) >= feeRate);
    if (alone === undefined) return left;
    left = left.filter((each) => !alone.includes(each));
  }
}

/** A transaction and everything among `all` that it needs. */
function needs(of: Ancestor, all: readonly Ancestor[]): readonly Ancestor[] {
  const found = new Set<Ancestor>([of]);
  for (const each of found) {
    for (const parent of all) if (each.parents.includes(parent.txid)) found.add(parent);
  }
  return [...found];
}

/** The least fee in satoshis of a child of this size, so that it and what it helps are mined at a rate. */
export function leastChildFee(ancestors: readonly Ancestor[], childSize: number, feeRate: number): bigint {
  const helped = inNeedOfHelp(ancestors, feeRate);
  const size = helped.reduce((sum, each) => sum + each.size, childSize);
  const paid = helped.reduce((sum, each) => sum + each.fee, 0n);
  const missing = feeFor(size, feeRate) - paid;
  const relayed = feeFor(childSize, Math.max(feeRate, RELAY_POLICY.floor));
  return missing > relayed ? missing : relayed;
}
