/** The node's JSON, field for field where our client and other tools of Bitcoin Core read it. */
import { beforeAll, describe, expect, test } from "vitest";
import * as v from "valibot";
import { addressOf, p2pkhAddress, p2shAddress, scriptOf } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { blockHash, type BlockHash, type Txid } from "../../src/primitives/hash.ts";
import { satoshi } from "../../src/primitives/units.ts";
import { useDevnet } from "../support/devnet.ts";

const REGTEST = BITCOIN_CHAINS.regtest;
const running = useDevnet();
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shapes are what is tested here
const anything = v.any() as v.GenericSchema<unknown, any>;
const call = (method: string, ...params: unknown[]) => running().devnet.node.call(method, params, anything);
const ask = (method: string, ...params: unknown[]) => running().devnet.node.ask(method, params, v.unknown());
const p2pkh = p2pkhAddress(new Uint8Array(20).fill(1), REGTEST);
const p2sh = p2shAddress(new Uint8Array(20).fill(2), REGTEST);
let txid: Txid;
let hash: BlockHash;
let height: number;
beforeAll(async () => {
  const { devnet, faucet } = running();
  txid = await faucet.pay([
    { to: p2pkh, value: satoshi(12_345_678) },
    { to: p2sh, value: satoshi(1_000) },
  ]);
  await faucet.mine(1);
  ({ hash, height } = await devnet.blocks.tip());
});

describe("blocks", () => {
  test("verbosity 0, 1, 2 and 3; false and true are 0 and 1", async () => {
    const raw = await call("getblock", hash, 0);
    expect(raw).toMatch(/^[0-9a-f]+$/u);
    expect(await call("getblock", hash, false)).toBe(raw);
    const one = await call("getblock", hash, 1);
    expect(one).toMatchObject({ hash, height, confirmations: 1, nTx: 2, bits: "207fffff" });
    expect(one.tx[1]).toBe(txid);
    expect(await call("getblock", hash)).toEqual(one);
    expect(await call("getblock", hash, true)).toEqual(one);
    const two = await call("getblock", hash, 2);
    expect(two.tx[1]).toMatchObject({ txid, fee: expect.any(Number), hex: await call("getrawtransaction", txid) });
    expect(two.tx[1].vin[0]).not.toHaveProperty("prevout");
    const three = await call("getblock", hash, 3);
    expect(three.tx[0].vin[0]).toEqual({
      coinbase: expect.any(String),
      txinwitness: expect.any(Array),
      sequence: expect.any(Number),
    });
    expect(three.tx[1].vin[0].prevout).toMatchObject({ generated: true, value: 50, height: expect.any(Number) });
    const { address, hex } = three.tx[1].vin[0].prevout.scriptPubKey;
    expect(addressOf(hex, REGTEST)).toBe(address);
  });

  test("headers, raw and parsed, and the genesis block without a parent", async () => {
    const raw = await call("getblockheader", hash, false);
    expect((await call("getblock", hash, 0)).startsWith(raw)).toBe(true);
    expect(raw).toHaveLength(160);
    expect(await call("getblockheader", hash)).toMatchObject({ hash, height, confirmations: 1, nTx: 2 });
    const genesis = await call("getblockheader", await call("getblockhash", 0));
    expect(genesis).toMatchObject({ hash: REGTEST.genesisHash, height: 0, confirmations: height + 1 });
    expect(genesis).not.toHaveProperty("previousblockhash");
  });

  test("that do not exist", async () => {
    expect(await ask("getblockhash", height + 1)).toMatchObject({ ok: false, code: -8 });
    expect(await ask("getblock", "00".repeat(32))).toMatchObject({ ok: false, code: -5, message: "Block not found" });
    expect(await ask("getblock", "zz")).toMatchObject({ ok: false, code: -8 });
  });

  test("segwit is active from the first block on", async () => {
    const first = await call("getblock", await call("getblockhash", 1), 2);
    const commitment = first.tx[0].vout.find(({ scriptPubKey }: { scriptPubKey: { hex: string } }) =>
      scriptPubKey.hex.startsWith("6a24aa21a9ed"),
    );
    expect(commitment).toBeDefined();
  });
});

describe("transactions", () => {
  test("in Core's shape, with addresses of Core's regtest", async () => {
    const found = await call("getrawtransaction", txid, 1);
    expect(found).toMatchObject({ txid, hash: txid, version: 2, locktime: 0, blockhash: hash, confirmations: 1 });
    expect(found.vout[0]).toMatchObject({
      value: 0.12345678,
      n: 0,
      scriptPubKey: { hex: scriptOf(p2pkh, REGTEST), address: p2pkh, type: "pubkeyhash" },
    });
    expect(found.vout[1].scriptPubKey).toMatchObject({ address: p2sh, type: "scripthash" });
    expect(await call("getrawtransaction", txid, 0, hash)).toBe(found.hex);
    expect(await call("getrawtransaction", txid)).toBe(found.hex);
  });

  test("unknown ones, and ones in another block than said", async () => {
    expect(await ask("getrawtransaction", "ab".repeat(32), 1)).toMatchObject({ ok: false, code: -5 });
    const other = await running().devnet.blocks.blockHashAt(1 as never);
    expect(await ask("getrawtransaction", txid, 0, other)).toMatchObject({ ok: false, code: -5 });
  });

  test("outputs of unspent coins", async () => {
    expect(await call("gettxout", txid, 0)).toMatchObject({
      bestblock: hash,
      confirmations: 1,
      value: 0.12345678,
      coinbase: false,
      scriptPubKey: { hex: scriptOf(p2pkh, REGTEST) },
    });
    expect(await call("gettxout", txid, 7)).toBeNull();
  });
});

describe("scanning for coins", () => {
  test("by script and by address", async () => {
    const byScript = await call("scantxoutset", "start", [`raw(${scriptOf(p2pkh, REGTEST)})`]);
    expect(byScript).toMatchObject({ success: true, height, bestblock: hash, total_amount: 0.12345678 });
    expect(byScript.unspents).toMatchObject([
      { txid, vout: 0, scriptPubKey: scriptOf(p2pkh, REGTEST), amount: 0.12345678, coinbase: false, height },
    ]);
    const byAddress = await call("scantxoutset", "start", [{ desc: `addr(${p2sh})` }, `addr(${p2pkh})`]);
    expect(byAddress.unspents.map(({ vout }: { vout: number }) => vout).sort()).toEqual([0, 1]);
  });

  test("refuses what it does not understand", async () => {
    for (const wrong of ["raw(zz)", "addr(nonsense)", "wpkh(02aa)", ""])
      expect(await ask("scantxoutset", "start", [wrong])).toMatchObject({ ok: false, code: -5 });
    expect(await ask("scantxoutset", "start")).toMatchObject({ ok: false });
  });
});

test("the chain is regtest, and its best block is the tip", async () => {
  expect(await call("getblockchaininfo")).toMatchObject({
    chain: "regtest",
    blocks: height,
    bestblockhash: blockHash(hash),
    initialblockdownload: false,
    pruned: false,
  });
  expect(await call("estimatesmartfee", 6)).toMatchObject({ errors: expect.any(Array) });
  expect(await ask("nosuchmethod")).toMatchObject({ ok: false, code: -32601 });
});
