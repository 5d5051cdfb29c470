/** Following a chain that grows, forks, ends early, stops answering and contradicts itself. */
import { describe, expect, test } from "vitest";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import { BskError } from "../../src/errors.ts";
import { catchUp, type FollowOptions } from "../../src/fullnode/follow.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { type Network, networkOf } from "../../src/protocol/network-definition.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { TestChain } from "../support/test-chain.ts";
import { vectorFiles } from "../support/vector.ts";

const vector = (wanted: string) => vectorFiles().find(({ name }) => name === wanted)!;

async function opened(wanted: string): Promise<{ file: ReplayFile; chain: TestChain; store: NodeStore }> {
  const file = await readReplayFile(vector(wanted).path);
  return { file, chain: await TestChain.of(file), store: NodeStore.open(":memory:", file.network) };
}

interface Told {
  readonly reached: number[];
  readonly reorgs: { readonly forkHeight: number; readonly depth: number }[];
}

/** One pass, and what it told. */
async function pass(
  chain: TestChain,
  store: NodeStore,
  network: Network = store.network,
  options: Partial<FollowOptions> = {},
): Promise<Told & { readonly height: number | null }> {
  const told: Told = { reached: [], reorgs: [] };
  const height = await catchUp({
    source: chain,
    store,
    machine: bnsMachine(network),
    signal: new AbortController().signal,
    clock: () => 0,
    events: {
      progress: (at) => told.reached.push(at.height),
      reorg: ({ forkHeight, depth }) => told.reorgs.push({ forkHeight, depth }),
    },
    ...options,
  });
  return { ...told, height };
}

async function freshDigest(chain: TestChain, network: Network): Promise<string> {
  const store = NodeStore.open(":memory:", network);
  await pass(chain, store);
  const digest = store.digest();
  store.close();
  return digest;
}

/** The same numbers on every run. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
}

describe("a chain that forks: the result is that of a fresh node", () => {
  test.each(["fuzz/fuzz_e1", "fuzz/fuzz_e3", "scenarios/same_block_pairs"])("%s", async (name) => {
    const { file, chain, store } = await opened(name);
    const below = numbersFrom(name.length);
    const { firstBlock, fileHeight } = chain;
    await pass(chain, store);
    for (let round = 0; round < 8; round++) {
      const before = chain.height;
      const fork = Math.max(firstBlock - 1, before - 1 - below(round < 4 ? 3 : fileHeight - firstBlock));
      const height = Math.max(fork + 1, before - below(3) + below(5));
      chain.reorganise(fork, below(3), height);
      const told = await pass(chain, store);
      expect(told.reorgs).toEqual([{ forkHeight: fork, depth: before - fork }]);
      expect(store.tip()).toEqual(expect.objectContaining(await chain.tip()));
      expect(store.digest()).toBe(await freshDigest(chain, file.network));
    }
    store.close();
  });

  test("while it is being read", async () => {
    const { file, chain, store } = await opened("fuzz/fuzz_e3");
    let asked = 0;
    chain.before = (method) => {
      if (method === "rawBlock" && ++asked === 20) chain.reorganise(chain.firstBlock + 3, 1, chain.height + 1);
    };
    const { height } = await pass(chain, store);
    expect(height).toBe(chain.height);
    expect(store.digest()).toBe(await freshDigest(chain, file.network));
    store.close();
  });
});

describe("a chain that ends early", () => {
  test("below our tip, on the same branch: the source is behind, nothing is taken back", async () => {
    const { chain, store } = await opened("scenarios/basic_epoch3");
    await pass(chain, store);
    const digest = store.digest();
    chain.cut(chain.height - 5);
    expect(await pass(chain, store)).toMatchObject({ reorgs: [], reached: [] });
    expect(store.digest()).toBe(digest);
    store.close();
  });

  test("below the network's first block: nothing to index, which is no failure", async () => {
    const { chain, store } = await opened("scenarios/basic_epoch3");
    chain.cut(chain.firstBlock - 1);
    chain.tip = () => Promise.resolve({ height: chain.firstBlock - 1, hash: "" as never } as never);
    expect(await pass(chain, store)).toEqual({ height: null, reorgs: [], reached: [] });
    store.close();
  });
});

describe("confirmations", () => {
  test("the last blocks wait for them, and a fork among those is never seen", async () => {
    const { file, chain } = await opened("scenarios/basic_epoch3");
    const network = networkOf({ ...file.network, confirmations: 6 });
    const store = NodeStore.open(":memory:", network);
    expect((await pass(chain, store)).height).toBe(chain.height - 6);
    chain.reorganise(chain.height - 6, 2, chain.height);
    expect((await pass(chain, store)).reorgs).toEqual([]);
    chain.reorganise(chain.height - 7, 0, chain.height + 1);
    expect((await pass(chain, store)).reorgs).toEqual([{ forkHeight: chain.height - 8, depth: 1 }]);
    expect(store.tip()?.height).toBe(chain.height - 6);
    store.close();
  });
});

describe("trouble", () => {
  test("a source that fails in the middle: what was read is kept, and the next pass goes on there", async () => {
    const { file, chain, store } = await opened("fuzz/fuzz_e3");
    let left = 25;
    chain.before = (method) => {
      if (method === "rawBlock" && left-- <= 0) throw new BskError("machine", "the line is dead");
    };
    await expect(pass(chain, store)).rejects.toMatchObject({ message: "the line is dead" });
    expect(store.tip()?.height).toBe(chain.firstBlock + 24);
    chain.before = () => undefined;
    await pass(chain, store);
    expect(store.digest()).toBe(await freshDigest(chain, file.network));
    store.close();
  });

  test("stopped in the middle: whole blocks, and the next pass goes on", async () => {
    const { file, chain, store } = await opened("fuzz/fuzz_e3");
    const stopping = new AbortController();
    let left = 25;
    chain.before = (method) => {
      if (method === "rawBlock" && left-- === 0) stopping.abort();
    };
    const { height } = await pass(chain, store, file.network, { signal: stopping.signal });
    expect(height).toBeLessThan(chain.height);
    chain.before = () => undefined;
    await pass(chain, store);
    expect(store.digest()).toBe(await freshDigest(chain, file.network));
    store.close();
  });

  test("blocks that never follow each other are a lie", async () => {
    const { chain, store } = await opened("scenarios/basic_epoch3");
    const honest = chain.rawBlock.bind(chain);
    const wrong = await chain.blockHashAt(chain.firstBlock);
    chain.rawBlock = async (hash) => honest(hash === (await chain.tip()).hash ? wrong! : hash);
    await expect(pass(chain, store)).rejects.toMatchObject({ kind: "refuted" });
    store.close();
  });

  test("bytes that are no block are a lie", async () => {
    const { chain, store } = await opened("scenarios/basic_epoch3");
    chain.rawBlock = () => Promise.resolve(new Uint8Array(10));
    await expect(pass(chain, store)).rejects.toMatchObject({ kind: "refuted" });
    expect(store.tip()).toBeNull();
    store.close();
  });

  test("an epoch with tokens, without the file of who holds them: everything up to the block before is kept", async () => {
    const { network } = await readReplayFile(vector("scenarios/basic_epoch4").path);
    const epochs = network.epochs.map((epoch) => (epoch.number === 3 ? { ...epoch, endBlock: 690 } : epoch));
    const named = networkOf({ ...network, epochs, allocation: "allocation.json" });
    const chain = await TestChain.of(await readReplayFile(vector("scenarios/basic_epoch4").path));
    const store = NodeStore.open(":memory:", named);
    await expect(pass(chain, store)).rejects.toMatchObject({ kind: "machine", rule: "epoch-not-supported" });
    expect(store.tip()?.height).toBe(690);
    store.close();
  });
});

test("progress tells where it is, how fast, and how long it takes", async () => {
  const { chain, store } = await opened("scenarios/same_block_pairs");
  const seen: unknown[] = [];
  let now = 0;
  await pass(chain, store, store.network, {
    clock: () => (now += 400),
    events: { progress: (at) => seen.push(at), reorg: () => undefined },
  });
  const { height } = await chain.tip();
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.at(-1)).toMatchObject({ height, target: height, secondsLeft: 0 });
  for (const at of seen) expect(at).toMatchObject({ target: height });
  store.close();
});
