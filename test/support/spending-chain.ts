/**
 * A chain whose blocks spend outputs of every kind, made long before; with stale branches. Signatures are missing: who reads
 * block files believes the node that checked them.
 */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { type Transaction, transactionId } from "../../src/bitcoin/transaction.ts";
import { concat, fromHex, reversed } from "../../src/primitives/bytes.ts";
import type { StoredBlock } from "./block-directory.ts";
import { blockBehind, coinbase, GENESIS } from "./linked-chain.ts";
import { Outputs } from "./undo-writer.ts";

const publicKey = secp256k1.getPublicKey(new Uint8Array(32).fill(7), true);
const uncompressed = secp256k1.Point.fromBytes(publicKey).toBytes(false);
const hash = new Uint8Array(20).fill(0x33);

/** One script of each kind. What none of the scriptSigs below tells: bare keys, bare scripts, and whose hash it is. */
export const SCRIPTS: readonly Uint8Array[] = [
  concat(fromHex("76a914"), hash, fromHex("88ac")),
  concat(fromHex("a914"), hash, fromHex("87")),
  concat(fromHex("21"), publicKey, fromHex("ac")),
  concat(fromHex("41"), uncompressed, fromHex("ac")),
  concat(fromHex("0014"), hash),
  concat(fromHex("0020"), hash, hash.subarray(0, 12)),
  concat(fromHex("5120"), publicKey.subarray(1)),
  concat(fromHex("5121"), publicKey, fromHex("51ae")),
  fromHex("51"),
  new Uint8Array(300).fill(0x61),
];

/** Spends the coinbase of an old block into so many outputs as there are scripts. */
function fanOut(of: Transaction): Transaction {
  const previousTxid = reversed(fromHex(transactionId(of)));
  return {
    version: 2,
    inputs: [{ previousTxid, previousIndex: 0, scriptSig: new Uint8Array(), sequence: 0xffff_fffe }],
    outputs: SCRIPTS.map((script, i) => ({ value: BigInt(1_000 * i + 546), script })),
    lockTime: 0,
  };
}

/** Spends all outputs of a transaction, the last first. */
function gather(of: Transaction, scriptSig: Uint8Array): Transaction {
  const previousTxid = reversed(fromHex(transactionId(of)));
  const inputs = of.outputs.map((_, previousIndex) => ({ previousTxid, previousIndex, scriptSig, sequence: 1 }));
  return { version: 2, inputs: inputs.reverse(), outputs: [{ value: 1n, script: SCRIPTS[0]! }], lockTime: 0 };
}

/** Blocks 0 to 40; 10 and 20 fan out, 30 and 31 gather, with another transaction before. */
export function spendingChain(): readonly StoredBlock[] {
  const outputs = new Outputs();
  const blocks: StoredBlock[] = [{ raw: GENESIS, undo: null }];
  outputs.undoOf(GENESIS, 0);
  const rewards = Array.from({ length: 41 }, (_, height) => coinbase(height, SCRIPTS[height % SCRIPTS.length]!));
  const fans = [fanOut(rewards[3]!), fanOut(rewards[4]!)];
  for (let height = 1; height <= 40; height++) {
    const transactions = [rewards[height]!];
    if (height === 10) transactions.push(fans[0]!);
    if (height === 20) transactions.push(fans[1]!);
    if (height === 30) transactions.push(fanOut(rewards[5]!), gather(fans[0]!, fromHex("51")));
    if (height === 31) transactions.push(gather(fans[1]!, new Uint8Array()), fanOut(rewards[6]!));
    const raw = blockBehind(blocks[height - 1]!.raw, transactions, height);
    blocks.push({ raw, undo: outputs.undoOf(raw, height) });
  }
  return blocks;
}

/** Blocks behind one of the chain, empty, with undo data as connected ones have. */
export function branch(from: StoredBlock, height: number, length: number, salt: number): StoredBlock[] {
  const blocks: StoredBlock[] = [];
  for (let i = 1; i <= length; i++) {
    const before = blocks.at(-1) ?? from;
    const raw = blockBehind(before.raw, [coinbase(height + i, SCRIPTS[8]!, salt)], height + i);
    blocks.push({ raw, undo: Uint8Array.of(0) });
  }
  return blocks;
}
