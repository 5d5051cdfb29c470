/** A pin out of what nodes say: the user's own is believed, strangers are where at least two of them agree. */
import { BskError } from "../errors.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Anchor } from "../verify/anchor.ts";
import type { NodeClient } from "./node-client.ts";
import type { PinSource } from "./pin.ts";

/** Blocks below the lowest tip: a shallow reorganisation does not spoil the pin. */
const DEPTH = 3;

type Asked = Pick<NodeClient, "url" | "own" | "tip" | "consensusHashAt">;

/** What the nodes say, and how much that is worth. It is not compared with pins that are held. */
export interface OfferedPin {
  readonly anchor: Anchor;
  readonly source: PinSource;
}

/**
 * The pair of a height, else of the highest one that all of them have, less three. All nodes are asked, and have to agree:
 * which of two that differ is right is not for us to say.
 * @throws BskError `unproven`, rule `not-indexed`, where one of them has not come to that block; `refuted`, rule
 * `nodes-contradict`, where they differ
 */
export async function pinFromNodes(
  nodes: readonly [Asked, ...Asked[]],
  { firstBlock }: Pick<Network, "firstBlock">,
  at?: BlockHeight,
): Promise<OfferedPin> {
  const height = at ?? (await commonHeight(nodes, firstBlock));
  const [first, ...others] = await Promise.all(nodes.map((node) => answerOf(node, height)));
  if (first === undefined) throw new Error("at least one node is asked");
  const differing = others.find(({ consensusHash }) => consensusHash !== first.consensusHash);
  if (differing !== undefined) {
    throw new BskError(
      "refuted",
      `two nodes contradict each other at block ${height}: ${first.url} says ${first.consensusHash}, ${differing.url} says ${differing.consensusHash}`,
      { rule: "nodes-contradict", hint: "they follow other rules or other blocks; ask your own node (bsk node start)" },
    );
  }
  return { anchor: { height, consensusHash: first.consensusHash }, source: sourceOf(nodes) };
}

function sourceOf(nodes: readonly [Asked, ...Asked[]]): PinSource {
  const own = nodes.find((node) => node.own);
  if (own !== undefined) return { kind: "own-node", url: own.url };
  const urls = [...new Set(nodes.map(({ url }) => new URL(url).origin))];
  return urls.length >= 2 ? { kind: "agreeing", urls } : { kind: "unattested", url: nodes[0].url };
}

async function commonHeight(nodes: readonly Asked[], firstBlock: number): Promise<BlockHeight> {
  const tips = await Promise.all(nodes.map(async (node) => ({ node, height: (await node.tip()).height })));
  for (const { node, height } of tips) if (height < firstBlock) throw notIndexed(node, firstBlock);
  return blockHeight(Math.max(firstBlock, Math.min(...tips.map(({ height }) => height)) - DEPTH));
}

async function answerOf(node: Asked, height: BlockHeight) {
  const consensusHash = await node.consensusHashAt(height);
  if (consensusHash === null) throw notIndexed(node, height);
  return { url: node.url, consensusHash };
}

function notIndexed({ url }: Asked, height: number): BskError {
  return new BskError("unproven", `${url} has not indexed block ${height}`, {
    rule: "not-indexed",
    hint: "bsk node status shows how far it is",
  });
}
