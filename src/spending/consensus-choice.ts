/**
 * Which consensus hash goes into an operation. It decides whether the money is well spent: one that the network never
 * had, or that is too old, makes the operation void while its burn is gone (design §4).
 */
import { BskError } from "../errors.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { ConsensusHash, NetworkId } from "../primitives/hash.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";

/** A node of the network, as far as choosing needs it. */
export interface HashWitness {
  readonly url: string;
  /** Runs under the user's own control: the user said so, or it listens on loopback. */
  readonly own: boolean;
  tip(): Promise<{ readonly networkId: NetworkId; readonly height: number }>;
  consensusHashAt(height: number): Promise<ConsensusHash | null>;
}

export interface ChosenHash {
  readonly hash: ConsensusHash;
  /** Height whose hash it is. */
  readonly height: number;
  /** Last block that may hold an operation with this hash. */
  readonly deathHeight: number;
  /** Who said so. */
  readonly from: readonly string[];
}

/** Blocks below the node's tip, so that a shallow reorg does not change the hash under an operation in flight. */
const DEPTH = 3;

/**
 * Whom to believe where money depends on it: the user's own node, else all others, who must agree.
 * @throws BskError `unproven` with fewer than two of these
 */
export function witnessesOf<W extends Pick<HashWitness, "url" | "own">>(
  what: string,
  nodes: readonly W[],
  rule: string,
): readonly W[] {
  const own = nodes.find((node) => node.own);
  if (own !== undefined) return [own];
  if (new Set(nodes.map(({ url }) => url)).size >= 2) return nodes;
  throw new BskError("unproven", `${what} needs your own node, or two other nodes that agree`, {
    hint: "run `bsk node start`, or name two nodes with --node URL,URL",
    rule,
  });
}

/**
 * The hash to embed, from the user's own node, or from at least two others that agree.
 * @throws BskError `unproven` with fewer witnesses than that, `refuted` where they contradict each other, `usage` where
 * a witness follows another network.
 */
export async function chooseConsensusHash(witnesses: readonly HashWitness[], network: Network): Promise<ChosenHash> {
  const asked = witnessesOf("a consensus hash", witnesses, "consensus-hash-unproven");
  const tips = await Promise.all(asked.map(async (witness) => ({ witness, tip: await witness.tip() })));
  for (const { witness, tip } of tips) {
    if (tip.networkId === network.id) continue;
    throw new BskError("usage", `the node at ${witness.url} follows another network than "${network.name}"`, {
      hint: `its network id is ${tip.networkId}, ours is ${network.id}`,
    });
  }
  const lowest = Math.min(...tips.map(({ tip }) => tip.height));
  if (lowest < network.firstBlock) {
    throw new BskError("unproven", `the node has not indexed the first block ${network.firstBlock} yet`);
  }
  const height = Math.max(network.firstBlock, lowest - DEPTH);
  const answers = await Promise.all(
    asked.map(async (witness) => ({ url: witness.url, hash: await witness.consensusHashAt(height) })),
  );
  const [first] = answers;
  const hash = first?.hash ?? null;
  if (hash === null)
    throw new BskError("unproven", `no consensus hash of height ${height} from ${asked[0]?.url ?? "any node"}`);
  const other = answers.find((answer) => answer.hash !== hash);
  if (other !== undefined) {
    throw new BskError(
      "refuted",
      `two nodes contradict each other at height ${height}: ${first?.url ?? ""} says ${hash}, ${other.url} says ${other.hash ?? "nothing"}`,
      { hint: "one of them is wrong or behind; ask your own node" },
    );
  }
  return { hash, height, deathHeight: height + network.consensusHashWindow, from: asked.map(({ url }) => url) };
}

/** The chosen hash as plans want it. */
export async function seenConsensus(desk: {
  readonly nodes: readonly HashWitness[];
  readonly network: Network;
}): Promise<{ readonly hash: ConsensusHash; readonly height: BlockHeight }> {
  const { hash, height } = await chooseConsensusHash(desk.nodes, desk.network);
  return { hash, height: blockHeight(height) };
}
