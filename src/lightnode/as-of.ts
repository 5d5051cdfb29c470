/** On what an answer rests: whose, how far checked, and as of which block. */
import { BskError } from "../errors.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { NodeTip } from "./answers.ts";
import type { NodeClient } from "./node-client.ts";
import type { TrustLevel } from "./trust-level.ts";

export interface Standing {
  readonly level: TrustLevel;
  /** The last block that the node had indexed when it was asked. */
  readonly asOf: { readonly height: BlockHeight; readonly time: Date };
  /** URL of the node. */
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
export async function standingOf(node: NodeClient): Promise<Standing> {
  const { height, time } = await tipOf(node);
  return { level: levelOf(node), asOf: { height, time }, node: node.url };
}
