/**
 * What a relay does next. Pure, and without a memory: the same chain gives the same step, for one relay or for many, after
 * a restart or before.
 */
import type { TransactionStatus } from "../chain/source.ts";
import type { Txid } from "../primitives/hash.ts";
import { chooseFeeRate, type FeeEstimates } from "../wallet/fee-policy.ts";
import type { CheckedBundle } from "./check.ts";
import type { Variant } from "./read.ts";

/** What a node made of a confirmed operation. */
export type RelayJudgement =
  | { readonly kind: "accepted" }
  | { readonly kind: "ignored"; readonly reason: { readonly rule: string; readonly because: string } | null }
  | { readonly kind: "not-indexed" };

export interface RelayFacts {
  readonly tipHeight: number;
  status(txid: Txid): TransactionStatus;
  /** Of a confirmed transaction. */
  judgement(txid: Txid): RelayJudgement;
  /** Does a block hold another transaction than those of the bundle that spends the preorder's first coin? */
  readonly stakeSpentElsewhere: boolean;
  /** Is the preorder's consensus hash the one of its height? Null: the node has not indexed that height. */
  readonly hashIsRight: boolean | null;
  readonly estimates: FeeEstimates;
  /** Blocks that must hold a preorder before the register is sent; 1 is the block that confirms it. */
  readonly preorderConfirmations: number;
}

export type RelayStep =
  | { readonly kind: "send"; readonly transactions: readonly Variant[]; readonly what: string }
  | { readonly kind: "wait"; readonly what: string }
  | { readonly kind: "done"; readonly state: "preorder-confirmed" | "registered"; readonly txid: Txid }
  | { readonly kind: "refused"; readonly rule: RelayRefusal; readonly because: string };

export type RelayRefusal =
  "bundle-dead" | "bundle-cancelled" | "bundle-of-another-chain" | "preorder-ignored" | "register-ignored";

/** Blocks that must be left to a preorder when it is first sent: one that confirms too late burns for nothing. */
const LEAST_BLOCKS_LEFT = 6;
/** From so many blocks left on, the ladder is climbed by time, whatever the estimates say. */
const CLIMB_FROM = 12;
/** A register is in no hurry by the rules of most epochs; it climbs as if its preorder's hash counted. */
const REGISTER_PATIENCE = 24;

/**
 * What another register may cure: a collision leaves the preorder open, and so does a register that somebody had mined
 * before its preorder.
 */
const CURED_BY_ANOTHER: ReadonlySet<string> = new Set(["name-collision", "preorder-not-found"]);

export function relayStep(bundle: CheckedBundle, facts: RelayFacts): RelayStep {
  const { preorder, register } = bundle;
  const registers = [...(register?.variants ?? []), ...(register?.spares ?? [])];
  const registered = confirmedOf(registers, facts).find(({ txid }) => facts.judgement(txid).kind === "accepted");
  if (registered !== undefined) return { kind: "done", state: "registered", txid: registered.txid };

  const [preordered] = confirmedOf(preorder.variants, facts);
  if (preordered === undefined) return sendPreorder(bundle, facts);
  const judged = facts.judgement(preordered.txid);
  if (judged.kind === "not-indexed") return { kind: "wait", what: "the node to index the preorder's block" };
  if (judged.kind === "ignored") {
    const because = `the network ignored the preorder ${preordered.txid}${reasonOf(judged)}; its burn of ${preorder.burned} satoshis is gone`;
    return { kind: "refused", rule: "preorder-ignored", because };
  }
  const height = heightOf(preordered, facts);
  const confirmations = facts.tipHeight - height + 1;
  if (confirmations < facts.preorderConfirmations) {
    const what = `confirmation ${confirmations} of ${facts.preorderConfirmations} of the preorder`;
    return { kind: "wait", what };
  }
  if (register === null) return { kind: "done", state: "preorder-confirmed", txid: preordered.txid };
  return sendRegister(register, height, facts);
}

function sendPreorder({ preorder, deathHeight, split }: CheckedBundle, facts: RelayFacts): RelayStep {
  const left = deathHeight - facts.tipHeight;
  const refused = (rule: RelayRefusal, because: string): RelayStep => ({ kind: "refused", rule, because });
  if (facts.stakeSpentElsewhere) {
    return refused(
      "bundle-cancelled",
      "a block spends the preorder's coin otherwise: the bundle was replaced or cancelled",
    );
  }
  if (left < 1)
    return refused(
      "bundle-dead",
      `its consensus hash died at height ${deathHeight}: a preorder now would burn for nothing`,
    );
  if (facts.hashIsRight === null) return { kind: "wait", what: "the node to index the height of the consensus hash" };
  if (!facts.hashIsRight) {
    return refused("bundle-of-another-chain", "its consensus hash is not the one of its height on this chain");
  }
  const waiting = preorder.variants.findLastIndex(({ txid }) => facts.status(txid).kind === "mempool");
  if (waiting < 0 && left < LEAST_BLOCKS_LEFT) {
    return refused(
      "bundle-dead",
      `only ${left} blocks are left until height ${deathHeight}, too few to send a preorder`,
    );
  }
  const step = climb(preorder.variants, waiting, left, facts, "the preorder");
  const needsSplit = split !== null && facts.status(split.txid).kind === "unknown";
  return step.kind === "send" && needsSplit ? { ...step, transactions: [split, ...step.transactions] } : step;
}

function sendRegister(
  { variants, spares }: NonNullable<CheckedBundle["register"]>,
  preorderHeight: number,
  facts: RelayFacts,
): RelayStep {
  for (const ladder of [variants, spares]) {
    const [mined] = confirmedOf(ladder, facts);
    if (mined === undefined) {
      const waiting = ladder.findLastIndex(({ txid }) => facts.status(txid).kind === "mempool");
      const left = preorderHeight + REGISTER_PATIENCE - facts.tipHeight;
      return climb(ladder, waiting, left, facts, ladder === variants ? "the register" : "the spare register");
    }
    const judged = facts.judgement(mined.txid);
    if (judged.kind !== "ignored") return { kind: "wait", what: "the node to index the register's block" };
    if (!CURED_BY_ANOTHER.has(judged.reason?.rule ?? "") || ladder === spares) {
      const because = `the network ignored the register ${mined.txid}${reasonOf(judged)}`;
      return { kind: "refused", rule: "register-ignored", because };
    }
  }
  throw new Error("a confirmed spare was judged");
}

/** The step of a ladder that time and estimates ask for, if it is higher than what waits already. */
function climb(
  ladder: readonly Variant[],
  waiting: number,
  left: number,
  { estimates }: RelayFacts,
  what: string,
): RelayStep {
  const top = ladder.length - 1;
  const chosen = chooseFeeRate(left, estimates, { floor: 1, ceiling: Infinity });
  const enough = ladder.findIndex(({ fee, size }) => Number(fee) / size >= (chosen?.feeRate ?? 0));
  const byRate = enough < 0 ? top : enough;
  const byTime = Math.ceil(top * Math.min(1, Math.max(0, (CLIMB_FROM - left) / CLIMB_FROM)));
  const due = Math.max(byRate, byTime);
  const variant = ladder[due];
  if (waiting >= due || variant === undefined) return { kind: "wait", what: `${what} to confirm` };
  return { kind: "send", transactions: [variant], what: `${what}, fee ${due + 1} of ${top + 1}` };
}

function confirmedOf(variants: readonly Variant[], facts: RelayFacts): readonly Variant[] {
  return variants.filter(({ txid }) => facts.status(txid).kind === "confirmed");
}

function heightOf({ txid }: Variant, facts: RelayFacts): number {
  const status = facts.status(txid);
  return status.kind === "confirmed" ? status.height : Infinity;
}

function reasonOf(judged: Extract<RelayJudgement, { kind: "ignored" }>): string {
  return judged.reason === null ? "" : ` (${judged.reason.rule}: ${judged.reason.because})`;
}
