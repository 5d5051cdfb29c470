/** Four hashes at a time say of every block what one at a time says. */
import { createHash } from "node:crypto";
import { Transaction as BitcoinTransaction } from "bitcoinjs-lib";
import { beforeAll, describe, expect, test } from "vitest";
import { faultOfBlock } from "../../src/bitcoin/merkle.ts";
import { serializeTransaction } from "../../src/bitcoin/transaction.ts";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { MerkleLanes } from "../../src/fullnode/merkle-lanes.ts";
import { sha256Program } from "../../src/fullnode/sha256-program.ts";
import { concat } from "../../src/primitives/bytes.ts";
import { SHA256_INITIAL } from "../../src/primitives/sha256.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { blockBehind, coinbase, GENESIS } from "../support/linked-chain.ts";
import { compactSize, transactionsOf } from "../support/undo-writer.ts";
import { vectorFiles } from "../support/vector.ts";

const lanes = new MerkleLanes();

/** A transaction whose script is of so many bytes, so that all lengths come up. */
function ofSize(size: number, salt: number) {
  const script = new Uint8Array(size).fill(salt);
  const input = {
    previousTxid: new Uint8Array(32).fill(salt + 1),
    previousIndex: salt,
    scriptSig: script,
    sequence: 0,
  };
  return { version: 1, inputs: [input], outputs: [{ value: 1n, script: Uint8Array.of(0x51) }], lockTime: salt };
}

const blockOf = (sizes: readonly number[]) =>
  blockBehind(GENESIS, [coinbase(1, Uint8Array.of(0x51)), ...sizes.map(ofSize)], 1);

/** Expects that both say the same, and answers it. */
function faultOf(block: Uint8Array) {
  const fault = lanes.faultOf(block);
  expect(fault).toBe(faultOfBlock(block));
  return fault;
}

test("the program hashes as Node does, four messages of several blocks at once", () => {
  const { memory, blocks, digests } = sha256Program(1);
  const bytes = new Uint8Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  for (const count of [1, 2, 5]) {
    words.set(
      Int32Array.from({ length: 32 }, (_, i) => SHA256_INITIAL[i >> 2]!),
      2048 >> 2,
    );
    const at = [4096, 8192 + 1, 12_288 + 7, 16_384]; // wherever they lie
    at.forEach((from, message) => {
      for (let i = 0; i < 64 * count; i++) bytes[from + i] = (i * 31 + message * 7) & 0xff;
      bytes.fill(0, from + 64 * count - 9, from + 64 * count);
      bytes[from + 64 * count - 9] = 0x80;
      new DataView(memory.buffer).setUint32(from + 64 * count - 4, 8 * (64 * count - 9));
    });
    blocks(2048, at[0]!, at[1]!, at[2]!, at[3]!, count);
    digests(2048, 1536, 1568, 1600, 1632);
    at.forEach((from, message) => {
      const wanted = createHash("sha256")
        .update(bytes.slice(from, from + 64 * count - 9))
        .digest("hex");
      expect(Buffer.from(bytes.slice(1536 + 32 * message, 1568 + 32 * message)).toString("hex")).toBe(wanted);
    });
  }
});

describe("no fault in", () => {
  test("blocks of 1 to 40 transactions", () => {
    for (let count = 0; count < 40; count++) {
      expect(faultOf(blockOf(Array.from({ length: count }, (_, i) => (i * 53) % 200)))).toBeNull();
    }
  });

  test("transactions of all lengths around the block boundaries, in all lanes", () => {
    for (let size = 0; size < 140; size++) expect(faultOf(blockOf([size, 1, size, size + 1, 500, size]))).toBeNull();
  });

  test("a block of one long transaction among short ones", () => {
    expect(faultOf(blockOf([10, 100_000, 3, 2, 1, 70]))).toBeNull();
  });

  test("a block larger than Bitcoin allows, which is hashed otherwise", () => {
    expect(faultOf(blockOf([3_900_000, 200_000]))).toBeNull();
  });

  test("transactions with witnesses", () => {
    const block = blockOf([5, 60, 7]);
    expect(faultOf(withWitnesses(block))).toBeNull();
  });

  test("the blocks that the original indexed, and of none of them with a bit flipped", async () => {
    const { source } = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_small_0")!.path);
    const { height: last } = await source.tip();
    let blocks = 0;
    for (let height = 0; height <= last; height++) {
      const hash = await source.blockHashAt(blockHeight(height));
      if (hash === null) continue;
      blocks++;
      const block = await source.rawBlock(hash);
      expect(faultOf(block)).toBeNull();
      // In the coinbase's outpoint: behind header, count, version, marker and flag. Witnesses are in no Merkle root of ours.
      const at = 80 + 1 + 4 + 2 + 1 + (height % 36);
      expect(faultOf(block.map((byte, i) => (i === at ? byte ^ 4 : byte)))).not.toBeNull();
    }
    expect(blocks).toBeGreaterThan(50);
  });
});

/** The same block with a witness for each input, which its root does not cover. */
function withWitnesses(block: Uint8Array): Uint8Array {
  const raw: Uint8Array[] = [];
  for (const stripped of transactionsOf(block)) {
    const transaction = BitcoinTransaction.fromBuffer(serializeTransaction(stripped));
    transaction.setWitness(0, [new Uint8Array(71).fill(9), new Uint8Array(33).fill(2)]);
    raw.push(new Uint8Array(transaction.toBuffer()));
  }
  return concat(block.subarray(0, 80), compactSize(raw.length), ...raw);
}

describe("a fault in", () => {
  let block: Uint8Array;
  beforeAll(() => {
    block = blockOf([1, 60, 3, 200, 5, 64]);
  });

  test("a block cut short, or with something behind", () => {
    for (const size of [0, 79, 80, 81, 100, block.length - 1])
      expect(faultOf(block.subarray(0, size))).toBe("not-a-block");
    expect(faultOf(concat(block, Uint8Array.of(0)))).toBe("not-a-block");
  });

  test("a block whose first transaction is no coinbase", () => {
    const transactions = [ofSize(5, 1), ofSize(6, 2)];
    expect(faultOf(blockBehind(GENESIS, transactions, 1))).toBe("no-coinbase");
  });

  test("one whose last transactions are there twice", () => {
    const twice = [coinbase(1, Uint8Array.of(0x51)), ofSize(5, 1), ofSize(6, 2), ofSize(6, 2)];
    expect(faultOf(blockBehind(GENESIS, twice, 1))).toBe("duplicate-transactions");
  });

  test("the root, or any transaction", () => {
    for (const at of [36, 67, 82, 200, block.length - 1]) {
      expect(faultOf(block.map((byte, i) => (i === at ? byte ^ 1 : byte)))).toBe("merkle-root");
    }
  });
});
