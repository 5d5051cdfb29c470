/** The shape of a state machine that a virtualchain runs: BNS is one such value, a test's counter is another. */
import type { Transaction } from "../bitcoin/transaction.ts";
import type { Txid } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";

/** A transaction whose last OP_RETURN starts with the machine's magic bytes and one of its opcodes. */
export interface Candidate {
  readonly txid: Txid;
  /** Index in the block; the coinbase is 0. */
  readonly vtxindex: number;
  readonly transaction: Transaction;
  /** Script of the output that each input spends, in input order. */
  readonly spentScripts: readonly Uint8Array[];
  /** It was judged before, and `spentScripts` is what input 0 spends alone: all that is kept of them. */
  readonly inputsPassed?: true;
  readonly opcode: number;
  /** The OP_RETURN data behind magic and opcode. */
  readonly payload: Uint8Array;
}

/** Why the rules took or ignored an operation. */
export type Verdict<T> =
  | { readonly kind: "accepted"; readonly accepted: T }
  | { readonly kind: "rejected"; readonly rule: string; readonly because: string };

/**
 * `Op`: a parsed operation. `Accepted`: what applying it produced. `View`: the past, read only. `State`: the view with
 * this block's changes on top. `Changes`: what a store must write.
 */
export interface Machine<Op, Accepted, View, State, Changes> {
  /** Two bytes that start every payload. */
  readonly magic: Uint8Array;
  readonly opcodes: ReadonlySet<number>;
  /** The operation of a candidate, null where the network sees none. */
  parse(candidate: Candidate, at: BlockHeight): Op | null;
  /** The working state of block `at`; sees all operations of the block first, so that collisions can be found. */
  open(view: View, at: BlockHeight, ops: readonly Op[]): State;
  check(op: Op, at: BlockHeight, state: State): Verdict<Accepted>;
  /** Puts an accepted operation into the state: later operations of the block see it. */
  apply(accepted: Accepted, state: State): void;
  /** The exact text that is hashed; null for a stateless operation, which enters no hash. */
  serialize(accepted: Accepted): string | null;
  /** What the block changed, to be stored as one unit. */
  changes(state: State): Changes;
}
