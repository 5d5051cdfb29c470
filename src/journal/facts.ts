/** What the chain and the network's node say of an entry's transactions: all that decides where the entry stands. */
import type { Outpoint, OutpointFate, TransactionStatus } from "../chain/source.ts";
import type { Txid } from "../primitives/hash.ts";

/** What the network's own node says of an operation: it replayed the rules. */
export type OperationVerdict = "accepted" | "ignored" | "not-indexed";

export interface ChainFacts {
  /** Height of the last Bitcoin block. */
  readonly tipHeight: number;
  status(txid: Txid): TransactionStatus;
  verdict(txid: Txid): OperationVerdict;
  /** Of what an entry's transactions spend; asked only where none of a step is on the chain or in the mempool. */
  fate(outpoint: Outpoint): OutpointFate;
  /** Blocks that must hold a preorder before the register is sent; 1 is the block that confirms it. */
  readonly preorderConfirmations: number;
  /** Satoshis per virtual byte that confirm soon; null: nobody knows. */
  readonly feeRate: number | null;
  /** Why the rules would refuse the name now, whatever is paid; null: they would not, or cannot tell. */
  readonly refusal: string | null;
  /** The name is registered for the entry's owner, whoever sent the register. */
  readonly owned: boolean;
  /** Can this process sign without asking anybody? */
  readonly keysAtHand: boolean;
}
