/**
 * What the rows of a block are derived from: the block's place in the chain, and of each transaction that carried an
 * operation its bytes and the script that input 0 spends. With these a block can be judged again without its source: that
 * the other inputs spend p2pkh and p2sh was seen when it was indexed, and nothing else of them matters.
 *
 * What the ops hash stands for and what else was seen (refused operations, announcements) have a checksum each: whoever
 * takes a block from tiles knows the first alone.
 *
 * A checksum tells damage, not lies: whoever can write the file can write a checksum too. Lies are told by a pin.
 */
import { createHash } from "node:crypto";
import { sha256d } from "../../primitives/digest.ts";
import { type BlockHash, type Txid, txidOf } from "../../primitives/hash.ts";
import type { BlockHeight } from "../../primitives/units.ts";
import type { IndexedBlock } from "../../virtualchain/store.ts";
import type { Database, SqlValue } from "../../database/sqlite.ts";
import { positionOf } from "./schema.ts";

/** One transaction that carried an operation. */
export interface TransactionEvidence {
  readonly vtxindex: number;
  /** What the bytes hash to. */
  readonly txid: Txid;
  /** Without witnesses. */
  readonly rawTransaction: Uint8Array;
  /** What the rules know the sender by. */
  readonly senderScript: Uint8Array;
  /** Did the rules take it? */
  readonly accepted: boolean;
  /** Does it enter the ops hash? */
  readonly hashed: boolean;
}

/** One block; its transactions in block order. */
export interface BlockEvidence {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
  readonly previousHash: BlockHash;
  readonly time: number;
  readonly transactions: readonly TransactionEvidence[];
  /** Those that enter the ops hash are all that is known. */
  readonly hashedOnly: boolean;
}

/** What a block that is about to be stored is derived from. */
export function evidenceOfBlock(block: IndexedBlock<unknown, unknown>): BlockEvidence {
  const { height, hash, previousHash, time, accepted, rejected } = block;
  const transactions = [...accepted, ...rejected].map((operation) => ({
    vtxindex: operation.vtxindex,
    txid: operation.txid,
    rawTransaction: operation.rawTransaction,
    senderScript: operation.senderScript,
    accepted: "accepted" in operation,
    hashed: "accepted" in operation && operation.canonical !== null,
  }));
  transactions.sort((a, b) => a.vtxindex - b.vtxindex);
  return { height, hash, previousHash, time, transactions, hashedOnly: block.hashedOnly === true };
}

/** SHA256 over a block's place and what its ops hash is derived from, as hex. What the rules made of it does not enter. */
export function blockChecksum({ height, hash, previousHash, time, transactions }: BlockEvidence): string {
  return checksum(
    `${height} ${hash} ${previousHash} ${time}`,
    transactions.filter(({ hashed }) => hashed),
  );
}

/** The same over what else the block carried; null where that is not known. */
export function refusedChecksum({ height, transactions, hashedOnly }: BlockEvidence): string | null {
  if (hashedOnly) return null;
  return checksum(
    `${height}`,
    transactions.filter(({ hashed }) => !hashed),
  );
}

function checksum(place: string, transactions: readonly TransactionEvidence[]): string {
  const sum = createHash("sha256").update(place);
  for (const { vtxindex, txid, senderScript } of transactions) {
    sum.update(`\n${vtxindex} ${txid} ${senderScript.length} `).update(senderScript);
  }
  return sum.digest("hex");
}

interface TransactionRow {
  readonly vtxindex: number;
  readonly raw_transaction: SqlValue;
  readonly sender_script: SqlValue;
  readonly accepted: number;
  readonly hashed: number;
}

interface BlockRow {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
  readonly previousHash: BlockHash;
  readonly time: number;
  readonly checksum: string;
  readonly refusedChecksum: string | null;
}

export interface StoredEvidence {
  readonly evidence: BlockEvidence;
  /** As they were when the block was stored. */
  readonly checksum: string;
  readonly refusedChecksum: string | null;
}

/** Is the evidence what was stored? */
export function isUndamaged({ evidence, ...stored }: StoredEvidence): boolean {
  return blockChecksum(evidence) === stored.checksum && refusedChecksum(evidence) === stored.refusedChecksum;
}

/** The evidence as it is stored, block by block from a height on. */
export function* storedEvidence(database: Database, from = 0): Generator<StoredEvidence, void, undefined> {
  const blocks = database.prepare(
    `SELECT height, hash, previous_hash AS "previousHash", time, checksum, refused_checksum AS "refusedChecksum"
     FROM blocks WHERE height >= ? ORDER BY height`,
  );
  const within = database.prepare(
    `SELECT vtxindex, raw_transaction, sender_script, 1 AS accepted, canonical IS NOT NULL AS hashed
     FROM operations WHERE position >= ?1 AND position < ?2
     UNION ALL SELECT vtxindex, raw_transaction, sender_script, 0, 0
     FROM rejections WHERE position >= ?1 AND position < ?2 ORDER BY vtxindex`,
  );
  for (const row of blocks.iterate(from)) {
    const { checksum, refusedChecksum, ...place } = row as unknown as BlockRow;
    const rows = within.all(
      positionOf(place.height, 0),
      positionOf(place.height + 1, 0),
    ) as unknown as TransactionRow[];
    const transactions = rows.map((of) => {
      const rawTransaction = bytesOf(of.raw_transaction);
      const txid = txidOf(sha256d(rawTransaction));
      const senderScript = bytesOf(of.sender_script);
      const verdict = { accepted: of.accepted === 1, hashed: of.hashed === 1 };
      return { vtxindex: of.vtxindex, txid, rawTransaction, senderScript, ...verdict };
    });
    const evidence = { ...place, transactions, hashedOnly: refusedChecksum === null };
    yield { evidence, checksum, refusedChecksum };
  }
}

/** A damaged value may have any type; what is no bytes is no transaction either. */
function bytesOf(value: SqlValue): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}
