/** How a pin stands against what nodes say: known, stale, ahead of all of them, unknown, or of another fork-set. */
import { BskError } from "../errors.ts";
import type { ConsensusHash } from "../primitives/hash.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import type { Anchor } from "../verify/anchor.ts";
import type { NodeClient } from "./node-client.ts";
import type { Pin } from "./pin.ts";

/** What a node that answered says. */
export interface PinWitness {
  readonly url: string;
  /** Of its last indexed block. */
  readonly tip: number;
  /** Its hash at the pin's height, null above its tip. */
  readonly hash: ConsensusHash | null;
  /** The highest older pin that it has as we do, null where there is none. */
  readonly shares: number | null;
}

export type PinStanding =
  /** Some node has it, and it is not far behind that node's tip. `against`: nodes that have another hash there. */
  | {
      readonly kind: "known";
      readonly behind: number;
      readonly by: readonly string[];
      readonly against: readonly string[];
    }
  /** Some node has it, and it is further behind than was wanted. */
  | {
      readonly kind: "stale";
      readonly behind: number;
      readonly by: readonly string[];
      readonly against: readonly string[];
    }
  /** No node has come to its height yet. */
  | { readonly kind: "ahead"; readonly tip: number }
  /** Nodes have come to its height, and none has this hash there, nor any older pin. */
  | { readonly kind: "unknown"; readonly asked: readonly string[] }
  /** Likewise, but they have the older pin of block `shared`: their history and the pin's part above it. */
  | { readonly kind: "other-fork-set"; readonly shared: number; readonly asked: readonly string[] };

/** @throws Error without a witness */
export function judgePin(pin: Anchor, witnesses: readonly PinWitness[], maxBehind: number): PinStanding {
  const there = witnesses.filter(({ hash }) => hash !== null);
  const urls = (of: readonly PinWitness[]): string[] => of.map(({ url }) => url);
  const agreeing = there.filter(({ hash }) => hash === pin.consensusHash);
  if (agreeing.length > 0) {
    const behind = Math.max(...agreeing.map(({ tip }) => tip)) - pin.height;
    const against = urls(there.filter(({ hash }) => hash !== pin.consensusHash));
    return { kind: behind > maxBehind ? "stale" : "known", behind, by: urls(agreeing), against };
  }
  if (there.length === 0) {
    if (witnesses.length === 0) throw new Error("a pin is judged by at least one node");
    return { kind: "ahead", tip: Math.max(...witnesses.map(({ tip }) => tip)) };
  }
  const shared = there.flatMap(({ shares }) => (shares === null ? [] : [shares]));
  return shared.length === 0
    ? { kind: "unknown", asked: urls(there) }
    : { kind: "other-fork-set", shared: Math.max(...shared), asked: urls(there) };
}

/** Why nothing should be answered under the pin, in words of its own for each cause; null: it is known. */
export function troubleOf({ height, consensusHash }: Anchor, standing: PinStanding): BskError | null {
  const pair = `${height}:${consensusHash}`;
  switch (standing.kind) {
    case "known":
      return null;
    case "stale":
      return new BskError(
        "unproven",
        `the pin ${pair} is stale: ${standing.by[0] ?? "a node"} is ${standing.behind} blocks further, and what happened since then is not covered`,
        { rule: "pin-stale", hint: "take a newer one: bsk pin from-node, or bsk pin attest" },
      );
    case "ahead":
      return new BskError(
        "unproven",
        `the pin ${pair} is ahead of every node that was asked: they have come to block ${standing.tip}`,
        { rule: "pin-ahead", hint: "wait until they have indexed its block, or ask others with --node" },
      );
    case "unknown":
      return new BskError("unproven", `no node that was asked knows the pin ${pair}: ${standing.asked.join(", ")}`, {
        rule: "pin-unknown",
        hint: "mistyped, of another network, or of a history that none of them follows; compare it with where you have it from",
      });
    case "other-fork-set":
      return new BskError(
        "refuted",
        `the pin ${pair} is of another fork-set than ${standing.asked.join(", ")}: they have the older pin of block ${standing.shared}, and parted from this one's history above it`,
        {
          rule: "pin-other-fork-set",
          hint: `they follow other rules or saw other blocks; ask your own node, or remove the wrong pin: bsk pin remove ${height}`,
        },
      );
  }
}

type Asked = Pick<NodeClient, "url" | "tip" | "consensusHashAt">;

/** Asks the nodes. `older`: pins held, of which those below are compared too. @throws BskError `machine` as the nodes do */
export function witnessesOf(pin: Anchor, older: readonly Pin[], nodes: readonly Asked[]): Promise<PinWitness[]> {
  const below = older.filter(({ height }) => height < pin.height).toSorted((a, b) => b.height - a.height);
  return Promise.all(
    nodes.map(async (node) => {
      const tip = (await node.tip()).height;
      const hash = tip < pin.height ? null : await node.consensusHashAt(pin.height);
      const known = hash === null || hash === pin.consensusHash;
      return { url: node.url, tip, hash, shares: known ? null : await highestShared(node, below) };
    }),
  );
}

async function highestShared(node: Asked, below: readonly Pin[]): Promise<BlockHeight | null> {
  for (const { height, consensusHash } of below) {
    if ((await node.consensusHashAt(height)) === consensusHash) return blockHeight(height);
  }
  return null;
}
