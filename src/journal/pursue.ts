/**
 * How a step that no block holds is brought into one: which variant goes out, and when the next one does.
 *
 * A transaction with a consensus hash has a death height. As long as enough blocks are left, its fee is raised by
 * sending the next variant with the same hash. After that a variant with a fresh hash is made, which needs the keys.
 * Without them, a transaction that burns money is cancelled two blocks before its death: both spend the same coin, so
 * that only one of them can confirm.
 */
import type { EntryStep, Variant } from "./entry.ts";
import type { ChainFacts } from "./facts.ts";
import { type Standing, wasSent } from "./standing.ts";

export type Move =
  | { readonly kind: "send"; readonly variant: Variant; readonly why: "first" | "again" | "raise" | "cancel" }
  /** Another variant with a fresh consensus hash has to be signed. */
  | { readonly kind: "renew" }
  | { readonly kind: "wait"; readonly what: string; readonly passphrase?: true }
  | { readonly kind: "over"; readonly because: string };

/** Blocks that must be left to an operation when it is sent: one that confirms too late is ignored, and its burn is gone. */
export const LEAST_BLOCKS_LEFT = 6;
/** Blocks that are left when a burn is cancelled for want of a passphrase. */
const CANCEL_BLOCKS_LEFT = 2;
/** Blocks that a transaction without a deadline waits before its fee is raised. */
const PATIENCE_BLOCKS = 4;

type Unconfirmed = Extract<Standing, { kind: "mempool" | "absent" }>;

export function pursue(step: EntryStep, standing: Unconfirmed, facts: ChainFacts): Move {
  const current = standing.kind === "mempool" ? standing.variant : null;
  const possible = standing.kind === "mempool" ? step.variants : standing.possible;
  if (standing.kind === "absent" && standing.contested) {
    return waitFor(`another transaction in the mempool spends its coins: a block decides`);
  }
  if (current?.does === "cancel") return waitFor("the cancel to confirm, which takes the burn back");
  const refused = facts.refusal;
  if (refused !== null && step.variants.some(({ burned }) => burned > 0)) {
    if (!wasSent(step)) return { kind: "over", because: `${refused}; nothing was sent` };
    const cancelled = cancel(possible);
    if (cancelled !== null) return cancelled;
  }
  const lively = possible.filter(
    (variant) => variant.does === "operation" && blocksLeft(variant, facts) >= LEAST_BLOCKS_LEFT,
  );
  if (lively.length > 0) return raise(lively, current, step, facts);
  return atDeath(step, possible, current, facts);
}

/** Blocks that may still hold it: 1 is the next one only. Infinity without a consensus hash. */
function blocksLeft({ deathHeight }: Variant, { tipHeight }: Pick<ChainFacts, "tipHeight">): number {
  return deathHeight === null ? Infinity : deathHeight - tipHeight;
}

/** There is time: the variant whose fee fits the time that is left. */
function raise(lively: readonly Variant[], current: Variant | null, step: EntryStep, facts: ChainFacts): Move {
  const longest = Math.max(...lively.map((variant) => variant.deathHeight ?? Infinity));
  const rungs = lively
    .filter(({ deathHeight }) => (deathHeight ?? Infinity) === longest)
    .toSorted((a, b) => a.fee - b.fee);
  const sentHeights = rungs.flatMap(({ sent }) => sent?.height ?? []);
  const sentBefore = rungs.findLastIndex(({ sent }) => sent !== null);
  const since = sentHeights.length === 0 ? 0 : Math.max(0, facts.tipHeight - Math.min(...sentHeights));
  const patience =
    longest === Infinity
      ? PATIENCE_BLOCKS
      : Math.max(1, (longest - facts.tipHeight + since - LEAST_BLOCKS_LEFT) / rungs.length);
  const wanted =
    rungs[Math.min(rungs.length - 1, Math.max(Math.floor(since / patience), dearest(rungs, facts), sentBefore))];
  if (wanted === undefined) return waitFor("a transaction that can be sent");
  if (current === null) return { kind: "send", variant: wanted, why: wasSent(step) ? "again" : "first" };
  if (wanted.txid !== current.txid && wanted.fee > current.fee) return { kind: "send", variant: wanted, why: "raise" };
  return waitFor("a block to hold it");
}

/** The first rung that pays what confirms soon, the last if none does; 0 where nobody knows. */
function dearest(rungs: readonly Variant[], { feeRate }: ChainFacts): number {
  if (feeRate === null) return 0;
  const enough = rungs.findIndex(({ fee, size }) => fee / size >= feeRate);
  return enough < 0 ? rungs.length - 1 : enough;
}

/** The hashes of all operations are dead or nearly so. */
function atDeath(step: EntryStep, possible: readonly Variant[], current: Variant | null, facts: ChainFacts): Move {
  const operations = possible.filter(({ does }) => does === "operation");
  const last = Math.max(...step.variants.map(({ deathHeight }) => deathHeight ?? 0));
  const left = last - facts.tipHeight;
  if (!wasSent(step) && current === null) {
    return {
      kind: "over",
      because: `its consensus hash dies at height ${last}, too soon to send it; nothing was sent`,
    };
  }
  const renewable = operations.some(({ plan }) => plan !== null) && facts.refusal === null;
  if (renewable && facts.keysAtHand) return { kind: "renew" };
  const cancelled = cancel(possible);
  if (cancelled !== null) {
    if (left <= CANCEL_BLOCKS_LEFT) return cancelled;
    const at = last - CANCEL_BLOCKS_LEFT;
    return waitForPassphrase(
      `its consensus hash dies at height ${last}; without a fresh one it is cancelled at height ${at}, and nothing is burned`,
    );
  }
  const late = `its consensus hash ${left < 1 ? "died" : "dies"} at height ${last}`;
  if (renewable) return waitForPassphrase(`${late}, and a fresh one has to be signed`);
  if (current !== null) return waitFor(`a block to hold it, perhaps too late: ${late}`);
  if (left >= 1) return waitFor(`height ${last}: ${late}, too soon to send it again`);
  return { kind: "over", because: `${late} before a block held it` };
}

function cancel(possible: readonly Variant[]): Move | null {
  const [dearest] = possible.filter(({ does }) => does === "cancel").toSorted((a, b) => b.fee - a.fee);
  return dearest === undefined ? null : { kind: "send", variant: dearest, why: "cancel" };
}

function waitFor(what: string): Move {
  return { kind: "wait", what };
}

function waitForPassphrase(because: string): Move {
  return { kind: "wait", what: `the passphrase: ${because}`, passphrase: true };
}
