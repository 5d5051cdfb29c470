/** What came of asking one node for a name under a pin: each way to fail is told apart, in its own words. */
import { BskError } from "../errors.ts";
import type { ConsensusHash, NetworkId } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { type Asked, checkAnswer, type NameAnswer, type ProvenStates } from "../verify/answer.ts";
import type { NodeClient } from "./node-client.ts";

export type Askable = Pick<NodeClient, "url" | "answer" | "ancestry">;

export type NodeWord = { readonly node: Askable } &
  /** There was no answer. */
  (
    | { readonly kind: "silent"; readonly error: BskError }
    /** It was none that a node of this kind gives. */
    | { readonly kind: "unreadable"; readonly error: BskError }
    | { readonly kind: "other-network"; readonly answer: NameAnswer; readonly network: NetworkId }
    /** It has not come to the pin's block. */
    | { readonly kind: "behind"; readonly answer: NameAnswer; readonly tip: BlockHeight }
    /** It has another consensus hash there. */
    | { readonly kind: "other-history"; readonly answer: NameAnswer; readonly consensusHash: ConsensusHash }
    /** What it said contradicts the pin or itself. */
    | { readonly kind: "refuted"; readonly answer: NameAnswer; readonly because: string }
    | Answered
  );

export type Answered = {
  readonly node: Askable;
  readonly kind: "answered";
  readonly answer: NameAnswer;
} & ProvenStates;

/** Rules of errors that say that nobody answered. */
const OUTAGES = ["unreachable", "timeout", "node-failed"];

/** Asks once. Never rejects for what the node does. */
export async function wordOf(node: Askable, asked: Asked): Promise<NodeWord> {
  return checkedWord(node, await toldBy(node, asked.name, asked.pin.height), asked);
}

/** What a node said, unchecked, or how it failed to. */
export type Told =
  | { readonly kind: "told"; readonly answer: NameAnswer }
  | { readonly kind: "silent"; readonly error: BskError }
  | { readonly kind: "unreadable"; readonly error: BskError };

/** Asks once, without a height up to the node's own last block. Never rejects for what the node does. */
export async function toldBy(node: Askable, name: Name, height?: number): Promise<Told> {
  try {
    return { kind: "told", answer: await node.answer(name, height) };
  } catch (error) {
    if (!(error instanceof BskError)) throw error;
    return { kind: OUTAGES.includes(error.rule ?? "") ? "silent" : "unreadable", error };
  }
}

export function checkedWord(node: Askable, told: Told, asked: Asked): NodeWord {
  if (told.kind !== "told") return { node, ...told };
  return { node, answer: told.answer, ...checkAnswer(told.answer, asked) };
}
