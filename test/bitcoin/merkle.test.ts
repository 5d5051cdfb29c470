import * as bitcoin from "bitcoinjs-lib";
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { walkTransactions } from "../../src/bitcoin/block.ts";
import { HEADER_SIZE } from "../../src/bitcoin/header.ts";
import { faultOfBlock, merkleRootOf } from "../../src/bitcoin/merkle.ts";
import { serializeTransaction } from "../../src/bitcoin/transaction.ts";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { concat, toHex } from "../../src/primitives/bytes.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { spending } from "../support/raw-block.ts";
import { replayVectors } from "../support/vectors.ts";

/** Blocks with one transaction, some, and many; with and without witnesses. */
let blocks: Uint8Array[];

beforeAll(async () => {
  blocks = [];
  for (const { path } of replayVectors("scenarios").filter(({ vector }) => /wallets_kinds|quota$/u.test(vector))) {
    const { source } = await readReplayFile(path);
    const { height } = await source.tip();
    for (let at: number = height; at > 0; at--) {
      const hash = await source.blockHashAt(blockHeight(at));
      if (hash !== null) blocks.push(await source.rawBlock(hash));
    }
  }
});

/** The transactions of a block, as bytes. */
function transactionsOf(block: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  walkTransactions(block, (_index, start, end) => {
    found.push(block.slice(start, end));
    return true;
  });
  return found;
}

/** The block with these transactions (fewer than 253) under the same header. */
const holding = (block: Uint8Array, transactions: readonly Uint8Array[]): Uint8Array =>
  concat(block.subarray(0, HEADER_SIZE), Uint8Array.of(transactions.length), ...transactions);

const withTransactions = (count: number): Uint8Array => {
  const found = blocks.find((block) => transactionsOf(block).length === count);
  if (found === undefined) throw new Error(`no block with ${count} transactions`);
  return found;
};

const native = (bytes: Uint8Array): Uint8Array =>
  createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest();

describe("Merkle roots", () => {
  test("are those of real blocks, also with witnesses", () => {
    const sizes = new Set<number>();
    let witnesses = 0;
    for (const raw of blocks) {
      expect(faultOfBlock(raw)).toBeNull();
      const { transactions } = bitcoin.Block.fromBuffer(Buffer.from(raw));
      sizes.add(transactions!.length);
      witnesses += transactions!.slice(1).filter((transaction) => transaction.hasWitnesses()).length;
    }
    expect(sizes.size).toBeGreaterThan(5);
    expect(witnesses).toBeGreaterThan(0);
  });

  test("of one hash is that hash, and of three the third is paired with itself", () => {
    const [a, b, c] = [1, 2, 3].map((fill) => new Uint8Array(32).fill(fill)) as [Uint8Array, Uint8Array, Uint8Array];
    expect(merkleRootOf([a])).toEqual({ root: a, duplicated: false });
    const pair = (left: Uint8Array, right: Uint8Array) => new Uint8Array(native(concat(left, right)));
    const root = pair(pair(a, b), pair(c, c));
    expect(merkleRootOf([a, b, c])).toEqual({ root, duplicated: false });
    expect(merkleRootOf([a, b, c, c])).toEqual({ root, duplicated: true });
  });

  test("a list whose tail is there twice has the same root and is refused", () => {
    const transactions = transactionsOf(withTransactions(3));
    const raw = holding(withTransactions(3), [...transactions, ...transactions.slice(-1)]);
    expect(faultOfBlock(raw)).toBe("duplicate-transactions");
    for (const [count, tail] of [
      [5, 1],
      [6, 2],
      [12, 4],
      [14, 2],
    ] as const) {
      const hashes = Array.from({ length: count }, (_, i) => new Uint8Array(32).fill(i + 1));
      const { root } = merkleRootOf(hashes);
      expect(merkleRootOf([...hashes, ...hashes.slice(-tail)])).toEqual({ root, duplicated: true });
    }
  });

  test("another transaction, one less, one more and another order are refused", () => {
    const raw = withTransactions(3);
    const [first, second, third] = transactionsOf(raw) as [Uint8Array, Uint8Array, Uint8Array];
    const stranger = serializeTransaction(spending([{ value: 1n, script: Uint8Array.of(0x51) }]));
    for (const list of [
      [first, second],
      [first, third, second],
      [first, second, stranger],
      [first, second, third, stranger],
    ])
      expect(faultOfBlock(holding(raw, list))).toBe("merkle-root");
    expect(faultOfBlock(holding(raw, [second, third]))).toBe("no-coinbase");
    expect(faultOfBlock(holding(raw, []))).toBe("not-a-block");
  });

  test("one bit of any byte that is committed to makes it another block", () => {
    const raw = withTransactions(1);
    const [coinbase] = transactionsOf(raw) as [Uint8Array];
    const parsed = bitcoin.Transaction.fromBuffer(Buffer.from(coinbase));
    parsed.ins.forEach((input) => (input.witness = []));
    const stripped = holding(raw, [Uint8Array.from(parsed.toBuffer())]);
    expect(faultOfBlock(stripped)).toBeNull();
    for (let at = 36; at < stripped.length; at++) {
      if (at >= 68 && at < HEADER_SIZE) continue; // time, bits and nonce: the header's own hash is for them
      for (let bit = 0; bit < 8; bit++) {
        const wrong = stripped.slice();
        wrong[at]! ^= 1 << bit;
        expect(faultOfBlock(wrong), `bit ${bit} of byte ${at}`).not.toBeNull();
      }
    }
  });

  test("nodes of the tree do not pass for transactions", () => {
    const raw = withTransactions(4);
    const ids = transactionsOf(raw).map((each) => native(serializeTransaction(bitcoinOf(each))));
    const nodes = [concat(ids[0]!, ids[1]!), concat(ids[2]!, ids[3]!)];
    expect(toHex(merkleRootOf(nodes.map(native)).root)).toBe(toHex(raw.subarray(36, 68)));
    expect(faultOfBlock(holding(raw, nodes))).toMatch(/^(not-a-block|no-coinbase)$/u);
  });

  test("blocks that end too early or too late are no blocks", () => {
    const raw = withTransactions(1);
    for (let length = 0; length < raw.length; length++) expect(faultOfBlock(raw.slice(0, length))).toBe("not-a-block");
    expect(faultOfBlock(concat(raw, Uint8Array.of(0)))).toBe("not-a-block");
  });
});

/** A transaction without its witnesses, in our shape, read by another program. */
function bitcoinOf(raw: Uint8Array) {
  const { version, ins, outs, locktime } = bitcoin.Transaction.fromBuffer(Buffer.from(raw));
  return {
    version,
    lockTime: locktime,
    inputs: ins.map(({ hash, index, script, sequence }) => ({
      previousTxid: hash,
      previousIndex: index,
      scriptSig: script,
      sequence,
    })),
    outputs: outs,
  };
}
