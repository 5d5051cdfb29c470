/**
 * The spine: the ops hash of every block from the first one on. Consensus hashes are functions of it alone, so whoever
 * hashes it forward and comes out at the pin knows every height's ops hash and consensus hash (spec 04 §8.3). No label of
 * a server is trusted.
 */
import type { ConsensusHash, OpsHash } from "../primitives/hash.ts";
import { consensusHash, opsHash } from "../primitives/hash.ts";
import { fromHex } from "../primitives/bytes.ts";
import type { Anchor } from "./anchor.ts";
import { CONSENSUS_HASH_BYTES, consensusHashOfSorted } from "./consensus-hash.ts";
import { EMPTY_OPS_HASH } from "./ops-hash.ts";
import { type Outcome, proven, refuted, unproven } from "./outcome.ts";
import { skipListHeights } from "./skip-list.ts";

/** Bytes of an ops hash. */
export const OPS_HASH_BYTES = 32;

/** What was hashed, by height. */
export interface HashedSpine {
  readonly firstBlock: number;
  /** Height of the last block; one below the first where there is none yet. */
  height(): number;
  /** @throws RangeError outside of what was hashed */
  opsHashAt(height: number): OpsHash;
  /** @throws RangeError outside of what was hashed */
  consensusHashAt(height: number): ConsensusHash;
}

/** Hashed forward block by block; grows and shrinks at its end only. */
export interface Spine extends HashedSpine {
  /** Hashes the next block; null: it holds no operations. @throws RangeError unless the hash has 32 bytes */
  append(ops: Uint8Array | null): void;
  /** Puts the next block behind those that were hashed, where both of its hashes are known from an earlier time. */
  restore(ops: Uint8Array, consensusHash: Uint8Array): void;
  /** Forgets what is above a height. */
  cut(height: number): void;
}

const EMPTY = fromHex(EMPTY_OPS_HASH);
const LEAST_ROOM = 1024;

export function startSpine(firstBlock: number): Spine {
  let ops = new Uint8Array(LEAST_ROOM * OPS_HASH_BYTES);
  let hashes = new Uint8Array(LEAST_ROOM * CONSENSUS_HASH_BYTES);
  let length = 0;
  const grown = (of: Uint8Array): Uint8Array<ArrayBuffer> => {
    const larger = new Uint8Array(2 * of.length);
    larger.set(of);
    return larger;
  };
  const opsAt = (at: number): Uint8Array => ops.subarray(at * OPS_HASH_BYTES, (at + 1) * OPS_HASH_BYTES);
  const hashAt = (at: number): Uint8Array =>
    hashes.subarray(at * CONSENSUS_HASH_BYTES, (at + 1) * CONSENSUS_HASH_BYTES);
  const position = (height: number): number => {
    const at = height - firstBlock;
    if (!Number.isInteger(at) || at < 0 || at >= length) throw new RangeError(`no block ${height} in the spine`);
    return at;
  };
  const put = (own: Uint8Array, hash: Uint8Array): void => {
    if (own.length !== OPS_HASH_BYTES) throw new RangeError(`an ops hash of ${own.length} bytes`);
    if ((length + 1) * OPS_HASH_BYTES > ops.length) [ops, hashes] = [grown(ops), grown(hashes)];
    opsAt(length).set(own);
    hashAt(length).set(hash);
    length++;
  };
  return {
    firstBlock,
    height: () => firstBlock + length - 1,
    append(given) {
      const own = given ?? EMPTY;
      const leaves = skipListHeights(length, 0).map(hashAt);
      leaves.push(own);
      put(own, consensusHashOfSorted(sortLeaves(leaves)));
    },
    restore: put,
    cut(height) {
      length = Math.max(0, Math.min(length, height - firstBlock + 1));
    },
    opsHashAt: (height) => opsHash.of(opsAt(position(height))),
    consensusHashAt: (height) => consensusHash.of(hashAt(position(height))),
  };
}

/** Sorts in place, byte by byte; a leaf that another one starts with comes first. There are at most twenty. */
function sortLeaves(leaves: Uint8Array[]): Uint8Array[] {
  for (let i = 1; i < leaves.length; i++) {
    const leaf = leaves[i] as Uint8Array;
    let at = i;
    for (; at > 0 && comesAfter(leaves[at - 1] as Uint8Array, leaf); at--) leaves[at] = leaves[at - 1] as Uint8Array;
    leaves[at] = leaf;
  }
  return leaves;
}

function comesAfter(a: Uint8Array, b: Uint8Array): boolean {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference > 0;
  }
  return a.length > b.length;
}

/**
 * Does the spine come out at the pin? Then every height up to the pin is `placed`; what stands above it is not.
 * A spine that ends before the pin leaves it unproven.
 */
export function verifySpine<S extends HashedSpine>(pin: Anchor, spine: S): Outcome<S> {
  if (pin.height < spine.firstBlock) return refuted(`the pin ${pin.height} is before the first block`);
  if (spine.height() < pin.height) return unproven(`the ops hashes of blocks ${spine.height() + 1} to ${pin.height}`);
  const computed = spine.consensusHashAt(pin.height);
  if (computed === pin.consensusHash) return proven(spine);
  return refuted(`the spine comes to ${computed} at block ${pin.height}, the pin says ${pin.consensusHash}`);
}
