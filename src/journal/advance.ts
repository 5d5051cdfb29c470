/** Chain facts -> the entry's true state and the next thing to do. Pure: the same facts give the same step. */
import type { TransactionStatus } from "../chain/source.ts";
import type { Txid } from "../primitives/hash.ts";
import type { Entry, EntryState, JournalTransaction } from "./entry.ts";

/** What the network's own node says of an operation: it replayed the rules. */
export type OperationVerdict = "accepted" | "ignored" | "not-indexed";

export interface ChainFacts {
  /** Height of the last Bitcoin block. */
  readonly tipHeight: number;
  status(txid: Txid): TransactionStatus;
  verdict(txid: Txid): OperationVerdict;
  /** Blocks that must hold a preorder before the register is sent; 1 is the block that confirms it. */
  readonly preorderConfirmations: number;
}

export type Action =
  | { readonly kind: "broadcast"; readonly transaction: JournalTransaction }
  | { readonly kind: "wait"; readonly what: string }
  | { readonly kind: "nothing" };

export interface Step {
  readonly state: EntryState;
  readonly because: string | null;
  readonly action: Action;
}

const NOTHING: Action = { kind: "nothing" };

/** Blocks that must be left to an operation when it is sent: one that confirms too late is ignored, and its burn is gone. */
export const LEAST_BLOCKS_LEFT = 6;

/** Where the entry really stands, and what comes next. */
export function advance(entry: Entry, facts: ChainFacts): Step {
  if (entry.kind === "registration") return advanceRegistration(entry, facts);
  const [only] = entry.transactions;
  if (only === undefined) return failed("the entry holds no transaction");
  return advanceSingle(entry, only, facts);
}

function advanceRegistration(entry: Entry, facts: ChainFacts): Step {
  const preorder = entry.transactions.find(({ role }) => role === "preorder");
  const register = entry.transactions.find(({ role }) => role === "register");
  if (preorder === undefined || register === undefined) return failed("the entry lacks one of its two transactions");

  const registered = facts.status(register.txid);
  if (registered.kind === "confirmed") return settle(register, "registered", "the register", facts);

  const preordered = facts.status(preorder.txid);
  const split = entry.transactions.find(({ role }) => role === "split");
  if (split !== undefined && preordered.kind === "unknown" && facts.status(split.txid).kind === "unknown") {
    const step = sendOrWait(entry, preorder, entry.state, preordered, facts);
    return step.action.kind === "broadcast" ? { ...step, action: { kind: "broadcast", transaction: split } } : step;
  }
  if (preordered.kind !== "confirmed") return sendOrWait(entry, preorder, "preordered", preordered, facts);
  switch (facts.verdict(preorder.txid)) {
    case "ignored":
      return failed(
        `the network ignored the preorder ${preorder.txid}; its burn of ${preorder.burned} satoshis is gone`,
      );
    case "not-indexed":
      return wait("preordered", "the node to index the preorder's block");
    case "accepted":
      break;
  }
  const confirmations = facts.tipHeight - preordered.height + 1;
  if (confirmations < facts.preorderConfirmations) {
    return wait(
      "preorder-confirmed",
      `confirmation ${confirmations} of ${facts.preorderConfirmations} of the preorder`,
    );
  }
  return registered.kind === "unknown"
    ? { state: "preorder-confirmed", because: null, action: { kind: "broadcast", transaction: register } }
    : wait("registered", "the register to confirm");
}

function advanceSingle(entry: Entry, only: JournalTransaction, facts: ChainFacts): Step {
  const status = facts.status(only.txid);
  if (status.kind !== "confirmed") return sendOrWait(entry, only, "sent", status, facts);
  if (entry.kind === "payment") return { state: "done", because: null, action: NOTHING };
  return settle(only, "sent", "the operation", facts);
}

/** A confirmed transaction is settled by what the rules made of it. */
function settle(transaction: JournalTransaction, state: EntryState, what: string, facts: ChainFacts): Step {
  switch (facts.verdict(transaction.txid)) {
    case "accepted":
      return { state: "done", because: null, action: NOTHING };
    case "ignored":
      return failed(`${transaction.txid} confirmed, but the network ignored ${what}`);
    case "not-indexed":
      return wait(state, `the node to index the block of ${what}`);
  }
}

/**
 * An unconfirmed transaction is sent again if the network does not have it, as long as it can be expected to confirm in
 * time, and given up once its hash is dead.
 */
function sendOrWait(
  entry: Entry,
  transaction: JournalTransaction,
  state: EntryState,
  status: Exclude<TransactionStatus, { kind: "confirmed" }>,
  facts: ChainFacts,
): Step {
  const { deathHeight, txid } = transaction;
  const left = deathHeight === null ? Infinity : deathHeight - facts.tipHeight;
  if (status.kind === "mempool") {
    if (left < 1) return wait(state, `${txid}: too late, its consensus hash died at height ${deathHeight}`);
    return wait(state, `the ${transaction.role === "single" ? "operation" : transaction.role} to confirm`);
  }
  if (left >= LEAST_BLOCKS_LEFT) return { state, because: null, action: { kind: "broadcast", transaction } };
  if (left < 1) {
    return failed(
      `its consensus hash died at height ${deathHeight} before it confirmed; nothing was burned, start again`,
    );
  }
  // Nobody has it. Coins of what was never sent are free at once; of what was sent, another node may still hold a copy.
  if (entry.state === "planned") {
    return failed(
      `its consensus hash dies at height ${deathHeight}, too soon to send it; nothing was sent, start again`,
    );
  }
  return wait(state, `height ${deathHeight}: ${txid} is not sent again so close to the death of its consensus hash`);
}

function wait(state: EntryState, what: string): Step {
  return { state, because: null, action: { kind: "wait", what } };
}

function failed(because: string): Step {
  return { state: "failed", because, action: NOTHING };
}
