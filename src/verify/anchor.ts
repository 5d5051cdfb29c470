/** What a check rests on: always a pair, since a consensus hash alone does not say which block it belongs to (spec 04 §7.1). */
import type { ConsensusHash } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";

/** A trusted height and the consensus hash of that block. */
export interface Anchor {
  readonly height: BlockHeight;
  readonly consensusHash: ConsensusHash;
}
