/**
 * Evidence that a node answered falsely: what it said, and where its own answer does not show that, what another node
 * proved. It is a transcript: nodes sign nothing, so whoever reads it has to believe its keeper that the node said so. That
 * what it said is false needs nobody's word but the pin (docs/protocol/evidence.md).
 */
import type { NetworkId } from "../primitives/hash.ts";
import { namespaceOf } from "../primitives/name.ts";
import { type AncestryProof, isEarlier, type PlacedOperation, verifyAncestry } from "./ancestry.ts";
import type { Anchor } from "./anchor.ts";
import { type Asked, checkAnswer, type NameAnswer } from "./answer.ts";
import { type Outcome, proven, refuted, unproven } from "./outcome.ts";

/** An answer and who gave it. */
export interface Transcript {
  /** URL of the node. */
  readonly node: string;
  readonly answer: NameAnswer;
}

export interface Evidence {
  readonly network: NetworkId;
  readonly pin: Anchor;
  /** When it was kept, ISO 8601. */
  readonly at: string;
  /** Of the node that answered falsely. */
  readonly said: Transcript;
  /** Of a node whose answer proves that; null where what was said contradicts the pin by itself. */
  readonly shown: Transcript | null;
  /** That the operation which was shown comes after the one that was said to be the last; null where they say so. */
  readonly ancestry: AncestryProof | null;
}

/** What evidence comes to: which node, and in which way its answer is false, as half a sentence. */
export interface Falsehood {
  readonly node: string;
  readonly kind: "proof" | "history" | "omission";
  readonly because: string;
}

/** Does the evidence show, under a pin of one's own, that what the node is said to have answered is false? */
export function checkEvidence(evidence: Evidence, pin: Anchor, firstBlock: number): Outcome<Falsehood> {
  const { network, said, shown } = evidence;
  const differs = differenceOf(evidence.pin, pin);
  if (differs !== null) return differs;
  const asked = { name: said.answer.name, pin, network, firstBlock };
  const checked = checkAnswer(said.answer, asked);
  const falsehood = (kind: Falsehood["kind"], because: string) => proven({ node: said.node, kind, because });
  if (checked.kind === "refuted") return falsehood("proof", `its answer does not hold: ${checked.because}`);
  if (checked.kind === "other-history") {
    const { consensusHash } = checked;
    return falsehood("history", `its consensus hash of block ${pin.height} is ${consensusHash}, not the pin's`);
  }
  if (checked.kind === "other-network") return refuted("the node said that it follows another network");
  if (checked.kind === "behind") return refuted("the node said only that it had not come to the pin's block");
  if (shown === null) return refuted("nothing in it contradicts what the node said");
  const proof = checkAnswer(shown.answer, asked);
  if (proof.kind !== "answered") return refuted("what is shown against the node does not hold itself");
  const { name } = said.answer;
  for (const [subject, part] of [
    [name, "operation"],
    [namespaceOf(name), "namespace"],
  ] as const) {
    const pair = { earlier: checked[part], later: proof[part] };
    if (isOmitted(pair, evidence.ancestry, asked)) return falsehood("omission", wordsOf(subject, pair, pin));
  }
  return refuted("what is shown does not come after what the node said");
}

function differenceOf(theirs: Anchor, pin: Anchor): Outcome<never> | null {
  if (theirs.height !== pin.height) return unproven(`a pin of block ${theirs.height}: yours is of block ${pin.height}`);
  if (theirs.consensusHash === pin.consensusHash) return null;
  return refuted(`the evidence rests on ${theirs.consensusHash}, the pin of that block is ${pin.consensusHash}`);
}

/** An operation that a node gave as the last one (null: it gave none), and one that another node proved. */
interface Pair {
  readonly earlier: PlacedOperation | null;
  readonly later: PlacedOperation | null;
}

function isOmitted(
  { earlier, later }: Pair,
  ancestry: AncestryProof | null,
  on: Pick<Asked, "network" | "firstBlock">,
) {
  if (later === null || earlier?.text === later.text) return false;
  if (earlier === null) return true;
  const byThemselves = isEarlier(earlier, later);
  if (byThemselves !== null) return byThemselves;
  return ancestry !== null && verifyAncestry(ancestry, { earlier, later }, on).kind === "proven";
}

function wordsOf(subject: string, { earlier, later }: Pair, { height }: Anchor): string {
  const after = later?.record.txid ?? "";
  return earlier === null
    ? `it says that there is no operation on "${subject}" up to block ${height}, and ${after} is one`
    : `it says that ${earlier.record.txid} is the last operation on "${subject}" up to block ${height}, and ${after} comes after it`;
}
