/** A Bitcoin node that is away, locked, loading, on another chain or talking nonsense: each its own words. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as v from "valibot";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { bitcoindBlocks } from "../../src/chain/bitcoind-blocks.ts";
import { bitcoindCoins } from "../../src/chain/bitcoind-coins.ts";
import { bitcoindRpc } from "../../src/chain/bitcoind-rpc.ts";
import { esploraCoins } from "../../src/chain/esplora.ts";
import { BskError } from "../../src/errors.ts";
import { useDevnet } from "../support/devnet.ts";
import { serveRpc, type RpcOverrides, type RpcServer } from "../support/rpc-proxy.ts";
import { lockingScript, signed, testKey } from "../support/spend.ts";

const REGTEST = BITCOIN_CHAINS.regtest;
const SECRET = "a-very-secret-password";
const running = useDevnet();
const open: RpcServer[] = [];
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "bsk-test-errors-"));
});
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
  await rm(dir, { recursive: true, force: true });
});

async function proxy(overrides: RpcOverrides, fixed?: Parameters<typeof serveRpc>[2]): Promise<RpcServer> {
  const server = await serveRpc(running().devnet, overrides, fixed);
  open.push(server);
  return server;
}

async function errorOf(promise: Promise<unknown>): Promise<BskError> {
  const error: unknown = await promise.then(
    () => expect.fail("it should have failed"),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(BskError);
  expect(inspect(error, { depth: 10 })).not.toContain(SECRET);
  return error as BskError;
}

describe("cannot be asked", () => {
  test("nobody listens", async () => {
    const gone = await serveRpc(null, {});
    await gone.close();
    const options = { url: gone.url, user: "u", password: SECRET };
    const expected = { kind: "machine", rule: "unreachable", message: expect.stringContaining(gone.url) };
    expect(await errorOf(bitcoindBlocks(options, REGTEST).tip())).toMatchObject(expected);
    expect(await errorOf(bitcoindCoins(options, REGTEST).tip())).toMatchObject(expected);
    expect(await errorOf(esploraCoins({ url: gone.url }, REGTEST).tip())).toMatchObject(expected);
  });

  test("wrong password", async () => {
    const { url } = running().devnet.rpc;
    const error = await errorOf(bitcoindBlocks({ url, user: "u", password: SECRET }, REGTEST).tip());
    expect(error).toMatchObject({ kind: "machine", rule: "unauthorized", hint: expect.stringContaining("cookie") });
  });

  test("wrong password inside of the URL", async () => {
    const url = running().devnet.rpc.url.replace("http://", `http://u:${SECRET}@`);
    const source = bitcoindCoins({ url }, REGTEST);
    expect(source.description).not.toContain(SECRET);
    expect(await errorOf(source.tip())).toMatchObject({ rule: "unauthorized" });
  });

  test("no answer in time", async () => {
    const slow = await proxy({}, () => ({ status: 200, body: "{}", delayMs: 2000 }));
    const error = await errorOf(bitcoindBlocks({ url: slow.url, timeoutMs: 50 }, REGTEST).tip());
    expect(error).toMatchObject({ kind: "machine", rule: "timeout" });
  });

  test("a URL that is none is the user's fault", () => {
    for (const url of ["", "127.0.0.1:8332", "ftp://127.0.0.1/", "http://"])
      expect(() => bitcoindRpc({ url })).toThrow(expect.objectContaining({ kind: "usage" }));
  });
});

describe("the cookie file", () => {
  test("is read, and read again when the node has restarted", async () => {
    const cookieFile = join(dir, "cookie");
    await writeFile(cookieFile, `__cookie__:${SECRET}`);
    const { url, password, user } = running().devnet.rpc;
    const rpc = bitcoindRpc({ url, cookieFile });
    expect(await errorOf(rpc.call("getblockcount", [], v.number()))).toMatchObject({ rule: "unauthorized" });
    await writeFile(cookieFile, `${user}:${password}\n`);
    expect(await rpc.call("getblockcount", [], v.number())).toBe(0);
    expect(
      await bitcoindRpc({ url, cookieFile: running().devnet.cookieFile }).call("getblockcount", [], v.number()),
    ).toBe(0);
  });

  test("is missing or is something else", async () => {
    const { url } = running().devnet.rpc;
    const missing = bitcoindRpc({ url, cookieFile: join(dir, "missing") });
    expect(await errorOf(missing.call("getblockcount", [], v.number()))).toMatchObject({
      rule: "unauthorized",
      message: expect.stringContaining("missing"),
    });
    await writeFile(join(dir, "other"), "no colon");
    const other = bitcoindRpc({ url, cookieFile: join(dir, "other") });
    expect(await errorOf(other.call("getblockcount", [], v.number()))).toMatchObject({ rule: "unauthorized" });
  });
});

describe("answers", () => {
  test("of another chain", async () => {
    const { rpc } = running().devnet;
    for (const chain of ["bitcoin", "testnet4"] as const) {
      const error = await errorOf(bitcoindBlocks(rpc, BITCOIN_CHAINS[chain]).tip());
      expect(error).toMatchObject({
        kind: "machine",
        rule: "wrong-chain",
        message: expect.stringContaining('"regtest"'),
      });
    }
    const pretender = await proxy({ getblockhash: () => ({ result: BITCOIN_CHAINS.bitcoin.genesisHash }) });
    expect(await errorOf(bitcoindCoins({ url: pretender.url }, REGTEST).tip())).toMatchObject({ rule: "wrong-chain" });
  });

  test("of a node that is loading are waited for", async () => {
    let left = 2;
    const loading = await proxy({
      getblockcount: () => (left-- > 0 ? { error: { code: -28, message: "Loading block index…" } } : { result: 7 }),
    });
    expect(await bitcoindRpc({ url: loading.url }).call("getblockcount", [], v.number())).toBe(7);
    left = 1000;
    const impatient = bitcoindRpc({ url: loading.url, warmUpMs: 500 });
    expect(await errorOf(impatient.call("getblockcount", [], v.number()))).toMatchObject({
      rule: "warming-up",
      message: expect.stringContaining("Loading block index"),
    });
  });

  test("that are not JSON-RPC", async () => {
    for (const body of ["", "<html>", "null", "7", "{}x", '{"result":{}}', '{"error":"bad"}', "[]"]) {
      const odd = await proxy({}, () => ({ status: 200, body }));
      const error = await errorOf(bitcoindBlocks({ url: odd.url }, REGTEST).tip());
      expect(error).toMatchObject({ kind: "machine", rule: "bad-answer" });
    }
  });

  test("with the wrong type, a bad hash, an impossible height or amount", async () => {
    const hash = "11".repeat(32);
    for (const answer of [
      null,
      [],
      { blocks: "1", bestblockhash: hash },
      { blocks: -1, bestblockhash: hash },
      { blocks: 1, bestblockhash: "xyz" },
    ]) {
      const odd = await proxy({
        getblockchaininfo: () => ({
          result: Array.isArray(answer) || answer === null ? answer : { chain: "regtest", ...answer },
        }),
      });
      expect(await errorOf(bitcoindBlocks({ url: odd.url }, REGTEST).tip())).toMatchObject({ rule: "bad-answer" });
    }
    const script = lockingScript("p2pkh", testKey("x"));
    for (const amount of [-1, 21_000_001, 0.123456789, "1"]) {
      const unspents = [{ txid: hash, vout: 0, scriptPubKey: script, amount, height: 1 }];
      const odd = await proxy({ scantxoutset: () => ({ result: { success: true, unspents } }) });
      expect(await errorOf(bitcoindCoins({ url: odd.url }, REGTEST).coins([script]))).toMatchObject({
        rule: "bad-answer",
      });
    }
  });
});

describe("nodes of other ages", () => {
  test("without testmempoolaccept cannot be asked before sending", async () => {
    const old = await proxy({ testmempoolaccept: () => ({ error: { code: -32601, message: "Method not found" } }) });
    const raw = signed([{ txid: "11".repeat(32), index: 0, value: 1n, kind: "p2pkh", key: testKey("x") }], []);
    expect(await bitcoindCoins({ url: old.url }, REGTEST).testAccept([raw])).toBeNull();
  });

  test("without a transaction index find a transaction by its outputs", async () => {
    const { devnet, faucet } = running();
    const unindexed = await proxy({
      getrawtransaction: async ([txid, verbosity, inBlock]) => {
        if (inBlock !== undefined)
          return { result: await devnet.node.call("getrawtransaction", [txid, verbosity, inBlock], v.unknown()) };
        return { error: { code: -5, message: "No such mempool transaction. Use -txindex" } };
      },
    });
    const source = bitcoindCoins({ url: unindexed.url }, REGTEST);
    const txid = await faucet.pay([]);
    expect(await source.transactionStatus(txid)).toEqual({ kind: "mempool" });
    await faucet.mine(2);
    expect(await source.transactionStatus(txid)).toEqual(await devnet.coins.transactionStatus(txid));
    expect(await source.rawTransaction(txid)).toEqual(await devnet.coins.rawTransaction(txid));
  });

  test("that scan for somebody else are asked again", async () => {
    const { devnet } = running();
    let busy = 1;
    const scanning = await proxy({
      scantxoutset: async (params) =>
        busy-- > 0
          ? { error: { code: -8, message: 'Scan already in progress, use action "abort" or "status"' } }
          : { result: await devnet.node.call("scantxoutset", params, v.unknown()) },
    });
    expect(await bitcoindCoins({ url: scanning.url }, REGTEST).coins([lockingScript("p2pkh", testKey("x"))])).toEqual(
      [],
    );
  });

  test("estimate fees in BTC per 1000 vbytes", async () => {
    const node = await proxy({ estimatesmartfee: ([blocks]) => ({ result: { feerate: 0.00012345, blocks } }) });
    expect(await bitcoindCoins({ url: node.url }, REGTEST).feeRate(6)).toBeCloseTo(12.345, 9);
  });
});

test("a batch larger than one portion comes back in order, refusals in their places", async () => {
  const { devnet, faucet } = running();
  await faucet.mine(120);
  const heights = Array.from({ length: 130 }, (_, height) => height * 2);
  const requests = heights.map((height) => ({ method: "getblockhash", params: [height] }));
  const shuffling = await proxy({}); // answers batches in reverse
  const replies = await bitcoindRpc({ url: shuffling.url }).askAll(requests, v.string());
  const { height: tip } = await devnet.blocks.tip();
  for (const [i, height] of heights.entries()) {
    const expected = height <= tip ? { ok: true } : { ok: false, code: -8 };
    expect(replies[i]).toMatchObject(expected);
  }
  expect(replies).toEqual(await devnet.node.askAll(requests, v.string()));
});
