/** Before a node builds on its last blocks: are they what was stored? Damage there would become part of every later hash. */
import { BskError } from "../errors.ts";
import { consensusHashOf } from "../verify/consensus-hash.ts";
import { opsHashOf } from "../verify/ops-hash.ts";
import { skipListHeights } from "../verify/skip-list.ts";
import { isUndamaged } from "./store/evidence.ts";
import type { NodeStore } from "./store/store.ts";

/** More than the window in which operations refer to consensus hashes, and little enough to be read in no time. */
const BLOCKS = 64;

/**
 * Computes the checksums and hashes of the last blocks again.
 * @throws BskError `machine`, rule `database-damaged`
 */
export function checkTail(store: NodeStore): void {
  const { firstBlock } = store.network;
  const tip = store.tip()?.height ?? firstBlock - 1;
  let due = Math.max(firstBlock, tip - BLOCKS + 1);
  for (const stored of store.evidence(due)) {
    if (stored.evidence.height !== due || !isUndamaged(stored) || !isHashedRight(store, due)) break;
    due++;
  }
  if (due > tip) return;
  throw new BskError("machine", `block ${due} in the node's database is not what was stored`, {
    rule: "database-damaged",
    hint: "bsk node fsck says what is wrong; with --repair it derives again what it can",
  });
}

function isHashedRight(store: NodeStore, height: number): boolean {
  const block = store.queries.block(height);
  const earlier = skipListHeights(height, store.network.firstBlock).map((at) => store.consensusHashAt(at));
  const known = earlier.filter((hash) => hash !== null);
  if (block === null || known.length < earlier.length) return false;
  const opsHash = opsHashOf(store.canonicalAt(height));
  return block.opsHash === opsHash && block.consensusHash === consensusHashOf(opsHash, known);
}
