/**
 * That a transaction is in a Bitcoin block, for readers who hold headers with their proof of work. With it the operation
 * that the transaction carries, whose id is in its hashed text, is `placed` without a spine (spec 04 §8.1).
 *
 * Bitcoin's tree does not tell a transaction of 64 bytes from a node above two others (CVE-2017-12842). So no transaction
 * of 64 bytes is taken, and the block's coinbase is shown beside it at the same depth: all leaves of a tree are equally
 * deep, and nothing else can stand first.
 */
import { HEADER_SIZE, parseHeader } from "../bitcoin/header.ts";
import { transactionWithoutWitnesses, walkTransactions } from "../bitcoin/block.ts";
import { isCoinbase, parseTransaction, serializeTransaction } from "../bitcoin/transaction.ts";
import { ParseError } from "../errors.ts";
import { equalBytes, fromHex, reversed, toHex } from "../primitives/bytes.ts";
import { sha256d } from "../primitives/digest.ts";
import { type BlockHash, type Txid, txidOf } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { provePath, rootOfPath } from "./merkle-path.ts";
import { type Outcome, proven, refuted, unproven } from "./outcome.ts";

/** A transaction and the hashes beside its way to the header's root. All in hex, in the order hashed. */
export interface TransactionInBlock {
  /** Without witnesses. */
  readonly transaction: string;
  /** 32 bytes each, from the transaction up. */
  readonly neighbours: readonly string[];
}

export interface Inclusion extends TransactionInBlock {
  /** 80 bytes. */
  readonly header: string;
  /** Of the transaction in its block. */
  readonly index: number;
  /** The first transaction of the block. */
  readonly coinbase: TransactionInBlock;
}

/** A node of the tree has as many bytes. */
const NODE_BYTES = 64;

/** Proves that the block holds its transaction of an index. @throws RangeError without it, ParseError if it is no block */
export function proveInclusion(block: Uint8Array, index: number): Inclusion {
  const stripped: Uint8Array[] = [];
  walkTransactions(block, (_, start, end) => {
    stripped.push(transactionWithoutWitnesses(block, start, end));
    return true;
  });
  const leaves = stripped.map((each) => toHex(reversed(sha256d(each))));
  const at = (which: number): TransactionInBlock => {
    const { neighbours } = provePath(leaves, which);
    return {
      transaction: toHex(stripped[which] ?? new Uint8Array()),
      neighbours: neighbours.map((hash) => turned(hash)),
    };
  };
  return { header: toHex(block.subarray(0, HEADER_SIZE)), ...at(index), index, coinbase: at(0) };
}

/**
 * Is the operation's transaction in the block that the reader's headers have at a height? `hashAt` is of headers that were
 * checked: null where they do not reach that height. Never throws for what a proof says.
 */
export function verifyInclusion(
  inclusion: Inclusion,
  operation: { readonly txid: Txid; readonly vtxindex: number },
  height: BlockHeight,
  hashAt: (height: BlockHeight) => BlockHash | null,
): Outcome<BlockHeight> {
  const { header: text, index, coinbase } = inclusion;
  try {
    const bytes = fromHex(text);
    if (bytes.length !== HEADER_SIZE) return refuted(`a header of ${bytes.length} bytes`);
    const header = parseHeader(bytes);
    if (index !== operation.vtxindex) {
      return refuted(`the transaction is number ${index} of its block, the operation says ${operation.vtxindex}`);
    }
    if (txidIn(inclusion) !== operation.txid) return refuted("the transaction is not the one that the operation names");
    if (coinbase.neighbours.length !== inclusion.neighbours.length) {
      return refuted("the transaction and the first of its block are not equally deep");
    }
    if (index > 0 && !isCoinbase(parseTransaction(fromHex(coinbase.transaction)))) {
      return refuted("the first transaction of the block creates no coins");
    }
    if (rootOf(inclusion, index) !== header.merkleRoot || rootOf(coinbase, 0) !== header.merkleRoot) {
      return refuted("the hashes do not lead to the root in the header");
    }
    const known = hashAt(height);
    if (known === null) return unproven(`a header of block ${height}`);
    return known === header.hash ? proven(height) : refuted(`the header is not that of block ${height}`);
  } catch (error) {
    if (error instanceof ParseError) return refuted(`not a proof of a transaction: ${error.message}`);
    throw error;
  }
}

/** @throws ParseError unless the bytes are one transaction in the spelling that is hashed, and no node of a tree */
function txidIn({ transaction }: TransactionInBlock): Txid {
  const bytes = fromHex(transaction);
  if (bytes.length === NODE_BYTES) throw new ParseError("64 bytes may be two hashes of the tree");
  if (!equalBytes(serializeTransaction(parseTransaction(bytes)), bytes)) {
    throw new ParseError("the transaction is not as it is hashed");
  }
  return txidOf(sha256d(bytes));
}

/** Natural order, as in a header; null for a path that no tree has. */
function rootOf(of: TransactionInBlock, index: number): string | null {
  const root = rootOfPath(txidIn(of), { index, neighbours: of.neighbours.map(turned) });
  return root === null ? null : turned(root);
}

function turned(hash: string): string {
  return toHex(reversed(fromHex(hash)));
}
