/** The fork watch: what lagging followers see, in how many questions, and what a node tells of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import { BskError } from "../../src/errors.ts";
import { catchUp } from "../../src/fullnode/follow.ts";
import { compare, type Comparison, followersOf, type Hashes } from "../../src/fullnode/fork-watch.ts";
import { differenceOf } from "../../src/fullnode/node-difference.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { watcher, type Witness } from "../../src/fullnode/watcher.ts";
import { type Network, networkOf } from "../../src/protocol/network-definition.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { TestChain } from "../support/test-chain.ts";
import { vectorFiles } from "../support/vector.ts";

/** A chain in words: what its blocks and its names hash to. */
const hashesOf = (blockFork: number, rulesFork: number) => (height: number) =>
  ({
    blockHash: `block ${height}${height > blockFork ? " other" : ""}`,
    consensusHash: `names ${height}${height > Math.min(blockFork, rulesFork) ? " other" : ""}`,
  }) as unknown as Hashes;

const OURS = hashesOf(Infinity, Infinity);

function ask(tip: number, first: number, theirs: (height: number) => Hashes | null): [Comparison, number] {
  const search = compare(followersOf(tip, first, OURS), first, OURS);
  let questions = 0;
  let step = search.next();
  for (; step.done !== true; questions++) step = search.next(theirs(step.value));
  return [step.value, questions];
}

describe("followers", () => {
  test("stand 1, 2, 4, 8, … blocks behind the tip, and keep both hashes of their heights", () => {
    const followers = followersOf(100, 1, OURS);
    expect(followers.map(({ height }) => height)).toEqual([99, 98, 96, 92, 84, 68, 36]);
    expect(followers[3]).toEqual({ height: 92, ...OURS(92) });
    expect(followersOf(5, 5, OURS)).toEqual([]);
    expect(followersOf(292_000, 1, OURS)).toHaveLength(19);
  });

  test("a source that agrees is asked once", () => {
    expect(ask(1000, 1, OURS)).toEqual([{ kind: "agrees", height: 999 }, 1]);
  });

  test("a source that is behind is compared where it can be, or not at all", () => {
    expect(ask(1000, 1, (height) => (height > 990 ? null : OURS(height)))[0]).toEqual({ kind: "agrees", height: 984 });
    expect(ask(1000, 1, () => null)[0]).toEqual({ kind: "behind" });
  });

  test("a fork of any depth is found in a logarithmic number of questions", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 299_999 }), (depth) => {
        const [found, questions] = ask(300_000, 1, hashesOf(300_000 - depth, Infinity));
        expect(found).toEqual({ kind: "fork", forkHeight: 300_000 - depth });
        expect(questions).toBeLessThanOrEqual(2 * Math.log2(depth) + 3);
      }),
    );
  });

  test("other operations in the same blocks are a difference in rules, at the first height where it shows", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 299_999 }), (depth) => {
        const [found, questions] = ask(300_000, 1, hashesOf(Infinity, 300_000 - depth));
        expect(found).toEqual({ kind: "rules", height: 300_000 - depth + 1 });
        expect(questions).toBeLessThanOrEqual(2 * Math.log2(depth) + 3);
      }),
    );
  });

  test("a Bitcoin source knows no consensus hashes, and refutes none", () => {
    const blind = (height: number) => ({ ...hashesOf(Infinity, 10)(height), consensusHash: null as never });
    expect(ask(1000, 1, blind)[0]).toEqual({ kind: "agrees", height: 999 });
  });
});

async function opened(): Promise<{ file: ReplayFile; chain: TestChain; store: NodeStore }> {
  const file = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!.path);
  const chain = await TestChain.of(file);
  const store = await indexed(chain, file.network);
  return { file, chain, store };
}

async function indexed(chain: TestChain, network: Network): Promise<NodeStore> {
  const store = NodeStore.open(":memory:", network);
  await follow(chain, store);
  return store;
}

const follow = (source: TestChain, store: NodeStore) =>
  catchUp({
    source,
    store,
    machine: bnsMachine(store.network),
    signal: new AbortController().signal,
    clock: () => 0,
    events: { progress: () => undefined, reorg: () => undefined },
  });

const nodeOf = (store: NodeStore): Witness => ({
  description: "another node",
  blockHashAt: (height) => Promise.resolve(store.blockHashAt(height)),
  consensusHashAt: (height) => Promise.resolve(store.consensusHashAt(height)),
});

/** Lets answers that are there already be taken: nothing here waits for anything else. */
async function settled(): Promise<void> {
  for (let i = 0; i < 500; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A watch with what it logs. */
function watching(store: NodeStore, witnesses: readonly Witness[]) {
  const told: unknown[] = [];
  const watch = watcher({
    store,
    witnesses,
    log: ({ event, fields }) => told.push({ event, ...fields }),
    now: () => 5_000,
  });
  return { watch, told };
}

describe("a node", () => {
  test("notices a deep reorg of its own source before it follows, with its depth", async () => {
    const { chain, store } = await opened();
    const { watch, told } = watching(store, []);
    watch.afterFollowing();
    await watch.beforeFollowing(chain);
    expect(watch.status()).toMatchObject({ lastReorg: null, deepestReorg: 0 });
    const { height } = chain;
    for (const depth of [30, 1]) {
      chain.reorganise(height - depth, 1, height);
      await watch.beforeFollowing(chain);
      await follow(chain, store);
      watch.afterFollowing();
      expect(watch.status()).toMatchObject({
        lastReorg: { forkHeight: height - depth, depth, at: 5 },
        deepestReorg: 30,
      });
    }
    expect(told).toEqual(
      [30, 1].map((depth) => ({ event: "fork-seen", source: "a test chain", height: height - depth, depth })),
    );
    store.close();
  });

  test("tells another chain and other rules apart, says each once, and that it is over", async () => {
    const { file, chain, store } = await opened();
    const fork = await TestChain.of(file);
    fork.reorganise(chain.height - 9, 1, chain.height + 1);
    const strict = await indexed(chain, networkOf({ ...file.network, maxNamesPerSender: 1 }));
    const first = store
      .rows("blocks")
      .find(({ height, consensus_hash }) => strict.consensusHashAt(Number(height)) !== consensus_hash);
    const firstOther = Number(first!["height"]);
    const silent: Witness = {
      description: "nobody",
      blockHashAt: () => Promise.reject(new BskError("machine", "no answer")),
    };
    const { watch, told } = watching(store, [nodeOf(store), fork, nodeOf(strict), silent]);
    for (let poll = 0; poll < 3; poll++) {
      watch.afterFollowing();
      await settled();
    }
    const { height } = chain;
    expect(watch.status().witnesses).toEqual([
      { source: "another node", verdict: "agrees", height: height - 1, depth: 0 },
      { source: "a test chain", verdict: "fork", height: height - 9, depth: 9 },
      { source: "another node", verdict: "rules", height: firstOther, depth: height - firstOther + 1 },
      { source: "nobody", verdict: "silent", height: null, depth: 0 },
    ]);
    expect(told).toEqual([
      { event: "fork-seen", source: "a test chain", height: height - 9, depth: 9 },
      { event: "rules-differ", source: "another node", height: firstOther, depth: height - firstOther + 1 },
    ]);
    watch.stop();
    strict.close();
    store.close();
  });
});

describe("two nodes compared", () => {
  const compared = (of: NodeStore) => ({
    tip: () => Promise.resolve(of.tip()?.height ?? null),
    blockAt: (height: number) => Promise.resolve(of.queries.block(height)),
    operationsAt: (height: number) => Promise.resolve(of.queries.operationsAt(height, { offset: 0, count: 1000 })),
  });

  test("the first block with other operations, and what each accepted there", async () => {
    const { file, chain, store } = await opened();
    const strict = await indexed(chain, networkOf({ ...file.network, maxNamesPerSender: 1 }));
    const { firstBlock } = file.network;
    const found = await differenceOf(compared(store), compared(strict), firstBlock);
    if (found.kind !== "rules") throw new Error(`not a difference in rules: ${found.kind}`);
    expect(found.ours.blockHash).toBe(found.theirs.blockHash);
    expect(store.consensusHashAt(found.height - 1)).toBe(strict.consensusHashAt(found.height - 1));
    expect(store.consensusHashAt(found.height)).not.toBe(strict.consensusHashAt(found.height));
    const only = found.ours.operations.filter(({ both }) => !both).map(({ txid }) => txid);
    expect(only.length).toBeGreaterThan(0);
    for (const txid of only) expect(strict.queries.transaction(txid)).toMatchObject({ kind: "rejected" });
    strict.close();
    store.close();
  });

  test("another chain, the same one, and none", async () => {
    const { file, chain, store } = await opened();
    const { firstBlock } = file.network;
    const other = await TestChain.of(file);
    other.reorganise(chain.height - 20, 3, chain.height - 2);
    const fork = await indexed(other, file.network);
    const found = await differenceOf(compared(store), compared(fork), firstBlock);
    expect(found).toMatchObject({ kind: "chain" });
    const same = await indexed(chain, file.network);
    same.rollBack();
    expect(await differenceOf(compared(store), compared(same), firstBlock)).toEqual({
      kind: "same",
      height: chain.height - 1,
    });
    const empty = NodeStore.open(":memory:", file.network);
    expect(await differenceOf(compared(store), compared(empty), firstBlock)).toEqual({ kind: "nothing-in-common" });
    for (const each of [store, fork, same, empty]) each.close();
  });
});
