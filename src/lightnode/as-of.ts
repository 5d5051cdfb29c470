/** On what an answer rests: whose, how far checked, and as of which block. */
import { BskError } from "../errors.ts";
import type { ConsensusHash } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { NodeTip } from "./answers.ts";
import type { NodeClient } from "./node-client.ts";
import type { TrustLevel } from "./trust-level.ts";

/** The pin under an answer, and how it came to be trusted. */
export interface StandingPin {
  readonly height: BlockHeight;
  readonly consensusHash: ConsensusHash;
  /** The kind of its source, such as `hand` or `own-node`. */
  readonly source: string;
  /** False: it is one stranger's word, and so is all that rests on it. */
  readonly attested: boolean;
}

export interface Standing {
  readonly level: TrustLevel;
  /** The last block that is in the answer, and the time in its header; null where nobody told it. */
  readonly asOf: { readonly height: BlockHeight; readonly time: Date | null };
  /** URL of the node that was asked; null where none was. */
  readonly node: string | null;
  /** What the answer was hashed to; absent where it rests on a node alone. */
  readonly pin?: StandingPin;
  /** How many nodes answered, where several were asked. */
  readonly nodes?: number;
}

/** What an answer of one node rests on. */
export interface NodeStanding extends Standing {
  readonly asOf: { readonly height: BlockHeight; readonly time: Date };
  readonly node: string;
}

/** How far the word of a node alone carries. */
export function levelOf({ own }: Pick<NodeClient, "own">): TrustLevel {
  return own ? "indexed" : "claimed";
}

/** The last indexed block of a node. @throws BskError `unproven`, rule `not-indexed`, while there is none. */
export async function tipOf(node: NodeClient): Promise<NodeTip> {
  const { tip } = await node.info();
  if (tip !== null) return tip;
  throw new BskError("unproven", `${node.url} has not indexed any block yet`, {
    rule: "not-indexed",
    hint: "bsk node status shows how far it is",
  });
}

/** What an answer of this node rests on now. @throws BskError as `tipOf` */
export async function standingOf(node: NodeClient): Promise<NodeStanding> {
  const { height, time } = await tipOf(node);
  return { level: levelOf(node), asOf: { height, time }, node: node.url };
}

/**
 * Refuses an answer whose last block is older than `maxAgeMs`; undefined: any age will do. An age that nobody knows is too
 * old.
 * @throws BskError `unproven`, rule `stale`
 */
export function requireFresh({ asOf }: Pick<Standing, "asOf">, maxAgeMs: number | undefined, now: Date): void {
  if (maxAgeMs === undefined) return;
  const { height, time } = asOf;
  if (time !== null && now.getTime() - time.getTime() <= maxAgeMs) return;
  const age = time === null ? "and nobody told when that was" : `of ${time.toISOString().slice(0, 16)}Z`;
  throw new BskError("unproven", `the answer is as of block ${height}, ${age}: older than --max-age allows`, {
    rule: "stale",
    hint: "ask a node that has newer blocks (--node URL), or allow more",
  });
}
