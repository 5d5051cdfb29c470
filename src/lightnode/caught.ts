/** Nodes whose answers are shown to be false, each with the evidence for it. */
import type { Asked } from "../verify/answer.ts";
import { checkEvidence, type Evidence } from "../verify/evidence.ts";
import type { Answered, NodeWord } from "./node-word.ts";
import type { Newest, Part } from "./quorum.ts";

export interface Caught {
  readonly node: string;
  /** In which way its answer is false, as half a sentence. */
  readonly because: string;
  readonly evidence: Evidence;
}

/** `newest`: what the other answers are held against. */
export function catchLiars(
  words: readonly NodeWord[],
  newest: Readonly<Record<Part, Newest | null>>,
  asked: Asked,
  at: Date,
): Caught[] {
  return words.flatMap((word) => {
    const against = evidenceAgainst(word, newest);
    if (against === null) return [];
    const { network, pin } = asked;
    const anchor = { height: pin.height, consensusHash: pin.consensusHash };
    const evidence = { network, pin: anchor, at: at.toISOString(), ...against };
    const found = checkEvidence(evidence, pin, asked.firstBlock);
    return found.kind === "proven" ? [{ node: word.node.url, because: found.value.because, evidence }] : [];
  });
}

function evidenceAgainst(
  word: NodeWord,
  newest: Readonly<Record<Part, Newest | null>>,
): Pick<Evidence, "said" | "shown" | "ancestry"> | null {
  if (!("answer" in word)) return null;
  const said = { node: word.node.url, answer: word.answer };
  if (word.kind === "refuted" || word.kind === "other-history") return { said, shown: null, ancestry: null };
  if (word.kind !== "answered") return null;
  const better = omitted(word, newest.operation, "operation") ?? omitted(word, newest.namespace, "namespace");
  return better === null ? null : { said, ...better };
}

/** What shows that a node left the newest operation out; null: it did not. */
function omitted(word: Answered, newest: Newest | null, part: Part): Pick<Evidence, "shown" | "ancestry"> | null {
  if (newest === null || word[part]?.text === newest.claim.operation.text) return null;
  const [{ node, answer }] = newest.claim.by;
  return { shown: { node: node.url, answer }, ancestry: newest.ancestry.get(word[part]?.text ?? "") ?? null };
}
