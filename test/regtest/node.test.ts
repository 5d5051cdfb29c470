/** The full node on a real Bitcoin node: it indexes, follows, stops anywhere, and ends up the same. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { address, p2pkhAddress, scriptOf } from "../../src/bitcoin/address.ts";
import { bitcoindBlocks } from "../../src/chain/bitcoind-blocks.ts";
import type { BlockSource } from "../../src/chain/source.ts";
import { type NodeEvent, type RunningNode, startNode } from "../../src/fullnode/node.ts";
import { concat, fromHex, fromUtf8, toHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { namespaceId } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { EPOCH_3, MAINNET_EPOCHS } from "../../src/protocol/epoch.ts";
import { BUILT_IN, type Network, networkOf } from "../../src/protocol/network-definition.ts";
import { namespacePrice } from "../../src/rules/price.ts";
import { useDevnet } from "../support/devnet.ts";
import { freshDigest, storedState, until } from "../support/indexed.ts";
import { type RpcServer, serveRpc } from "../support/rpc-proxy.ts";
import { lockingScript, signed, type Spend, testKey } from "../support/spend.ts";

const network = networkOf(BUILT_IN.find(({ name }) => name === "regtest")!);
const key = testKey("node test");
const payer = p2pkhAddress(hash160(key.publicKey), network.bitcoin);
const COIN = satoshi(60_000_000);
const running = useDevnet();
const directories = mkdtempSync(join(tmpdir(), "bsk-test-node-"));

let proxy: RpcServer;
/** What the proxy answers instead of the Bitcoin node. */
let outage: { status: number; body: string } | null = null;
const asked = { getblock: 0 };
let coins: Spend[] = [];

beforeAll(async () => {
  const { devnet, faucet } = running();
  proxy = await serveRpc(devnet, {}, () => outage);
  const txid = await faucet.pay(Array.from({ length: 6 }, () => ({ to: payer, value: COIN })));
  await faucet.mine(1);
  coins = Array.from({ length: 6 }, (_, index) => ({ txid, index, value: COIN, kind: "p2pkh", key }));
});
afterAll(async () => {
  await proxy.close();
  rmSync(directories, { recursive: true, force: true });
});

let made = 0;
function newDirectory(): string {
  const directory = join(directories, String(made++));
  mkdirSync(directory);
  return directory;
}

/** The Bitcoin node behind the proxy, counting the blocks that are read. */
function source(pauseMs = 0): BlockSource {
  const blocks = bitcoindBlocks({ url: proxy.url }, network.bitcoin);
  return {
    description: blocks.description,
    get spentScriptsMethod() {
      return blocks.spentScriptsMethod;
    },
    tip: () => blocks.tip(),
    blockHashAt: (height) => blocks.blockHashAt(height),
    rawBlock: async (hash) => {
      asked.getblock++;
      if (pauseMs > 0) await sleep(pauseMs);
      return blocks.rawBlock(hash);
    },
    spentScripts: (inBlock, outpoints) => blocks.spentScripts(inBlock, outpoints),
  };
}

interface Started {
  readonly node: RunningNode;
  readonly events: NodeEvent[];
}

async function start(directory: string, from: BlockSource = source(), on: Network = network): Promise<Started> {
  const events: NodeEvent[] = [];
  const node = await startNode({
    network: on,
    directory,
    source: from,
    host: "127.0.0.1",
    port: 0,
    version: "0.0.0-test",
    log: (event) => events.push(event),
    progress: () => undefined,
    now: Date.now,
    pollMs: 20,
  });
  return { node, events };
}

/** Waits until the node has the Bitcoin node's last block. */
async function caughtUp({ node }: Started): Promise<void> {
  const { hash } = await running().devnet.blocks.tip();
  await until("the tip", () => node.store.tip()?.hash === hash);
}

const fresh = (height?: number) => freshDigest(running().devnet.blocks, network, height);

/** Sends the preorder of a namespace, made by hand: payload, output to ourselves, burned price. */
async function preorder(consensusHash: string): Promise<string> {
  const { devnet } = running();
  const coin = coins.shift();
  if (coin === undefined) throw new Error("as many coins as preorders");
  const { height } = await devnet.blocks.tip();
  const price = BigInt(Math.ceil(namespacePrice(namespaceId("namespace"), network, height + 1) ?? 0));
  const payload = concat(fromUtf8("id*"), new Uint8Array(20).fill(coins.length), fromHex(consensusHash));
  const raw = signed(
    [coin],
    [
      { script: `6a${payload.length.toString(16)}${toHex(payload)}`, value: 0n },
      { script: lockingScript("p2pkh", key), value: coin.value - price - 20_000n },
      { script: scriptOf(address(network.burnAddress, network.bitcoin), network.bitcoin), value: price },
    ],
  );
  return devnet.coins.broadcast(raw);
}

/** A block above `fork` that is not the one which was there: another miner's. */
async function mineOtherBranch(fork: number, blocks: number): Promise<void> {
  const { devnet } = running();
  const left = await devnet.blocks.blockHashAt(blockHeight(fork + 1));
  await devnet.node.call("invalidateblock", [left], v.null());
  await devnet.mine(blocks, payer);
}

describe("a node in one directory", () => {
  const directory = newDirectory();
  let at: Started;
  beforeAll(async () => {
    at = await start(directory);
  });
  afterAll(() => at.node.stop());

  test("indexes from the first block, then follows new ones, with their operations", async () => {
    await caughtUp(at);
    const txid = await preorder(at.node.store.queries.tip()!.consensusHash);
    await running().faucet.mine(1);
    await caughtUp(at);
    const { height } = at.node.store.tip()!;
    const operations = await fetch(`${at.node.url}/v1/blockchains/bitcoin/operations/${height}`);
    expect(await operations.json()).toMatchObject([{ txid, opcode: "NAMESPACE_PREORDER" }]);
    expect(await (await fetch(`${at.node.url}/v2/info`)).json()).toMatchObject({
      tip: { height, consensusHash: at.node.store.queries.tip()!.consensusHash },
      indexing: false,
      source: { height, spentScripts: "getrawtransaction", trouble: null },
    });
    const fields = { source: expect.any(String), method: "getrawtransaction" };
    expect(at.events.filter(({ event }) => event === "spent-scripts")).toEqual([
      { level: "info", event: "spent-scripts", fields },
    ]);
    expect(at.node.store.digest()).toBe(await fresh());
  });

  test("goes on where it stopped", async () => {
    const { height } = at.node.store.tip()!;
    await at.node.stop();
    await expect(fetch(`${at.node.url}/v1/ping`)).rejects.toThrow();
    await running().faucet.mine(3);
    asked.getblock = 0;
    at = await start(directory);
    await at.node.waitForHeight(height + 3);
    expect(asked.getblock).toBe(3);
    expect(at.node.store.digest()).toBe(await fresh());
  });

  test("replaces the tip when the chain does", async () => {
    await preorder(at.node.store.queries.tip()!.consensusHash);
    await running().faucet.mine(1);
    await caughtUp(at);
    const { height } = at.node.store.tip()!;
    await mineOtherBranch(height - 1, 2);
    await caughtUp(at);
    expect(at.node.store.tip()?.height).toBe(height + 1);
    expect(at.events).toContainEqual(
      expect.objectContaining({ event: "reorg", fields: { forkHeight: height - 1, depth: 1 } }),
    );
    expect(at.node.store.digest()).toBe(await fresh());
  });

  test("and several blocks, also while it is not running", async () => {
    const { height } = at.node.store.tip()!;
    await at.node.stop();
    await mineOtherBranch(height - 4, 6);
    at = await start(directory);
    await caughtUp(at);
    expect(at.events).toContainEqual(
      expect.objectContaining({ event: "reorg", fields: { forkHeight: height - 4, depth: 4 } }),
    );
    expect(at.node.store.digest()).toBe(await fresh());
  });

  test("waits an outage out, says so, and answers meanwhile", async () => {
    const statusOf = async (path: string) => (await fetch(at.node.url + path)).status;
    const { height } = at.node.store.tip()!;
    outage = { status: 503, body: "Work queue depth exceeded" };
    await until("trouble", () => at.events.some(({ event }) => event === "source-trouble"));
    await until("not being ready", async () => (await statusOf("/ready")) === 503);
    expect(await statusOf("/health")).toBe(200);
    const info = v.parse(
      v.object({ source: v.object({ trouble: v.nullable(v.string()) }) }),
      await (await fetch(`${at.node.url}/v2/info`)).json(),
    );
    expect(info.source.trouble).not.toBeNull();
    expect((await fetch(`${at.node.url}/v1/blockchains/bitcoin/operations/${height}`)).status).toBe(200);
    await running().faucet.mine(2);
    outage = null;
    at.node.poke();
    await at.node.waitForHeight(height + 2);
    await until("the end of the trouble", () => at.events.some(({ event }) => event === "source-back"));
    expect(await statusOf("/ready")).toBe(200);
    expect(at.node.store.digest()).toBe(await fresh());
  });
});

describe("stopped", () => {
  test("while it syncs: a whole database, and the next start goes on", async () => {
    const directory = newDirectory();
    const { node } = await start(directory, source(3));
    await node.waitForHeight(network.firstBlock);
    await node.stop();
    const { height, digest } = storedState(directory, network);
    expect(height).toBeLessThan((await running().devnet.blocks.tip()).height);
    expect(digest).toBe(await fresh(height));
    const again = await start(directory);
    await caughtUp(again);
    expect(again.node.store.digest()).toBe(await fresh());
    await again.node.stop();
  });

  test("although the source is silent", async () => {
    const silent = { ...source(), tip: () => new Promise<never>(() => undefined) };
    const { node } = await start(newDirectory(), silent);
    await expect(fetch(`${node.url}/v1/ping`)).resolves.toMatchObject({ status: 200 });
    await node.stop();
    await expect(node.waitForHeight(1)).rejects.toThrow();
  });
});

test("at an epoch that it cannot index the node stands still, says so, and serves what it has", async () => {
  const lastBlock = 50;
  const on = networkOf({
    ...network,
    epochs: [{ ...EPOCH_3, endBlock: lastBlock }, ...MAINNET_EPOCHS.slice(3)],
    allocation: "holders.json", // which nobody brought
  });
  const { node, events } = await start(newDirectory(), source(), on);
  await node.waitForHeight(lastBlock);
  await until("the standstill", () => events.some(({ event }) => event === "standstill"));
  const ready = await fetch(`${node.url}/ready`);
  expect({ status: ready.status, body: await ready.json() }).toMatchObject({
    status: 503,
    body: { status: "trouble", trouble: expect.stringContaining("paid in tokens") },
  });
  const answer = await fetch(`${node.url}/v1/blockchains/bitcoin/consensus/${lastBlock}`);
  expect(await answer.json()).toEqual({ consensus_hash: node.store.consensusHashAt(lastBlock) });
  await node.stop();
});
