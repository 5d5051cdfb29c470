/** One chain through every door: a real node's RPC and REST, block files of it, and a replay file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { address, p2pkhAddress, scriptOf } from "../../src/bitcoin/address.ts";
import { bitcoindBlocks } from "../../src/chain/bitcoind-blocks.ts";
import { BlockFiles } from "../../src/chain/block-files/block-files.ts";
import { checkedSource } from "../../src/chain/checked-source.ts";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { restBlocks } from "../../src/chain/rest-blocks.ts";
import type { BlockSource, HeaderedSource } from "../../src/chain/source.ts";
import { concat, fromHex, fromUtf8, toHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { namespaceId } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { BUILT_IN, networkOf } from "../../src/protocol/network-definition.ts";
import { namespacePrice } from "../../src/rules/price.ts";
import { BlockDirectoryWriter, type StoredBlock } from "../support/block-directory.ts";
import { useDevnet } from "../support/devnet.ts";
import { freshStore } from "../support/indexed.ts";
import { lockingScript, signed, type Spend, type SpendKind, testKey } from "../support/spend.ts";
import { serveRest } from "../support/rest-proxy.ts";
import { type RpcOverrides, serveRpc } from "../support/rpc-proxy.ts";
import { Outputs } from "../support/undo-writer.ts";

const network = networkOf(BUILT_IN.find(({ name }) => name === "regtest")!);
const { bitcoin } = network;
const key = testKey("block files");
const running = useDevnet();
const root = mkdtempSync(join(tmpdir(), "bsk-test-block-files-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Every kind of coin that an operation may be paid with, and two that make it none. */
const KINDS: readonly SpendKind[] = [
  "p2pkh",
  "p2sh-multisig",
  "p2sh-p2wpkh",
  "p2sh-p2wsh-multisig",
  "p2wpkh",
  "p2wsh-multisig",
];
const COIN = 40_000_000n;
const FEE = 50_000n;

/** Sends the preorder of a namespace that spends these coins. */
async function preorder(coins: readonly Spend[], consensusHash: string, serial: number): Promise<void> {
  const { devnet } = running();
  const { height } = await devnet.blocks.tip();
  const price = BigInt(Math.ceil(namespacePrice(namespaceId("namespace"), network, height + 1) ?? 0));
  const payload = concat(fromUtf8("id*"), new Uint8Array(20).fill(serial), fromHex(consensusHash));
  const paid = coins.reduce((sum, { value }) => sum + value, 0n);
  await devnet.coins.broadcast(
    signed(coins, [
      { script: `6a${payload.length.toString(16)}${toHex(payload)}`, value: 0n },
      { script: lockingScript("p2pkh", key), value: paid - price - FEE },
      { script: scriptOf(address(network.burnAddress, bitcoin), bitcoin), value: price },
    ]),
  );
}

beforeAll(async () => {
  const { devnet, faucet } = running();
  const payer = p2pkhAddress(hash160(key.publicKey), bitcoin);
  const value = satoshi(COIN * BigInt(2 * KINDS.length) + FEE);
  const txid = await faucet.pay([{ to: payer, value }]);
  await faucet.mine(1);
  const kinds = [...KINDS, ...KINDS];
  const fan = await devnet.coins.broadcast(
    signed(
      [{ txid, index: 0, value, kind: "p2pkh", key }],
      kinds.map((kind) => ({ script: lockingScript(kind, key), value: COIN })),
    ),
  );
  await faucet.mine(30); // the coins are old when they are spent
  const coins = kinds.map((kind, index): Spend => ({ txid: fan, index, value: COIN, kind, key }));
  const store = await freshStore(devnet.blocks, network);
  const { consensusHash } = store.queries.tip()!;
  store.close();
  // Each kind alone, then all that are allowed in one.
  for (const [serial, coin] of coins.slice(0, KINDS.length).entries()) await preorder([coin], consensusHash, serial);
  await preorder(coins.slice(KINDS.length, KINDS.length + 4), consensusHash, KINDS.length);
  await faucet.mine(2);
});

async function rawChain(): Promise<Uint8Array[]> {
  const { blocks } = running().devnet;
  const { height } = await blocks.tip();
  const chain: Uint8Array[] = [];
  for (let at = 0; at <= height; at++) chain.push(await blocks.rawBlock((await blocks.blockHashAt(blockHeight(at)))!));
  return chain;
}

function blockFiles(chain: readonly Uint8Array[]): BlockFiles {
  const outputs = new Outputs();
  const stored = chain.map((raw, height): StoredBlock => {
    const undo = outputs.undoOf(raw, height);
    return { raw, undo: height === 0 ? null : undo };
  });
  const written = new BlockDirectoryWriter(join(root, "core"), fromHex("a1b2c3d4e5f60718"));
  const half = stored.length >> 1;
  written.add(0, stored.slice(half).toReversed());
  written.add(1, stored.slice(0, half));
  return new BlockFiles({ path: written.path, bitcoin });
}

async function replayed(chain: readonly Uint8Array[]): Promise<BlockSource> {
  const { blocks } = running().devnet;
  const file = {
    config: {
      network: "testnet",
      magic: network.magic,
      firstBlock: network.firstBlock,
      initialSnapshots: { "0": network.genesisConsensusHash },
      validTransactionWindow: network.consensusHashWindow,
      burnAddress: network.burnAddress,
      nameImportKeyringSize: network.importKeyringSize,
      namePreorderExpire: network.namePreorderExpire,
      namespaceRevealExpire: network.namespaceRevealExpire,
      maxNamesPerSender: network.maxNamesPerSender,
      nameCostUnit: network.nameCostUnit,
      epochs: [],
    },
    blocks: await Promise.all(
      chain.map(async (raw, height) => ({
        height,
        hash: await blocks.blockHashAt(blockHeight(height)),
        raw: toHex(raw),
      })),
    ),
  };
  const path = join(root, "chain.json");
  writeFileSync(path, JSON.stringify(file));
  return (await readReplayFile(path)).source;
}

/** A source behind a node that lacks the other ways to tell spent scripts. */
type Way = (use: (source: HeaderedSource) => Promise<void>) => Promise<void>;
const overRpc =
  (overrides: RpcOverrides): Way =>
  async (use) => {
    const server = await serveRpc(running().devnet, overrides);
    await use(bitcoindBlocks({ url: server.url }, bitcoin)).finally(() => server.close());
  };
const overRest =
  (...closed: readonly string[]): Way =>
  async (use) => {
    const isClosed = (path: string) => closed.some((each) => path.startsWith(`/rest/${each}/`));
    const missing = { status: 404, body: Buffer.of() };
    const server = await serveRest(running().devnet.rpc.url, (path) => (isClosed(path) ? missing : null));
    await use(restBlocks({ url: server.url }, bitcoin)).finally(() => server.close());
  };
const WAYS: readonly [string, Way][] = [
  ["getrawtransaction", overRpc({})],
  ["getblock", overRpc({ getrawtransaction: () => ({ error: { code: -5, message: "no index" } }) })],
  ["tx", overRest()],
  ["spenttxouts", overRest("tx")],
  ["block", overRest("tx", "spenttxouts")],
];

async function cameTo(source: BlockSource) {
  const store = await freshStore(source, network);
  const { height, consensusHash } = store.queries.tip()!;
  const operations = store.rows("operations").length;
  const result = { height, consensusHash, digest: store.digest(), operations };
  store.close();
  return result;
}

test("the same operations, records and consensus hashes from block files, a replay file and every way of a node", async () => {
  const chain = await rawChain();
  const expected = await cameTo(running().devnet.blocks);
  expect(expected).toMatchObject({ height: chain.length - 1, operations: 5 });
  expect(await cameTo(blockFiles(chain))).toEqual(expected);
  expect(await cameTo(await replayed(chain))).toEqual(expected);
  for (const [method, through] of WAYS) {
    await through(async (source) => {
      const nothing = { tip: () => null, blockHashAt: () => null };
      expect(await cameTo(checkedSource(source, bitcoin, network.firstBlock, nothing)), method).toEqual(expected);
      expect(source.spentScriptsMethod).toBe(method);
    });
  }
});
