/** When the chain under us changed: how deep, and back to the last block that both have. */
import type { BlockSource } from "../chain/source.ts";
import { blockHeight } from "../primitives/units.ts";
import type { BlockHash } from "../primitives/hash.ts";
import { answered, lastAgreement } from "./fork-point.ts";

/** What a reorg search asks of the store. */
export interface StoredChain {
  tip(): { readonly height: number; readonly hash: BlockHash } | null;
  blockHashAt(height: number): BlockHash | null;
}

export type ReorgOutcome =
  /** The stored tip lies on the source's chain. */
  | { readonly kind: "same" }
  /** The source's chain ends below the stored tip, and what it has of it agrees: it is behind, not on another branch. */
  | { readonly kind: "source-behind"; readonly sourceHeight: number }
  /** Another branch. `forkHeight` is the last common block (one below the first stored block if none is common). */
  | { readonly kind: "reorg"; readonly forkHeight: number; readonly depth: number };

/**
 * Compares the stored chain with the source's best chain.
 *
 * The last common block is found in a logarithmic number of questions (`lastAgreement`), not one a block.
 * @throws BskError of kind `machine` when the source does not answer.
 */
export async function findReorg(store: StoredChain, source: BlockSource, firstHeight: number): Promise<ReorgOutcome> {
  const tip = store.tip();
  if (tip === null) return { kind: "same" };
  if ((await source.blockHashAt(blockHeight(tip.height))) === tip.hash) return { kind: "same" };

  // A source that restarted answers null above its own tip: only a different hash at the same height is another branch.
  const sourceTip = await source.tip();
  const top = Math.min(tip.height, sourceTip.height);
  if (sourceTip.height < tip.height && (top < firstHeight || (await agrees(store, source, top)))) {
    return { kind: "source-behind", sourceHeight: sourceTip.height };
  }

  const forkHeight = await answered(lastAgreement(top, firstHeight), (height) => agrees(store, source, height));
  return { kind: "reorg", forkHeight, depth: tip.height - forkHeight };
}

async function agrees(store: StoredChain, source: BlockSource, height: number): Promise<boolean> {
  return (await source.blockHashAt(blockHeight(height))) === store.blockHashAt(height);
}
