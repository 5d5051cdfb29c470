/** The REST interface of a real node says what its JSON-RPC says, in bytes. */
import { beforeAll, describe, expect, test } from "vitest";
import * as v from "valibot";
import { parseHeader, HEADER_SIZE } from "../../src/bitcoin/header.ts";
import { walkTransactions } from "../../src/bitcoin/block.ts";
import { isCoinbase, parseTransactionAt } from "../../src/bitcoin/transaction.ts";
import { p2pkhAddress, p2shAddress } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { restBlocks } from "../../src/chain/rest-blocks.ts";
import type { HeaderedSource, Outpoint } from "../../src/chain/source.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { type BlockHash, blockHash, txidOf } from "../../src/primitives/hash.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { useDevnet } from "../support/devnet.ts";
import { type RestOverride, serveRest } from "../support/rest-proxy.ts";

const REGTEST = BITCOIN_CHAINS.regtest;
const running = useDevnet();
const someone = p2pkhAddress(new Uint8Array(20).fill(9), REGTEST);
const script = p2shAddress(new Uint8Array(20).fill(8), REGTEST);

beforeAll(async () => {
  const { faucet } = running();
  for (const to of [someone, script]) await faucet.pay([{ to, value: satoshi(70_000) }]);
  await faucet.mine(1);
});

const rest = (): HeaderedSource => restBlocks({ url: running().devnet.rpc.url }, REGTEST);

async function spentInTip(): Promise<{ hash: BlockHash; outpoints: Outpoint[] }> {
  const { hash } = await running().devnet.blocks.tip();
  const raw = await running().devnet.blocks.rawBlock(hash);
  const outpoints: Outpoint[] = [];
  walkTransactions(raw, (_index, start) => {
    const { transaction } = parseTransactionAt(raw, start);
    if (isCoinbase(transaction)) return true;
    for (const { previousTxid, previousIndex } of transaction.inputs)
      outpoints.push({ txid: txidOf(previousTxid), index: previousIndex });
    return true;
  });
  return { hash, outpoints };
}

/** A source behind a server that answers some paths otherwise. */
async function through<T>(override: RestOverride, use: (source: HeaderedSource) => Promise<T>): Promise<T> {
  const server = await serveRest(running().devnet.rpc.url, override);
  try {
    return await use(restBlocks({ url: server.url, timeoutMs: 2000 }, REGTEST));
  } finally {
    await server.close();
  }
}

const missing = { status: 404, body: Buffer.from("not found\r\n") };

describe("REST", () => {
  test("tip, hashes, blocks and headers are those of JSON-RPC", async () => {
    const { blocks } = running().devnet;
    const source = rest();
    const tip = await blocks.tip();
    expect(await source.tip()).toEqual(tip);
    for (const at of [0, 1, tip.height, tip.height + 1])
      expect(await source.blockHashAt(blockHeight(at))).toBe(await blocks.blockHashAt(blockHeight(at)));
    expect(toHex(await source.rawBlock(tip.hash))).toBe(toHex(await blocks.rawBlock(tip.hash)));
    for (const [from, count] of [
      [0, 3],
      [1, 2000],
      [tip.height, 5],
      [tip.height + 1, 5],
    ] as const) {
      const headers = await source.headers(blockHeight(from), count);
      expect(headers.map(toHex)).toEqual((await blocks.headers(blockHeight(from), count)).map(toHex));
      expect(headers).toHaveLength(Math.max(0, Math.min(count, tip.height - from + 1)));
    }
  });

  test("headers by both forms of the path are those of the blocks", async () => {
    const { url } = running().devnet.rpc;
    const { hash } = await running().devnet.blocks.tip();
    const bytes = async (path: string) => new Uint8Array(await (await fetch(`${url}/rest/${path}`)).arrayBuffer());
    const old = await bytes(`headers/7/${REGTEST.genesisHash}.bin`);
    expect(old).toHaveLength(7 * HEADER_SIZE);
    expect(await bytes(`headers/${REGTEST.genesisHash}.bin?count=7`)).toEqual(old);
    expect(parseHeader(old).hash).toBe(REGTEST.genesisHash);
    expect(parseHeader(await bytes(`headers/1/${hash}.bin`)).hash).toBe(hash);
    expect((await fetch(`${url}/rest/headers/2001/${hash}.bin`)).status).toBe(400);
    expect((await fetch(`${url}/rest/headers/1/zz.bin`)).status).toBe(400);
    expect((await fetch(`${url}/rest/nothing.bin`)).status).toBe(404);
    expect((await fetch(`${url}/rest/chaininfo.json`, { method: "POST" })).status).toBe(404);
  });

  test("needs no password, which JSON-RPC on the same port does", async () => {
    const { url } = running().devnet.rpc;
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(401);
    expect((await fetch(`${url}/rest/chaininfo.json`)).status).toBe(200);
  });

  test("spent scripts are the same by every way, and the way is told", async () => {
    const { hash, outpoints } = await spentInTip();
    const scripts = await running().devnet.blocks.spentScripts(hash, outpoints);
    const source = rest();
    expect(source.spentScriptsMethod).toBeNull();
    expect(await source.spentScripts(hash, outpoints)).toEqual(scripts);
    expect(source.spentScriptsMethod).toBe("tx");
    const without =
      (...closed: string[]): RestOverride =>
      (path) =>
        closed.some((each) => path.startsWith(each)) ? missing : null;
    await through(without("/rest/tx/"), async (unindexed) => {
      await unindexed.rawBlock(hash);
      expect(await unindexed.spentScripts(hash, outpoints)).toEqual(scripts);
      expect(await unindexed.spentScripts(hash, [...outpoints].reverse())).toEqual([...scripts].reverse());
      expect(unindexed.spentScriptsMethod).toBe("spenttxouts");
    });
    await through(without("/rest/tx/", "/rest/spenttxouts/"), async (old) => {
      expect(await old.spentScripts(hash, outpoints)).toEqual(scripts);
      expect(old.spentScriptsMethod).toBe("block");
    });
    const json = `/rest/block/${hash}.json`;
    await through(without("/rest/tx/", "/rest/spenttxouts/", json), async (pruned) => {
      await expect(pruned.spentScripts(hash, outpoints)).rejects.toMatchObject({ rule: "spent-scripts-unavailable" });
      expect(pruned.spentScriptsMethod).toBeNull();
    });
  });

  test("spent outputs of another block, cut short or with bytes behind them are a lie", async () => {
    const { hash, outpoints } = await spentInTip();
    const { url } = running().devnet.rpc;
    const read = async (of: string) =>
      Buffer.from(await (await fetch(`${url}/rest/spenttxouts/${of}.bin`)).arrayBuffer());
    const right = await read(hash);
    for (const body of [
      await read(REGTEST.genesisHash),
      right.subarray(0, -1),
      right.subarray(0, 1),
      Buffer.concat([right, Buffer.of(0)]),
      Buffer.of(),
    ]) {
      const lie: RestOverride = (path) =>
        path.startsWith("/rest/tx/") ? missing : path.includes("spenttxouts") ? { status: 200, body } : null;
      await through(lie, async (source) => {
        await expect(source.spentScripts(hash, outpoints)).rejects.toMatchObject({
          kind: "refuted",
          rule: "spent-outputs-mismatch",
        });
      });
    }
  });

  test("another transaction or another block than asked for is a lie", async () => {
    const { hash, outpoints } = await spentInTip();
    const genesis = await running().devnet.node.call("getblock", [REGTEST.genesisHash, 0], v.string());
    const body = Buffer.from(fromHex(genesis));
    await through(
      (path) => (path.startsWith("/rest/tx/") ? { status: 200, body: body.subarray(81) } : null),
      (source) =>
        expect(source.spentScripts(hash, outpoints)).rejects.toMatchObject({ kind: "refuted", rule: "txid-mismatch" }),
    );
    await through(
      (path) => (path.startsWith("/rest/block/") ? { status: 200, body } : null),
      (source) => expect(source.rawBlock(hash)).rejects.toMatchObject({ kind: "refuted", rule: "block-hash-mismatch" }),
    );
  });

  test("outages are the machine's: switched off, loading, nonsense, wrong chain, too much, silence", async () => {
    const { hash } = await spentInTip();
    const answers: [string, RestOverride][] = [
      ["rest-disabled", () => missing],
      ["warming-up", () => ({ status: 503, body: Buffer.from("Service temporarily unavailable: Loading…") })],
      ["node-refused", () => ({ status: 500, body: Buffer.from("oh") })],
      ["bad-answer", () => ({ status: 200, body: Buffer.from("<html>") })],
      ["bad-answer", (path) => (path.includes("blockhash") ? { status: 200, body: Buffer.of(1) } : null)],
      ["wrong-chain", (path) => (path.includes("chaininfo") ? { status: 200, body: Buffer.from(MAIN_INFO) } : null)],
      [
        "answer-too-large",
        (path) => (path.includes("/block/") ? { status: 200, body: Buffer.alloc(4_000_001) } : null),
      ],
      ["timeout", (path) => (path.includes("/block/") ? "silence" : null)],
      ["node-refused", (path) => (path.includes("/block/") ? missing : null)],
    ];
    for (const [rule, override] of answers) {
      await through(override, (source) =>
        expect(source.rawBlock(blockHash(hash)), rule).rejects.toMatchObject({ kind: "machine", rule }),
      );
    }
    await through(
      (path) => (path.includes("/headers/") ? { status: 200, body: Buffer.alloc(79) } : null),
      (source) => expect(source.headers(blockHeight(0), 5)).rejects.toMatchObject({ rule: "bad-answer" }),
    );
    await expect(restBlocks({ url: "http://127.0.0.1:9" }, REGTEST).tip()).rejects.toMatchObject({
      rule: "unreachable",
    });
  });
});

const MAIN_INFO = JSON.stringify({ chain: "main", blocks: 5, bestblockhash: REGTEST.genesisHash });
