/** The Merkle root that binds a block's transactions to its header. */
import { ParseError } from "../errors.ts";
import { toHex } from "../primitives/bytes.ts";
import { sha256d } from "../primitives/digest.ts";
import { transactionWithoutWitnesses, walkTransactions } from "./block.ts";
import { parseHeader } from "./header.ts";
import { isCoinbase, parseTransactionAt } from "./transaction.ts";

/** Why a block's transactions are not those that its header commits to. */
export type BlockFault =
  /** The bytes are no block, or something follows it. */
  | "not-a-block"
  /** The first transaction is no coinbase: it may be nodes of the tree taken for transactions. */
  | "no-coinbase"
  /** Another root than the header's. */
  | "merkle-root"
  /** The tail of the list is there twice, which gives the same root (CVE-2012-2459). */
  | "duplicate-transactions";

const HASH_SIZE = 32;

/**
 * Root over the hashes, in wire byte order. `duplicated` where two equal hashes are paired: another list, without the
 * copies, has the same root then.
 */
export function merkleRootOf(hashes: readonly Uint8Array[]): {
  readonly root: Uint8Array;
  readonly duplicated: boolean;
} {
  let row = new Uint8Array(HASH_SIZE * (hashes.length + 1));
  hashes.forEach((each, i) => row.set(each, HASH_SIZE * i));
  let duplicated = false;
  for (let count = hashes.length; count > 1; count = Math.ceil(count / 2)) {
    const size = HASH_SIZE * count;
    for (let at = 0; at + 2 * HASH_SIZE <= size; at += 2 * HASH_SIZE) duplicated ||= isTwice(row, at);
    if (count % 2 === 1) row.copyWithin(size, size - HASH_SIZE, size);
    const next = new Uint8Array(row.length);
    for (let at = 0; at < size; at += 2 * HASH_SIZE) next.set(sha256d(row.subarray(at, at + 2 * HASH_SIZE)), at / 2);
    row = next;
  }
  return { root: row.slice(0, HASH_SIZE), duplicated };
}

function isTwice(row: Uint8Array, at: number): boolean {
  for (let i = 0; i < HASH_SIZE; i++) if (row[at + i] !== row[at + HASH_SIZE + i]) return false;
  return true;
}

/** Checks that a raw block is whole and holds exactly the transactions that its header commits to. */
export function faultOfBlock(block: Uint8Array): BlockFault | null {
  try {
    const { merkleRoot } = parseHeader(block);
    const hashes: Uint8Array[] = [];
    let behind = 0;
    let coinbases = 0;
    walkTransactions(block, (index, start, end) => {
      if (index === 0 && isCoinbase(parseTransactionAt(block, start).transaction)) coinbases += 1;
      hashes.push(sha256d(transactionWithoutWitnesses(block, start, end)));
      behind = end;
      return true;
    });
    if (behind !== block.length) return "not-a-block";
    if (coinbases === 0) return "no-coinbase";
    const { root, duplicated } = merkleRootOf(hashes);
    if (toHex(root) !== merkleRoot) return "merkle-root";
    return duplicated ? "duplicate-transactions" : null;
  } catch (error) {
    if (error instanceof ParseError) return "not-a-block";
    throw error;
  }
}
