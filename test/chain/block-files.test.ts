/** Block files as Bitcoin Core leaves them: in any order, obfuscated, with stale branches, growing, broken off. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseHeader } from "../../src/bitcoin/header.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { transactionId } from "../../src/bitcoin/transaction.ts";
import { BlockFiles } from "../../src/chain/block-files/block-files.ts";
import { concat, fromHex, toHex } from "../../src/primitives/bytes.ts";
import { blockHash, txidOf } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { BlockDirectoryWriter, type StoredBlock } from "../support/block-directory.ts";
import { branch, SCRIPTS, spendingChain } from "../support/spending-chain.ts";
import { transactionsOf } from "../support/undo-writer.ts";

const root = mkdtempSync(join(tmpdir(), "bsk-test-block-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const KEY = fromHex("0123456789abcdef");
const bitcoin = BITCOIN_CHAINS.regtest;
let directories = 0;
let chain: readonly StoredBlock[];
beforeAll(() => {
  chain = spendingChain();
});

const directory = (key: Uint8Array | null = null) => new BlockDirectoryWriter(join(root, String(directories++)), key);
const open = ({ path }: { readonly path: string }) => new BlockFiles({ path, bitcoin });
const hashOf = ({ raw }: StoredBlock) => parseHeader(raw).hash;
const tipOf = (blocks: readonly StoredBlock[]) => ({ height: blocks.length - 1, hash: hashOf(blocks.at(-1)!) });

/** The outputs that a block's transactions spend, and their scripts as the chain was made. */
function spentBy(block: StoredBlock) {
  const inputs = transactionsOf(block.raw)
    .slice(1)
    .flatMap((transaction) => transaction.inputs);
  const outpoints = inputs.map(({ previousTxid, previousIndex: index }) => ({ txid: txidOf(previousTxid), index }));
  const made = new Map(chain.flatMap(({ raw }) => outputsOf(raw)));
  return { outpoints, scripts: outpoints.map(({ txid, index }) => made.get(`${txid}:${index}`)!) };
}

function outputsOf(raw: Uint8Array): (readonly [string, Uint8Array])[] {
  return transactionsOf(raw).flatMap((transaction) => {
    const txid = transactionId(transaction);
    return transaction.outputs.map(({ script }, i) => [`${txid}:${i}`, script] as const);
  });
}

async function expectWhole(files: BlockFiles, blocks: readonly StoredBlock[] = chain): Promise<void> {
  expect(await files.tip()).toEqual(tipOf(blocks));
  for (const [height, block] of blocks.entries()) {
    const hash = (await files.blockHashAt(blockHeight(height)))!;
    expect(hash).toBe(hashOf(block));
    expect(toHex(await files.rawBlock(hash))).toBe(toHex(block.raw));
    const { outpoints, scripts } = spentBy(block);
    expect((await files.spentScripts(hash, outpoints)).map(toHex)).toEqual(scripts.map(toHex));
  }
  expect(await files.blockHashAt(blockHeight(blocks.length))).toBeNull();
  files.close();
}

describe("one chain, stored", () => {
  test("in order, and inputs that no scriptSig tells the script of are among what is spent", async () => {
    const written = directory();
    written.add(0, chain);
    const scripts = spentBy(chain[31]!).scripts.map(toHex);
    expect(scripts).toEqual(expect.arrayContaining(SCRIPTS.map(toHex)));
    await expectWhole(open(written));
  });

  test("obfuscated", async () => {
    const written = directory(KEY);
    written.add(0, chain);
    await expectWhole(open(written));
  });

  test("over several files, backwards in each, with undo data in an order of its own", async () => {
    const written = directory(KEY);
    [chain.slice(0, 9), chain.slice(9, 25), chain.slice(25)].forEach((blocks, number) => {
      written.add(number, blocks.toReversed(), [...blocks.slice(5), ...blocks.slice(0, 5)]);
    });
    await expectWhole(open(written));
  });

  test("in files that come before those of earlier blocks", async () => {
    const written = directory();
    written.add(0, chain.slice(20));
    written.add(1, chain.slice(0, 20));
    await expectWhole(open(written));
  });

  test("with reserved space behind, obfuscated or not, and twice the same block", async () => {
    for (const key of [null, KEY]) {
      const written = directory(key);
      written.add(0, [...chain.slice(0, 20), ...chain.slice(15, 20), ...chain.slice(20)]);
      written.reserve("blk", 0, 100_000);
      written.reserve("rev", 0, 10_000);
      await expectWhole(open(written));
    }
  });

  test("with stale branches, one of them longer for a while", async () => {
    const written = directory(KEY);
    written.add(0, [
      ...chain.slice(0, 15),
      ...branch(chain[10]!, 10, 8, 1),
      ...chain.slice(15, 35),
      ...branch(chain[30]!, 30, 9, 2),
      ...chain.slice(35),
    ]);
    await expectWhole(open(written));
  });

  test("with what a crash left between two blocks", async () => {
    const written = directory();
    const { messageStart } = bitcoin;
    written.add(0, chain.slice(0, 12));
    // A record without its block, one of a size that cannot be, and bytes that are none.
    written.append("blk", 0, fromHex(`${messageStart}ff000000`), new Uint8Array(255).fill(1));
    written.append("blk", 0, fromHex(`${messageStart}ffffffff`), fromHex(messageStart).subarray(0, 3));
    written.add(0, chain.slice(12));
    await expectWhole(open(written));
  });
});

describe("given as", () => {
  test("the data directory, that of the chain, or that of the blocks", async () => {
    const written = directory();
    written.add(0, chain);
    for (const path of ["", "regtest", "regtest/blocks"]) {
      expect(await open({ path: join(written.path, path) }).tip()).toEqual(tipOf(chain));
    }
  });

  test("a directory without any is a mistake of the user", () => {
    expect(() => open({ path: join(root, "nowhere") })).toThrow(
      expect.objectContaining({ kind: "usage", rule: "no-block-files" }) as Error,
    );
  });

  test("and so is another chain's, or another key", async () => {
    const main = new BlockDirectoryWriter(join(root, "main"), null, BITCOIN_CHAINS.bitcoin.messageStart);
    main.add(0, chain);
    await expect(open(main).tip()).rejects.toMatchObject({ kind: "usage", rule: "wrong-chain" });
    const written = directory(KEY);
    written.add(0, chain);
    const wrong = new BlockDirectoryWriter(written.path, fromHex("0123456789abcdee"));
    await expect(open(wrong).tip()).rejects.toMatchObject({ kind: "usage", rule: "wrong-chain" });
  });
});

describe("pruned", () => {
  test.each([
    ["from the start", [1, 2]],
    ["in the middle", [0, 2]],
  ])("%s: said at once", async (_where, kept) => {
    const written = directory();
    const parts = [chain.slice(0, 10), chain.slice(10, 20), chain.slice(20)];
    for (const number of kept) written.add(number, parts[number]!);
    await expect(open(written).tip()).rejects.toMatchObject({ kind: "machine", rule: "blocks-pruned" });
  });

  test("while it is read: said with the file that is gone", async () => {
    const written = directory();
    written.add(0, chain.slice(0, 20));
    written.add(1, chain.slice(20));
    const files = open(written);
    await files.tip();
    rmSync(written.file("blk", 0));
    await expect(files.rawBlock(hashOf(chain[5]!))).rejects.toMatchObject({
      kind: "machine",
      rule: "block-file-missing",
    });
  });

  test("without rev files: no script is guessed", async () => {
    const written = directory();
    written.add(0, chain);
    rmSync(written.file("rev", 0));
    const files = open(written);
    expect(await files.tip()).toEqual(tipOf(chain.slice(0, 1)));
    await expect(files.spentScripts(hashOf(chain[31]!), spentBy(chain[31]!).outpoints)).rejects.toMatchObject({
      kind: "machine",
      rule: "spent-scripts-unavailable",
    });
  });
});

describe("undo data", () => {
  test("of another block, with as many transactions, is not taken for the block's own", async () => {
    const written = directory();
    written.add(
      0,
      chain.map((block, height) => (height === 31 ? { ...block, undo: null } : block)),
    );
    const { outpoints } = spentBy(chain[31]!);
    await expect(open(written).spentScripts(hashOf(chain[31]!), outpoints)).rejects.toMatchObject({
      kind: "machine",
      rule: "spent-scripts-unavailable",
    });
  });

  test("with the block's checksum and other inputs is a lie", async () => {
    const written = directory();
    written.add(
      0,
      chain.map((block, height) => (height === 31 ? { ...block, undo: chain[30]!.undo } : block)),
    );
    const { outpoints } = spentBy(chain[31]!);
    await expect(open(written).spentScripts(hashOf(chain[31]!), outpoints)).rejects.toMatchObject({
      kind: "refuted",
      rule: "undo-mismatch",
    });
  });
});

test("a block written anew over the one that was there is not taken for it", async () => {
  const written = directory();
  written.add(0, chain);
  const files = open(written);
  await files.tip();
  written.cut(
    "blk",
    0,
    chain.reduce((size, { raw }) => size + 8 + raw.length, 0),
  );
  written.add(0, [chain[0]!, ...chain.slice(2)]);
  await expect(files.rawBlock(hashOf(chain[20]!))).rejects.toMatchObject({ rule: "block-files-changed" });
});

test("what is no such block is the machine's fault", async () => {
  const written = directory();
  written.add(0, chain);
  const files = open(written);
  await expect(files.rawBlock(blockHash("11".repeat(32)))).rejects.toMatchObject({ rule: "no-such-block" });
  const { outpoints } = spentBy(chain[31]!);
  await expect(files.spentScripts(hashOf(chain[30]!), outpoints)).rejects.toMatchObject({ rule: "no-such-output" });
});

describe("growing", () => {
  const half = 25;

  test("new blocks are seen at the next look, in the same file and in new ones", async () => {
    const written = directory(KEY);
    written.add(0, chain.slice(0, half));
    const files = open(written);
    expect(await files.tip()).toEqual(tipOf(chain.slice(0, half)));
    written.add(0, chain.slice(half, half + 3));
    expect(await files.blockHashAt(blockHeight(half))).toBeNull();
    expect(await files.tip()).toEqual(tipOf(chain.slice(0, half + 3)));
    written.add(1, chain.slice(half + 3, half + 6));
    written.add(2, chain.slice(half + 6));
    await expectWhole(files);
  });

  test("over reserved space", async () => {
    const written = directory(KEY);
    written.add(0, chain.slice(0, half));
    written.reserve("blk", 0, 5000);
    written.reserve("rev", 0, 5000);
    const files = open(written);
    expect(await files.tip()).toEqual(tipOf(chain.slice(0, half)));
    written.cut("blk", 0, 5000);
    written.cut("rev", 0, 5000);
    written.add(0, chain.slice(half));
    written.reserve("blk", 0, 5000);
    await expectWhole(files);
  });

  test("a block that is partly written does not count until it is whole, wherever it breaks off", async () => {
    const block = chain[half]!;
    for (let missing = 1; missing <= block.raw.length + 8; missing += 37) {
      for (const reserved of [0, 10_000]) {
        const written = directory(KEY);
        written.add(0, chain.slice(0, half + 1));
        written.cut("blk", 0, missing);
        written.reserve("blk", 0, reserved);
        const files = open(written);
        expect(await files.tip()).toEqual(tipOf(chain.slice(0, half)));
        written.cut("blk", 0, block.raw.length + 8 - missing + reserved);
        written.add(0, chain.slice(half));
        await expectWhole(files);
      }
    }
  });

  test("nor does one whose undo data is not there yet, or broken off", async () => {
    const written = directory(KEY);
    written.add(0, [...chain.slice(0, half), ...chain.slice(half).map(({ raw }) => ({ raw, undo: null }))]);
    const files = open(written);
    expect(await files.tip()).toEqual(tipOf(chain.slice(0, half)));
    written.addUndo(0, chain.slice(half));
    written.cut("rev", 0, 1);
    expect(await files.tip()).toEqual(tipOf(chain.slice(0, -1)));
    written.cut("rev", 0, 32 + 8 + chain.at(-1)!.undo!.length - 1);
    written.addUndo(0, chain.slice(-1));
    await expectWhole(files);
  });

  test("a longer branch takes over, and back", async () => {
    const written = directory();
    written.add(0, chain.slice(0, 30));
    const files = open(written);
    const fork = 20;
    await files.tip();
    const other = [...chain.slice(0, fork + 1), ...branch(chain[fork]!, fork, 12, 3)];
    written.add(0, other.slice(fork + 1));
    await expectWhole(files, other);
    const back = open(written);
    await back.tip();
    written.add(0, chain.slice(30));
    await expectWhole(back);
  });
});

test("thousands of headers, with the last first", async () => {
  const long = [chain[0]!, ...branch(chain[0]!, 0, 9000, 9)];
  const written = directory(KEY);
  written.add(0, [long[0]!, ...long.slice(1, 6000).toReversed()]);
  written.add(1, long.slice(6000));
  const files = open(written);
  expect(await files.tip()).toEqual(tipOf(long));
  for (const height of [0, 1, 4095, 4096, 5999, 6000, 9000]) {
    expect(await files.blockHashAt(blockHeight(height))).toBe(hashOf(long[height]!));
  }
  expect(concat(await files.rawBlock(hashOf(long[7000]!)))).toEqual(long[7000]!.raw);
});
