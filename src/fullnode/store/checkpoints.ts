/** A store never holds a block that contradicts a certain checkpoint of its network. */
import { BskError } from "../../errors.ts";
import type { ConsensusHash } from "../../primitives/hash.ts";
import { type Checkpoint, meets } from "../../protocol/checkpoint.ts";
import type { Network } from "../../protocol/network-definition.ts";

type HashAt = (height: number) => ConsensusHash | null;

/** @throws BskError `refuted`, rule `checkpoint`, if the block of a height contradicts a certain checkpoint. */
export function requireCheckpoints({ checkpoints = [], name }: Network, height: number, hashAt: HashAt): void {
  for (const checkpoint of checkpoints) {
    if (!checkpoint.certain || checkpoint.height !== height || meets(checkpoint, hashAt)) continue;
    throw new BskError(
      "refuted",
      `consensus hash "${String(hashAt(height))}" at height ${height}, where "${name}" had "${checkpoint.consensusHash}"`,
      {
        rule: "checkpoint",
        hint: "the blocks came from a source that lied, or the database was changed (bsk node fsck), or this program is wrong",
      },
    );
  }
}

/** What an earlier program stored must hold too. @throws BskError as `requireCheckpoints` */
export function requireStoredCheckpoints(store: {
  readonly network: Network;
  tip(): { readonly height: number } | null;
  consensusHashAt: HashAt;
}): void {
  const { network } = store;
  const tip = store.tip()?.height ?? -1;
  for (const { height } of network.checkpoints ?? []) {
    if (height <= tip) requireCheckpoints(network, height, (at) => store.consensusHashAt(at));
  }
}

/** Uncertain checkpoints that the block of a height contradicts. */
export function doubtsAt({ checkpoints = [] }: Network, height: number, hashAt: HashAt): readonly Checkpoint[] {
  return checkpoints.filter((point) => !point.certain && point.height === height && !meets(point, hashAt));
}
