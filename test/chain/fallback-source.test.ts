import { beforeEach, describe, expect, test } from "vitest";
import { parseHeader } from "../../src/bitcoin/header.ts";
import { fallbackSource } from "../../src/chain/fallback-source.ts";
import type { BlockSource, ScannedBlock } from "../../src/chain/source.ts";
import { BskError } from "../../src/errors.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { MinedChain } from "../support/mined-chain.ts";

let a: MinedChain;
let b: MinedChain;
let c: MinedChain;
let told: string[];
let now: number;
let source: BlockSource;

beforeEach(() => {
  a = new MinedChain("a").mine(5);
  b = a.copy("b", 1);
  c = a.copy("c", 2);
  told = [];
  now = 0;
  source = fallbackSource(
    [a, b, c],
    {
      refused: (name, error) => told.push(`${name} refused: ${error.message}`),
      switched: (from, to) => told.push(`${from} -> ${to}`),
    },
    () => now,
  );
});

const fails = (chain: MinedChain, kind: "refuted" | "machine" | "cancelled") => {
  chain.before = () => {
    throw new BskError(kind, `${chain.description} is ${kind}`);
  };
};
const works = (chain: MinedChain) => {
  chain.before = () => undefined;
};
test("headers of the one that answers, out of whole blocks where it shows none", async () => {
  fails(a, "machine");
  const { hash, previousHash, time } = parseHeader(b.blocks[3]!);
  expect(await source.headerAt!(blockHeight(3))).toEqual({ hash, previousHash, time });
  expect(await source.headerAt!(blockHeight(6))).toBeNull();
  expect(told).toEqual(["a -> b"]);
});

const ask = () => source.blockHashAt(blockHeight(3));

describe("several sources", () => {
  test("the first is asked, and no other while it answers", async () => {
    expect(await ask()).toBe(a.hashOf(3));
    await source.tip();
    await source.rawBlock(a.hashOf(3)!);
    await source.spentScripts(a.hashOf(3)!, []);
    expect([source.description, b.asked, c.asked, told]).toEqual(["a", [], [], []]);
  });

  test("one that is out is passed over, and asked again later", async () => {
    fails(a, "machine");
    expect(await ask()).toBe(a.hashOf(3));
    expect([source.description, told]).toEqual(["b", ["a -> b"]]);
    works(a);
    now = 29_999;
    await source.tip();
    expect(source.description).toBe("b");
    now = 30_000;
    await source.tip();
    expect([source.description, told]).toEqual(["a", ["a -> b", "b -> a"]]);
  });

  test("a liar is never asked again, and named once", async () => {
    fails(a, "refuted");
    await ask();
    works(a);
    now = 1e9;
    await source.tip();
    await ask();
    expect([source.description, told]).toEqual(["b", ["a refused: a is refuted", "a -> b"]]);
    expect(a.asked).toHaveLength(1);
  });

  test("where all are out, that is an outage with the first one's words", async () => {
    for (const each of [a, b, c]) fails(each, "machine");
    await expect(ask()).rejects.toMatchObject({ kind: "machine", message: "a is machine" });
    expect(source.description).toBe("a");
    works(c);
    expect(await ask()).toBe(c.hashOf(3));
    expect(source.description).toBe("c");
  });

  test("where one is out and the others lie, it is waited for", async () => {
    fails(a, "refuted");
    fails(b, "machine");
    fails(c, "refuted");
    await expect(ask()).rejects.toMatchObject({ kind: "machine", message: "b is machine" });
    works(b);
    expect(await ask()).toBe(b.hashOf(3));
  });

  test("where all lie, it is over, and all are named", async () => {
    for (const each of [a, b, c]) fails(each, "refuted");
    await expect(ask()).rejects.toMatchObject({
      kind: "refuted",
      rule: "all-sources-refuted",
      hint: "a is refuted; b is refuted; c is refuted",
    });
    const [asked] = [a.asked.length];
    await expect(ask()).rejects.toMatchObject({ kind: "refuted" });
    expect(a.asked).toHaveLength(asked);
  });

  test("a single liar is told in its own words", async () => {
    fails(a, "refuted");
    const alone = fallbackSource([a], { refused: () => undefined, switched: () => undefined });
    await expect(alone.tip()).rejects.toMatchObject({ kind: "refuted", message: "a is refuted" });
  });

  test("one that looks through its blocks by itself does, until it fails", async () => {
    const found = (height: number) => ({ height }) as ScannedBlock;
    const marks = { magic: new Uint8Array(2), opcodes: new Set<number>() };
    const scanning = (failure: BskError | null): BlockSource => ({
      description: "files",
      tip: () => a.tip(),
      blockHashAt: (height) => a.blockHashAt(height),
      rawBlock: (hash) => a.rawBlock(hash),
      spentScripts: () => a.spentScripts(),
      scan: async function* (_marks, from, to) {
        for (let at = from; at <= to; at++) yield await Promise.resolve(found(at));
        if (failure !== null) throw failure;
      },
    });
    const events = { refused: (name: string) => told.push(name), switched: () => undefined };
    const scanned = async (failure: BskError | null, ...others: BlockSource[]) => {
      const both = fallbackSource([scanning(failure), ...others], events, () => now);
      const heights: number[] = [];
      for await (const { height } of both.scan!(marks, 3, 5)) heights.push(height);
      return { heights, source: both };
    };
    expect((await scanned(null)).heights).toEqual([3, 4, 5]);
    for (const kind of ["refuted", "machine"] as const) {
      const failure = new BskError(kind, "files failed");
      await expect(scanned(failure)).rejects.toBe(failure);
      const { heights, source: both } = await scanned(failure, b);
      expect([heights, both.description, both.scan]).toEqual([[3, 4, 5], "b", undefined]);
    }
    expect(told).toEqual(["files", "files"]);
  });

  test("what is neither a lie nor an outage is passed on", async () => {
    fails(a, "cancelled");
    await expect(ask()).rejects.toMatchObject({ kind: "cancelled" });
    a.before = () => {
      throw new TypeError("a bug");
    };
    await expect(ask()).rejects.toThrow(TypeError);
    expect(b.asked).toEqual([]);
  });
});
