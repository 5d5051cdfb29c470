/** Nodes that gave nothing to go by under a pin: each trouble in its own words, and the error where all are in trouble. */
import { BskError } from "../errors.ts";
import type { NodeWord } from "./node-word.ts";

export type TroubleKind = Exclude<NodeWord["kind"], "answered">;

export interface NodeTrouble {
  readonly node: string;
  readonly kind: TroubleKind;
  /** As half a sentence. */
  readonly because: string;
}

export function troublesOf(words: readonly NodeWord[]): NodeTrouble[] {
  return words.flatMap((word) =>
    word.kind === "answered" ? [] : [{ node: word.node.url, kind: word.kind, because: because(word) }],
  );
}

function because(word: Exclude<NodeWord, { readonly kind: "answered" }>): string {
  switch (word.kind) {
    case "silent":
    case "unreadable":
      return word.error.message;
    case "behind":
      return `it has come to block ${word.tip} and not yet to the pin's`;
    case "other-history":
      return `it follows another history: its consensus hash of the pin's block is ${word.consensusHash}`;
    case "other-network":
      return `it follows another network, ${word.network}`;
    case "refuted":
      return `its answer does not hold: ${word.because}`;
  }
}

/** What all of them being in trouble means: a lie before a gap, a gap before an outage. */
const WORST_FIRST: readonly {
  readonly trouble: TroubleKind;
  readonly kind: "refuted" | "unproven" | "usage" | "machine";
  readonly rule: string | null;
  readonly hint: string;
}[] = [
  {
    trouble: "refuted",
    kind: "refuted",
    rule: "answer-refuted",
    hint: "ask other nodes (--nodes URL,URL)",
  },
  {
    trouble: "other-history",
    kind: "refuted",
    rule: "other-history",
    hint: "the pin, or the nodes, are of another fork-set; bsk pin list shows where the pin came from",
  },
  {
    trouble: "behind",
    kind: "unproven",
    rule: "pin-ahead",
    hint: "wait until they have come to it, ask others (--nodes URL,URL), or give an older pin (--pin HEIGHT:HASH)",
  },
  {
    trouble: "unreadable",
    kind: "unproven",
    rule: "bad-answer",
    hint: "are these bsk nodes of this version? ask others (--nodes URL,URL)",
  },
  { trouble: "other-network", kind: "usage", rule: "wrong-network", hint: "choose with --network or --nodes" },
  { trouble: "silent", kind: "machine", rule: null, hint: "check that they run, or ask others (--nodes URL,URL)" },
];

/** The error where none answered. `troubles`: of all nodes, at least one. */
export function nobodyAnswered(words: readonly NodeWord[], troubles: readonly NodeTrouble[]): BskError {
  const worst = WORST_FIRST.find(({ trouble }) => troubles.some(({ kind }) => kind === trouble));
  const { kind, rule, hint } = worst ?? { kind: "machine", rule: null, hint: "" };
  const first = words.find((word) => word.kind === "silent");
  const because = troubles.map((each) => `${each.node}: ${each.because}`).join("; ");
  return new BskError(kind, `no node gave an answer to go by: ${because}`, {
    rule: rule ?? first?.error.rule ?? "unreachable",
    hint,
    ...(first === undefined ? {} : { cause: first.error }),
  });
}
