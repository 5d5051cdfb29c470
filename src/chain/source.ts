/** What we need from Bitcoin: blocks for an indexer; coins, fees and broadcast for a wallet. */
import type { ScriptHex } from "../bitcoin/address.ts";
import type { Transaction } from "../bitcoin/transaction.ts";
import type { BlockHash, Txid } from "../primitives/hash.ts";
import type { BlockHeight, Satoshi } from "../primitives/units.ts";

export interface ChainTip {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
}

export interface Outpoint {
  readonly txid: Txid;
  readonly index: number;
}

/**
 * Blocks in chain order. Every method throws a `BskError` of kind `machine` when the source cannot be reached or does
 * not answer in time, and of kind `refuted` when an answer cannot be true (wrong hash, unlinked header).
 */
export interface BlockSource {
  /** For logs and errors, without secrets: "bitcoind at http://127.0.0.1:18443". */
  readonly description: string;
  tip(): Promise<ChainTip>;
  /** Hash of the block at a height of the best chain, null above the tip. */
  blockHashAt(height: BlockHeight): Promise<BlockHash | null>;
  /** Full serialization of a block, with witnesses. Checked: the header hashes to `hash`. */
  rawBlock(hash: BlockHash): Promise<Uint8Array>;
  /**
   * Scripts of the outputs that the transactions of one block spend, in the order asked. Exact, from any earlier block:
   * a source that cannot give them throws, it never guesses (spec 01 §2).
   */
  spentScripts(inBlock: BlockHash, outpoints: readonly Outpoint[]): Promise<readonly Uint8Array[]>;
  /** How the source comes by spent scripts, in the words of its protocol; null before the first question. */
  readonly spentScriptsMethod?: string | null;
  /** What the header at a height of the best chain says, null above the tip: checked as `blockHashAt` is. See `headerAt`. */
  readonly headerAt?: ((height: BlockHeight) => Promise<ChainPlace | null>) | undefined;
  /**
   * The blocks of the best chain from one height to another, in order, looked through by the source itself: it is faster
   * at that than who asks for raw blocks. Ends early where the chain does.
   */
  readonly scan?:
    ((marks: Marks, from: number, to: number) => AsyncGenerator<ScannedBlock, void, undefined>) | undefined;
}

/** A block's place in the chain, as its header says it. */
export interface ChainPlace {
  readonly hash: BlockHash;
  readonly previousHash: BlockHash;
  /** Seconds since 1970. */
  readonly time: number;
}

/** What marks an operation in a block. */
export interface Marks {
  /** Bytes that every payload starts with. */
  readonly magic: Uint8Array;
  readonly opcodes: ReadonlySet<number>;
}

/** A block as far as it was looked through: its transactions with marks, and the scripts that they spend. */
export interface ScannedBlock {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
  readonly previousHash: BlockHash;
  /** Seconds since 1970, from the header. */
  readonly time: number;
  readonly candidates: readonly {
    readonly txid: Txid;
    readonly vtxindex: number;
    readonly transaction: Transaction;
    readonly spentScripts: readonly Uint8Array[];
    readonly opcode: number;
    readonly payload: Uint8Array;
  }[];
}

/** A source that can show the headers of its chain, so that its blocks need not be believed. */
export interface HeaderedSource extends BlockSource {
  /**
   * Serialized headers of the best chain from a height on, in order: at most `count`, none above the tip. They need not
   * link where the chain changes between two questions.
   */
  headers(from: BlockHeight, count: number): Promise<readonly Uint8Array[]>;
}

/** An unspent output. */
export interface Coin extends Outpoint {
  readonly value: Satoshi;
  readonly script: ScriptHex;
  /** Height of the block that holds it, null in the mempool. */
  readonly height: BlockHeight | null;
}

export type TransactionStatus =
  | { readonly kind: "unknown" }
  | { readonly kind: "mempool" }
  | { readonly kind: "confirmed"; readonly height: BlockHeight; readonly blockHash: BlockHash };

/** What became of an output; `unknown`: the source does not know the transaction that makes it, or it has no such output. */
export type OutpointFate = "unspent" | "spent-in-mempool" | "spent-in-block" | "unknown";

/** The answer of a node to "would you take this transaction?" (Bitcoin Core: testmempoolaccept). */
export type MempoolVerdict = { readonly kind: "allowed" } | { readonly kind: "refused"; readonly reason: string };

/** What a source shows of the transactions that wait for a block. */
export interface MempoolSample {
  /** Full serializations, each once. */
  readonly transactions: readonly Uint8Array[];
  /** How many wait there in all. */
  readonly total: number;
}

/** Coins, fees and broadcast. Errors as for `BlockSource`; a refused broadcast is `rejected` with the node's reason. */
export interface CoinSource {
  readonly description: string;
  tip(): Promise<ChainTip>;
  /** Unspent outputs of these scripts: confirmed ones, and those of the mempool where the source knows them. */
  coins(scripts: readonly ScriptHex[]): Promise<readonly Coin[]>;
  /** The output if nothing spends it, mempool included; null if it is spent or unknown. */
  unspent(outpoint: Outpoint): Promise<Coin | null>;
  /** Whether an output was spent, and where. */
  outpointFate(outpoint: Outpoint): Promise<OutpointFate>;
  /** Where a transaction is. */
  transactionStatus(txid: Txid): Promise<TransactionStatus>;
  /** Full serialization, null where the source does not know the transaction. */
  rawTransaction(txid: Txid): Promise<Uint8Array | null>;
  /** Satoshis per virtual byte for confirmation within so many blocks; null where the source has no estimate. */
  feeRate(targetBlocks: number): Promise<number | null>;
  /**
   * Transactions that wait for a block, at most so many, newest first where not all; null where the source cannot show
   * them. `paying`: scripts that the wanted ones pay, for sources that find by script what they do not list.
   */
  mempool(paying: readonly ScriptHex[], most: number): Promise<MempoolSample | null>;
  /** Full serialization of the block at a height of the best chain, null above the tip. Checked: it has its hash. */
  rawBlockAt(height: BlockHeight): Promise<Uint8Array | null>;
  /** Asks before sending, where the source can: null if it cannot. */
  testAccept(rawTransactions: readonly Uint8Array[]): Promise<readonly MempoolVerdict[] | null>;
  /** Sends; a transaction that the source already has counts as sent. */
  broadcast(rawTransaction: Uint8Array): Promise<Txid>;
}
