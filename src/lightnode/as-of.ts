/** On what an answer rests: whose, how far checked, and as of which block. */
import { BskError } from "../errors.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { LightInfo, NodeInfo, NodeTip } from "./answers.ts";
import type { NodeClient } from "./node-client.ts";
import type { ShownPin } from "./pin.ts";
import type { TrustLevel } from "./trust-level.ts";

export interface NodeCount {
  readonly asked: number;
  /** Whose answers could be gone by. */
  readonly answered: number;
  /** Who gave the record that the answer is made of as the last one. */
  readonly agreeing: number;
}

export interface Standing {
  readonly level: TrustLevel;
  /** The last block that is in the answer, and the time in its header; null where nobody told it. */
  readonly asOf: { readonly height: BlockHeight; readonly time: Date | null };
  /** URL of the node that was asked; null where none was. */
  readonly node: string | null;
  /** What the answer was hashed to; absent where it rests on a node alone. */
  readonly pin?: ShownPin;
  /** Where several nodes were asked: how many. */
  readonly nodes?: NodeCount;
}

/** How far the word of a node alone carries. */
export function levelOf({ own }: Pick<NodeClient, "own">): TrustLevel {
  return own ? "indexed" : "claimed";
}

function tipIn({ tip }: NodeInfo, { url }: NodeClient): NodeTip {
  if (tip !== null) return tip;
  throw new BskError("unproven", `${url} has not indexed any block yet`, {
    rule: "not-indexed",
    hint: "bsk node status shows how far it is",
  });
}

/** What an answer of this node rests on now. @throws BskError `unproven`, rule `not-indexed`, while it has no block */
export async function standingOf(node: NodeClient): Promise<Standing> {
  const info = await node.info();
  if (info.light !== undefined) return lightStanding(node, info.light);
  const { height, time } = tipIn(info, node);
  return { level: levelOf(node), asOf: { height, time }, node: node.url };
}

/** A light server answers out of a log up to its pin: one of our own is as good as the log, a stranger's word is none. */
function lightStanding({ own, url }: NodeClient, { pin, time }: LightInfo): Standing {
  const asOf = { height: pin.height, time };
  return own ? { level: "complete", asOf, node: url, pin } : { level: "claimed", asOf, node: url };
}

/** Is the last block of an answer at most so old? undefined: any age will do. An age that nobody knows is too old. */
export function isFresh({ asOf: { time } }: Pick<Standing, "asOf">, maxAgeMs: number | undefined, now: Date): boolean {
  return maxAgeMs === undefined || (time !== null && now.getTime() - time.getTime() <= maxAgeMs);
}

/** @throws BskError `unproven`, rule `stale`, where it is not fresh */
export function requireFresh(of: Pick<Standing, "asOf">, maxAgeMs: number | undefined, now: Date): void {
  if (isFresh(of, maxAgeMs, now)) return;
  const { height, time } = of.asOf;
  const age = time === null ? "and nobody told when that was" : `of ${time.toISOString().slice(0, 16)}Z`;
  throw new BskError("unproven", `the answer is as of block ${height}, ${age}: older than --max-age allows`, {
    rule: "stale",
    hint:
      time === null
        ? "bsk light headers gets the headers of Bitcoin, which tell it"
        : "ask a node that has newer blocks (--node URL), move the pin (bsk pin from-node), or allow more",
  });
}

/** @throws BskError `unproven`, rule `pin-unattested`, for an answer on a pin that is one stranger's word */
export function requireAttested({ pin }: Pick<Standing, "pin">): void {
  if (pin === undefined || pin.attested) return;
  throw new BskError("unproven", `the answer rests on the pin of block ${pin.height}, which is one node's word`, {
    rule: "pin-unattested",
    hint: "bsk pin from-node or bsk pin set gives one that can be trusted",
  });
}
