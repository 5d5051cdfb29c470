/** What a node counts from its start on, for whoever watches it. */
import { RequestTally } from "../api/tally.ts";

export class Tally extends RequestTally {
  accepted = 0;
  rejected = 0;
  reorgs = 0;
  /** Blocks that reorgs took back, together and at most. */
  reorgBlocks = 0;
  deepestReorg = 0;

  operations(accepted: number, rejected: number): void {
    this.accepted += accepted;
    this.rejected += rejected;
  }

  reorg(depth: number): void {
    this.reorgs++;
    this.reorgBlocks += depth;
    this.deepestReorg = Math.max(this.deepestReorg, depth);
  }
}
