/** Deep reorgs: followed to the first block without reading the common part again, or left to the operator. */
import { expect, test } from "vitest";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import { catchUp, type FollowOptions } from "../../src/fullnode/follow.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { digestOfAll } from "../support/indexed.ts";
import { TestChain } from "../support/test-chain.ts";
import { vectorFiles } from "../support/vector.ts";

async function opened(): Promise<{ file: ReplayFile; chain: TestChain; store: NodeStore; asked: string[] }> {
  const file = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!.path);
  const chain = await TestChain.of(file);
  const asked: string[] = [];
  chain.before = (method) => void asked.push(method);
  return { file, chain, store: NodeStore.open(":memory:", file.network), asked };
}

const pass = (source: TestChain, store: NodeStore, options: Partial<FollowOptions> = {}) =>
  catchUp({
    source,
    store,
    machine: bnsMachine(store.network),
    signal: new AbortController().signal,
    clock: () => 0,
    events: { progress: () => undefined, reorg: () => undefined },
    ...options,
  });

/** Every block's hashes, and the digest of all tables. */
function cameTo(store: NodeStore) {
  const blocks = store.rows("blocks").map((row) => [row["height"], row["hash"], row["consensus_hash"]]);
  return { blocks, digest: digestOfAll(store) };
}

async function fresh({ network }: ReplayFile, chain: TestChain) {
  const store = NodeStore.open(":memory:", network);
  await pass(chain, store);
  const came = cameTo(store);
  store.close();
  return came;
}

test("of every depth, back to before the first block: as a fresh node, and only the new blocks are read", async () => {
  const { file, chain, store, asked } = await opened();
  await pass(chain, store);
  const length = chain.height - chain.firstBlock + 1;
  for (const depth of [1, 2, 3, 7, 20, Math.floor(length / 2), length - 1, length]) {
    const { height } = chain;
    chain.reorganise(height - depth, 1, height + 1);
    asked.length = 0;
    await pass(chain, store);
    expect(asked.filter((method) => method === "rawBlock")).toHaveLength(depth + 1);
    const search = asked.slice(0, asked.indexOf("rawBlock")).filter((method) => method === "blockHashAt");
    // One question about our tip, one about the first new block, at most eleven more read ahead.
    expect(search.length).toBeLessThanOrEqual(2 * Math.log2(depth) + 2 + 1 + 12);
    expect(cameTo(store)).toEqual(await fresh(file, chain));
    chain.reorganise(chain.height, 0, height + 1);
    chain.cut(height + 1);
  }
  store.close();
});

test("deeper than the operator allows: nothing is taken back, until he says so", async () => {
  const { file, chain, store } = await opened();
  await pass(chain, store);
  const { height } = chain;
  const before = cameTo(store);
  chain.reorganise(height - 6, 1, height + 2);
  await expect(pass(chain, store, { maxReorg: 5 })).rejects.toMatchObject({
    kind: "unproven",
    exitCode: 4,
    rule: "reorg-too-deep",
    message: expect.stringContaining(`at block ${height - 6}, 6 blocks back, and at most 5`),
  });
  expect(cameTo(store)).toEqual(before);
  await pass(chain, store, { maxReorg: 6 });
  expect(cameTo(store)).toEqual(await fresh(file, chain));
  store.close();
});

test("a source that shares no block is no reorg to follow by itself", async () => {
  const { chain, store } = await opened();
  await pass(chain, store);
  const before = cameTo(store);
  const { height, firstBlock } = chain;
  chain.reorganise(firstBlock - 1, 2, height + 1);
  await expect(pass(chain, store, { maxReorg: 100 })).rejects.toMatchObject({ rule: "reorg-too-deep" });
  expect(cameTo(store)).toEqual(before);
  store.close();
});
