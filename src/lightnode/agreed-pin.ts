/** Without a pin: the block on which the nodes that answer agree, if there are two of them and none says otherwise. */
import { BskError } from "../errors.ts";
import type { Name } from "../primitives/name.ts";
import type { ToldBlock } from "../verify/answer.ts";
import { type Askable, type Told, toldBy } from "./node-word.ts";

/** What each node said, in the order of the nodes, and the block up to which all who answered did. */
export interface Agreement {
  readonly told: readonly Told[];
  /** null: fewer than two told. */
  readonly block: ToldBlock | null;
  /** URLs of those who told it. */
  readonly urls: readonly string[];
}

/**
 * Asks all at once for the state after their last blocks; where these differ, once more for the highest block to which two
 * of them have come.
 * @throws BskError `refuted`, rule `nodes-contradict`, where two of them have different hashes of that block
 */
export async function agreedPin(nodes: readonly Askable[], name: Name): Promise<Agreement> {
  const first = await Promise.all(nodes.map((node) => toldBy(node, name)));
  const tips = blocksOf(nodes, first);
  const heights = tips.map(({ block }) => block.height).sort((a, b) => b - a);
  const common = heights[1];
  if (common === undefined || heights.every((height) => height === common)) return agreement(first, tips);
  const again = async (node: Askable, i: number): Promise<Told> =>
    first[i]?.kind === "told" ? toldBy(node, name, common) : (first[i] as Told);
  const second = await Promise.all(nodes.map(again));
  return agreement(
    second,
    blocksOf(nodes, second).filter(({ block }) => block.height === common),
  );
}

interface ToldBy {
  readonly url: string;
  readonly block: ToldBlock;
}

function blocksOf(nodes: readonly Askable[], told: readonly Told[]): ToldBy[] {
  return told.flatMap((each, i) => {
    const block = each.kind === "told" ? each.answer.upTo : null;
    return block === null ? [] : [{ url: nodes[i]?.url ?? "", block }];
  });
}

function agreement(told: readonly Told[], blocks: readonly ToldBy[]): Agreement {
  const [one, ...others] = blocks;
  const urls = blocks.map(({ url }) => url);
  if (one === undefined || others.length === 0) return { told, block: null, urls };
  const { height, consensusHash } = one.block;
  const differing = others.find(({ block }) => block.consensusHash !== consensusHash);
  if (differing === undefined) return { told, block: one.block, urls };
  throw new BskError(
    "refuted",
    `two nodes contradict each other at block ${height}: ${one.url} says ${consensusHash}, ${differing.url} says ${differing.block.consensusHash}`,
    {
      rule: "nodes-contradict",
      hint: "only a pin can tell which of them is right: bsk pin set HEIGHT:HASH, with one from somebody you trust",
    },
  );
}
