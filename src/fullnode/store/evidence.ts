/**
 * What the rows of a block are derived from: the block's place in the chain, and of each transaction that carried an
 * operation its bytes and the scripts that it spends. With these a block can be judged again without its source.
 *
 * The checksum tells damage, not lies: whoever can write the file can write a checksum too. Lies are told by a pin.
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
  /** As `packScripts` packs them. */
  readonly spentScripts: Uint8Array;
  /** Did the rules take it? */
  readonly accepted: boolean;
}

/** One block; its transactions in block order. */
export interface BlockEvidence {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
  readonly previousHash: BlockHash;
  readonly time: number;
  readonly transactions: readonly TransactionEvidence[];
}

const LENGTH_BYTES = 2;

/** Scripts of spent outputs in one value, each behind its length (big-endian). Operations spend p2pkh and p2sh only. */
export function packScripts(scripts: readonly Uint8Array[]): Uint8Array {
  const packed = new Uint8Array(scripts.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  let at = 0;
  for (const script of scripts) {
    packed[at] = script.length >> 8;
    packed[at + 1] = script.length & 0xff;
    packed.set(script, at + LENGTH_BYTES);
    at += LENGTH_BYTES + script.length;
  }
  return packed;
}

/** The scripts again; null where the bytes are none. */
export function unpackScripts(packed: Uint8Array): Uint8Array[] | null {
  const scripts: Uint8Array[] = [];
  for (let at = 0; at < packed.length;) {
    const end = at + LENGTH_BYTES + (((packed[at] ?? 0) << 8) | (packed[at + 1] ?? 0));
    if (end > packed.length) return null;
    scripts.push(packed.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return scripts;
}

/** What a block that is about to be stored is derived from. */
export function evidenceOfBlock(block: IndexedBlock<unknown, unknown>): BlockEvidence {
  const { height, hash, previousHash, time, accepted, rejected } = block;
  const transactions = [...accepted, ...rejected].map((operation) => ({
    vtxindex: operation.vtxindex,
    txid: operation.txid,
    rawTransaction: operation.rawTransaction,
    spentScripts: packScripts(operation.spentScripts),
    accepted: "accepted" in operation,
  }));
  return { height, hash, previousHash, time, transactions: transactions.sort((a, b) => a.vtxindex - b.vtxindex) };
}

/** SHA256 over a block's evidence, as hex. What the rules made of it does not enter. */
export function blockChecksum({ height, hash, previousHash, time, transactions }: BlockEvidence): string {
  const sum = createHash("sha256").update(`${height} ${hash} ${previousHash} ${time}`);
  for (const { vtxindex, txid, spentScripts } of transactions) {
    sum.update(`\n${vtxindex} ${txid} ${spentScripts.length} `).update(spentScripts);
  }
  return sum.digest("hex");
}

interface TransactionRow {
  readonly vtxindex: number;
  readonly raw_transaction: SqlValue;
  readonly spent_scripts: SqlValue;
  readonly accepted: number;
}

interface BlockRow {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
  readonly previousHash: BlockHash;
  readonly time: number;
  readonly checksum: string;
}

export interface StoredEvidence {
  readonly evidence: BlockEvidence;
  /** As it was when the block was stored. */
  readonly checksum: string;
}

/** The evidence as it is stored, block by block from a height on. */
export function* storedEvidence(database: Database, from = 0): Generator<StoredEvidence, void, undefined> {
  const blocks = database.prepare(
    'SELECT height, hash, previous_hash AS "previousHash", time, checksum FROM blocks WHERE height >= ? ORDER BY height',
  );
  const transactions = database.prepare(
    `SELECT vtxindex, raw_transaction, spent_scripts, 1 AS accepted FROM operations WHERE position >= ?1 AND position < ?2
     UNION ALL SELECT vtxindex, raw_transaction, spent_scripts, 0 FROM rejections WHERE position >= ?1 AND position < ?2
     ORDER BY vtxindex`,
  );
  for (const row of blocks.iterate(from)) {
    const { checksum, ...place } = row as unknown as BlockRow;
    const rows = transactions.all(
      positionOf(place.height, 0),
      positionOf(place.height + 1, 0),
    ) as unknown as TransactionRow[];
    const evidence = rows.map(({ vtxindex, raw_transaction, spent_scripts, accepted }) => {
      const rawTransaction = bytesOf(raw_transaction);
      const txid = txidOf(sha256d(rawTransaction));
      return { vtxindex, txid, rawTransaction, spentScripts: bytesOf(spent_scripts), accepted: accepted === 1 };
    });
    yield { evidence: { ...place, transactions: evidence }, checksum };
  }
}

/** A damaged value may have any type; what is no bytes is no transaction either. */
function bytesOf(value: SqlValue): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}
