/** Consensus hashes that are known of a network: a node that computes another has other rules, or was lied to. */
import type { ConsensusHash } from "../primitives/hash.ts";

export interface Checkpoint {
  readonly height: number;
  /** Where it is only known that some height from this one to `height` has it: the lowest of them. */
  readonly from?: number;
  readonly consensusHash: string;
  /** Seen in the output of the original's server. Others are hearsay: a node that disagrees says so and goes on. */
  readonly certain: boolean;
}

const certain = (height: number, consensusHash: string): Checkpoint => ({ height, consensusHash, certain: true });
const hearsay = (height: number, consensusHash: string, from = height): Checkpoint => ({
  height,
  ...(from === height ? {} : { from }),
  consensusHash,
  certain: false,
});

/**
 * Of the historic network (spec 03 §8). What the original's code has as a constant, for the four heights before the first
 * block, is part of the definition: every hash follows from it.
 */
export const MAINNET_CHECKPOINTS: readonly Checkpoint[] = [
  // A developer's comment, given as an example.
  hearsay(383_000, "93c2718ebd7544a86c3a13ad477789c9"),
  // `docs/cli.md`, output of server 0.0.13.0.
  certain(420_518, "106d4648661d49e16d103b071e26617e"),
  // Inside transactions: the hash of one of the 24 blocks before each.
  hearsay(445_837, "7b696b6f4060b792d41912068944d73b", 445_814),
  hearsay(445_872, "18b8d69f0182b89ccb1aa536f83be18a", 445_849),
  hearsay(462_591, "d206b2f615de00803402cade4d0d51d4", 462_568),
  // Public document, output of server 0.14.1.5.
  certain(469_296, "eaf32321a1e28843bae74c1fc99c3e98"),
  // Third party's document, client 0.14.4.2.
  hearsay(482_064, "47f015a3959a80e7ce9c5fb425833860"),
  // An example in the description of the API of version 22.
  hearsay(601_574, "a55d440eb192a1857739b0e0742fd312"),
  // A test's data.
  hearsay(606_360, "dfe87cfd31ffa2a3b8101e3e93096f2b"),
  // An operator's report, output of server 21.0.0.2.
  certain(610_437, "1d6d2ecdca4611cadacf1474b7dd6e83"),
];

/** Does a chain, known up to the checkpoint's height, meet it? */
export function meets(
  { from, height, consensusHash }: Checkpoint,
  hashAt: (height: number) => ConsensusHash | null,
): boolean {
  for (let at = from ?? height; at <= height; at++) if (hashAt(at) === consensusHash) return true;
  return false;
}
