import { beforeAll, describe, expect, test } from "vitest";
import { HEADER_SIZE, parseHeader } from "../../src/bitcoin/header.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import type { KnownBlocks } from "../../src/chain/checked-headers.ts";
import { checkedSource } from "../../src/chain/checked-source.ts";
import type { BlockSource, HeaderedSource } from "../../src/chain/source.ts";
import { BskError } from "../../src/errors.ts";
import { concat } from "../../src/primitives/bytes.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { withProof } from "../support/mined.ts";
import { minedBlock, MinedChain } from "../support/mined-chain.ts";

const { regtest: REGTEST, bitcoin: MAIN } = BITCOIN_CHAINS;
const NOTHING: KnownBlocks = { tip: () => null, blockHashAt: () => null };
let honest: MinedChain;

beforeAll(() => {
  honest = new MinedChain("an honest node").mine(40);
});

/** What was indexed of a chain, up to a height. */
const knownOf = (chain: MinedChain, height: number): KnownBlocks => ({
  tip: () => ({ height }),
  blockHashAt: (at) => (at >= 1 && at <= height ? chain.hashOf(at) : null),
});

const checked = (source: HeaderedSource, known = NOTHING): BlockSource => checkedSource(source, REGTEST, 1, known);
const hashAt = (source: BlockSource, height: number) => source.blockHashAt(blockHeight(height));

/** The honest chain with one header or block replaced, and what follows it honestly linked or not. */
function lying(change: (blocks: Uint8Array[]) => void): MinedChain {
  const liar = honest.copy("a liar", 0x7000);
  change(liar.blocks);
  return liar;
}

describe("an honest source", () => {
  test("is told as it is: hashes, blocks, and nothing above the tip", async () => {
    const source = checked(honest);
    expect(source.description).toBe(honest.description);
    expect(await source.tip()).toEqual({ height: 40, hash: honest.hashOf(40) });
    for (const at of [3, 1, 0, 40, 17]) expect(await hashAt(source, at)).toBe(honest.hashOf(at));
    expect(await hashAt(source, 41)).toBeNull();
    expect(await source.rawBlock(honest.hashOf(7)!)).toEqual(honest.blocks[7]);
  });

  test("is asked for headers in portions, not for each hash", async () => {
    const chain = honest.copy("counted", 1);
    const source = checked(chain);
    const hashes = await Promise.all(Array.from({ length: 40 }, (_, i) => hashAt(source, i + 1)));
    expect(hashes).toEqual(Array.from({ length: 40 }, (_, i) => chain.hashOf(i + 1)));
    expect(chain.asked.length).toBeLessThan(8);
  });

  test("goes on from what was indexed, and reads no header twice", async () => {
    const chain = honest.copy("counted", 1);
    const source = checked(chain, knownOf(honest, 30));
    expect(await hashAt(source, 31)).toBe(honest.hashOf(31));
    expect(await hashAt(source, 5)).toBe(honest.hashOf(5));
    expect(chain.asked.filter((method) => method === "headers")).toHaveLength(2);
  });

  test("shows what headers say, below what was indexed too, and asks for no block", async () => {
    const chain = honest.copy("counted", 1);
    const source = checked(chain, knownOf(honest, 30));
    for (const at of [31, 40, 5, 30, 1]) {
      const { hash, previousHash, time } = parseHeader(honest.blocks[at]!);
      expect(await source.headerAt!(blockHeight(at))).toEqual({ hash, previousHash, time });
    }
    expect(await source.headerAt!(blockHeight(41))).toBeNull();
    expect(chain.asked).not.toContain("rawBlock");
  });

  test("grows, and follows a reorganisation of any depth, also back again", async () => {
    const chain = honest.copy("a node", 500);
    const source = checked(chain, knownOf(honest, 40));
    expect(await hashAt(source, 40)).toBe(honest.hashOf(40));
    for (const depth of [1, 2, 13, 39, 40]) {
      const before = chain.blocks;
      chain.blocks = honest.copy("", 0).cutTo(40 - depth).blocks;
      chain.mine(depth + 3);
      await source.tip();
      for (let at = 1; at <= chain.height; at++) expect(await hashAt(source, at)).toBe(chain.hashOf(at));
      chain.blocks = before;
      await source.tip();
      for (let at = 40; at >= 1; at--) expect(await hashAt(source, at)).toBe(chain.hashOf(at));
    }
  });

  test("may change its chain between two of our questions", async () => {
    const chain = honest.copy("a node", 900);
    const source = checked(chain);
    expect(await hashAt(source, 40)).toBe(honest.hashOf(40));
    chain.mine(20);
    await source.tip();
    let questions = 0;
    chain.before = (method) => {
      if (method === "headers" && ++questions === 1) chain.cutTo(35).mine(30);
    };
    expect(await hashAt(source, 60)).toBe(chain.hashOf(60));
    expect(questions).toBeGreaterThan(1);
  });

  test("may be behind: it says nothing of what it does not have yet", async () => {
    const source = checked(honest.copy("behind", 1).cutTo(20), knownOf(honest, 30));
    expect(await hashAt(source, 20)).toBe(honest.hashOf(20));
    expect(await hashAt(source, 30)).toBeNull();
    const fresh = checkedSource(honest, MAIN, 400_000, NOTHING);
    expect(await hashAt(fresh, 400_000)).toBeNull(); // below the checkpoint nothing is known of it
  });

  test("that is out is no liar", async () => {
    const chain = honest.copy("out", 1);
    chain.before = () => {
      throw new BskError("machine", "out", { rule: "unreachable" });
    };
    const source = checked(chain);
    await expect(hashAt(source, 3)).rejects.toMatchObject({ kind: "machine", rule: "unreachable" });
    chain.before = () => undefined;
    expect(await hashAt(source, 3)).toBe(honest.hashOf(3));
  });
});

describe("a lying source is refuted", () => {
  const replaced = (at: number, change: (block: Uint8Array) => Uint8Array) =>
    lying((blocks) => {
      blocks[at] = change(blocks[at]!.slice());
    });
  const flip = (block: Uint8Array, at: number): Uint8Array => {
    block[at]! ^= 1;
    return block;
  };
  const bits = (block: Uint8Array, value: number): Uint8Array => {
    new DataView(block.buffer).setUint32(72, value, true);
    return block;
  };

  test.each<[string, string, () => MinedChain]>([
    ["a header that follows another block", "not-linked", () => replaced(20, (block) => withProof(flip(block, 10)))],
    ["a header in the place of another", "not-linked", () => replaced(20, () => honest.blocks[19]!)],
    ["a header of another height", "not-linked", () => replaced(20, () => honest.blocks[30]!)],
    ["a header without proof of work", "no-proof-of-work", () => replaced(20, (block) => bits(block, 0x1d00ffff))],
    ["an easier target than there is", "target-out-of-range", () => replaced(20, (block) => bits(block, 0x2100ffff))],
    ["no target at all", "target-out-of-range", () => replaced(20, (block) => bits(block, 0))],
    ["half a header", "not-a-header", () => replaced(20, (block) => block.subarray(0, 40))],
    ["another first block", "wrong-chain", () => replaced(0, (block) => withProof(flip(block, 70)))],
  ])("%s", async (_what, rule, make) => {
    const source = checked(make());
    await expect(hashAt(source, 25)).rejects.toMatchObject({ kind: "refuted", rule });
    expect(String(await hashAt(source, 25).catch((error: unknown) => error))).toContain("a liar");
  });

  test("a chain of proofs that are worth less than the chain asks for", async () => {
    const easy = { ...MAIN, genesisHash: REGTEST.genesisHash, easiestBits: REGTEST.easiestBits, checkpoint: null };
    const chain = honest.copy("a liar", 1).cutTo(5);
    chain.blocks.push(minedBlock(chain.hashOf(5)!, 1, 0x2000ffff)); // harder than asked is wrong as well
    const source = checkedSource(chain, easy, 1, NOTHING);
    expect(await hashAt(checkedSource(honest, easy, 1, NOTHING), 6)).toBe(honest.hashOf(6));
    await expect(hashAt(source, 6)).rejects.toMatchObject({ rule: "wrong-difficulty" });
  });

  test("another chain than the one that is known by its checkpoint", async () => {
    const marked = { ...REGTEST, checkpoint: { height: 10, hash: honest.hashOf(10)! } };
    expect(await hashAt(checkedSource(honest, marked, 11, NOTHING), 20)).toBe(honest.hashOf(20));
    const other = new MinedChain("a liar", 0x9000).mine(30);
    await expect(hashAt(checkedSource(other, marked, 11, NOTHING), 20)).rejects.toMatchObject({ rule: "wrong-chain" });
    expect(await hashAt(checkedSource(other, marked, 1, NOTHING), 20)).toBe(other.hashOf(20)); // it starts below
  });

  test("another header than the one whose hash is known", async () => {
    const long = new MinedChain("long").mine(4100); // block 5 is no longer needed to judge the next one
    const source = checked(long, knownOf(long, 4100));
    expect(await source.headerAt!(blockHeight(5))).toMatchObject({
      hash: long.hashOf(5),
      previousHash: long.hashOf(4),
    });
    const headers = long.headers.bind(long);
    long.headers = async (from, count) =>
      count === 1 ? [minedBlock(long.hashOf(4)!, 99).slice(0, HEADER_SIZE)] : headers(from, count);
    await expect(source.headerAt!(blockHeight(5))).rejects.toMatchObject({ kind: "refuted", rule: "wrong-header" });
  });

  test("a tip without headers", async () => {
    const chain = honest.copy("a liar", 1);
    chain.tip = () => Promise.resolve({ height: blockHeight(1_000_000), hash: honest.hashOf(40)! });
    await expect(hashAt(checked(chain), 50)).rejects.toMatchObject({ kind: "refuted", rule: "not-linked" });
  });

  test("another hash is not believed before its headers are shown and proven", async () => {
    const liar = honest.copy("a liar", 1);
    liar.blockHashAt = (height: number) => Promise.resolve(honest.hashOf(height < 35 ? height : 1));
    expect(await hashAt(checked(liar, knownOf(honest, 40)), 40)).toBe(honest.hashOf(40));
    const unproven = minedBlock(honest.hashOf(34)!, 1, 0x1d00ffff);
    liar.blocks = [...honest.blocks.slice(0, 35), unproven, ...honest.blocks.slice(36)];
    await expect(hashAt(checked(liar, knownOf(honest, 40)), 40)).rejects.toMatchObject({ rule: "no-proof-of-work" });
  });

  test("blocks: another, with another transaction, with one twice, cut short, with bytes behind", async () => {
    const wanted = honest.hashOf(7)!;
    const right = honest.blocks[7]!;
    const twice = concat(right.subarray(0, HEADER_SIZE), Uint8Array.of(2), right.subarray(81), right.subarray(81));
    const lies: [string, Uint8Array][] = [
      ["block-hash-mismatch", honest.blocks[8]!],
      ["block-hash-mismatch", right.subarray(0, 79)],
      ["merkle-root", flip(right.slice(), right.length - 1)],
      ["merkle-root", twice],
      ["not-a-block", right.subarray(0, -1)],
      ["not-a-block", right.subarray(0, HEADER_SIZE)],
      ["not-a-block", concat(right, Uint8Array.of(0))],
    ];
    for (const [rule, bytes] of lies) {
      const liar = honest.copy("a liar", 1);
      liar.rawBlock = () => Promise.resolve(bytes);
      await expect(checked(liar).rawBlock(wanted), rule).rejects.toMatchObject({ kind: "refuted", rule });
    }
  });
});
