/** Coins through Bitcoin's RPC and through Esplora: one contract, one suite, the same coins. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { networks, payments } from "bitcoinjs-lib";
import { address } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { bitcoindCoins } from "../../src/chain/bitcoind-coins.ts";
import { esploraCoins } from "../../src/chain/esplora.ts";
import type { Coin, CoinSource } from "../../src/chain/source.ts";
import { txid as parseTxid, type Txid } from "../../src/primitives/hash.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { useDevnet } from "../support/devnet.ts";
import { serveEsplora, type EsploraServer } from "../support/esplora-server.ts";
import { lockingScript, signed, testKey, type SpendKind } from "../support/spend.ts";

const REGTEST = BITCOIN_CHAINS.regtest;
const running = useDevnet();
const key = testKey("coin tests");
const kinds: SpendKind[] = ["p2pkh", "p2wpkh", "p2sh-p2wpkh"];
const scripts = kinds.map((kind) => lockingScript(kind, key));
const [p2pkh, p2wpkh] = scripts as [(typeof scripts)[0], (typeof scripts)[0]];
const nobody = lockingScript("p2pkh", testKey("nobody"));
const unknown = parseTxid("ab".repeat(32));

let esplora: EsploraServer;
let funding: Txid;
let split: Txid;
const sources: Record<"rpc" | "esplora", () => CoinSource> = {
  rpc: () => bitcoindCoins(running().devnet.rpc, REGTEST),
  esplora: () => esploraCoins({ url: esplora.url }, REGTEST),
};

beforeAll(async () => {
  const { devnet, faucet } = running();
  esplora = await serveEsplora(devnet, { "2": 20, "6": 10.5, "144": 1.25 });
  const to = address(payments.p2pkh({ pubkey: key.publicKey, network: networks.regtest }).address ?? "", REGTEST);
  funding = await faucet.pay([100_000n, 200_000n].map((value) => ({ to, value: satoshi(value) })));
  await faucet.mine(1);
  const outputs = scripts.map((script) => ({ script, value: 30_000n }));
  split = await devnet.coins.broadcast(
    signed([{ txid: funding, index: 0, value: 100_000n, kind: "p2pkh", key }], outputs),
  );
  await faucet.mine(1);
});
afterAll(() => esplora.close());

const sorted = (coins: readonly Coin[]) =>
  [...coins].sort((a, b) => `${a.txid}:${a.index}`.localeCompare(`${b.txid}:${b.index}`));

test("both sources give the same coins, whatever their script", async () => {
  const [byRpc, byEsplora] = await Promise.all([sources.rpc().coins(scripts), sources.esplora().coins(scripts)]);
  expect(sorted(byRpc)).toEqual(sorted(byEsplora));
  expect(byRpc.map(({ value }) => value).sort()).toEqual([200_000n, 30_000n, 30_000n, 30_000n]);
  for (const coin of byRpc) expect(coin.height).toBeGreaterThan(0);
});

for (const name of ["rpc", "esplora"] as const) {
  describe(name, () => {
    const source = () => sources[name]();

    test("has the node's tip and no secret in its description", async () => {
      expect(await source().tip()).toEqual(await running().devnet.blocks.tip());
      expect(source().description).not.toContain(running().devnet.rpc.password);
    });

    test("no scripts, or scripts that nobody paid, have no coins", async () => {
      expect(await source().coins([])).toEqual([]);
      expect(await source().coins([nobody])).toEqual([]);
    });

    test("a block by its height; none above the tip", async () => {
      const { devnet } = running();
      const { height, hash } = await devnet.blocks.tip();
      expect(await source().rawBlockAt(height)).toEqual(await devnet.blocks.rawBlock(hash));
      expect(await source().rawBlockAt(blockHeight(height + 1))).toBeNull();
    });

    test("a script asked twice gives its coins once", async () => {
      expect(await source().coins([p2wpkh, p2wpkh])).toHaveLength(1);
    });

    test("an output: unspent, spent, out of range, of no known transaction", async () => {
      expect(await source().unspent({ txid: split, index: 0 })).toMatchObject({ value: 30_000n, script: p2pkh });
      expect(await source().unspent({ txid: funding, index: 0 })).toBeNull();
      expect(await source().unspent({ txid: split, index: 9 })).toBeNull();
      expect(await source().unspent({ txid: unknown, index: 0 })).toBeNull();
    });

    test("what became of an output: unspent, spent in a block, unknown", async () => {
      const fates = [
        { txid: split, index: 0 },
        { txid: funding, index: 0 },
        { txid: split, index: 9 },
        { txid: unknown, index: 0 },
      ].map((outpoint) => source().outpointFate(outpoint));
      expect(await Promise.all(fates)).toEqual(["unspent", "spent-in-block", "unknown", "unknown"]);
    });

    test("a transaction: confirmed and unknown", async () => {
      const raw = await source().rawTransaction(split);
      expect(raw).toEqual(await running().devnet.coins.rawTransaction(split));
      expect(raw?.length).toBeGreaterThan(100);
      expect(await source().rawTransaction(unknown)).toBeNull();
      expect(await source().transactionStatus(unknown)).toEqual({ kind: "unknown" });
      const status = await source().transactionStatus(split);
      if (status.kind !== "confirmed") expect.fail(status.kind);
      expect(await running().devnet.blocks.blockHashAt(status.height)).toBe(status.blockHash);
    });

    test("broadcast, and a refusal with the node's reason", async () => {
      const spend = { txid: funding, index: 1, value: 200_000n, kind: "p2pkh", key } as const;
      await expect(source().broadcast(signed([spend], [{ script: p2pkh, value: 100n }]))).rejects.toMatchObject({
        kind: "rejected",
        rule: "broadcast-refused",
        message: expect.stringContaining('"dust'),
      });
      const raw = signed([spend], [{ script: p2pkh, value: 199_000n }]);
      const txid = await source().broadcast(raw);
      expect(await source().broadcast(raw)).toBe(txid);
      expect(await source().transactionStatus(txid)).toEqual({ kind: "mempool" });
      expect(await source().unspent({ txid, index: 0 })).toMatchObject({ value: 199_000n, height: null });
      expect(await source().outpointFate({ txid, index: 0 })).toBe("unspent");
      expect(await source().outpointFate({ txid: funding, index: 1 })).toBe("spent-in-mempool");
      const spentCoin = (await source().coins([p2pkh])).find((coin) => coin.txid === funding);
      expect(spentCoin).toBeUndefined();
    });
  });
}

test("Esplora alone finds unconfirmed coins by script", async () => {
  const pending = (coins: readonly Coin[]) => coins.filter(({ height }) => height === null);
  expect(pending(await sources.esplora().coins([p2pkh]))).toHaveLength(1);
  expect(pending(await sources.rpc().coins([p2pkh]))).toHaveLength(0);
});

test("fee estimates: the nearest target of Esplora, none from a node that saw no market", async () => {
  const rates = await Promise.all([1, 2, 5, 6, 1000].map((target) => sources.esplora().feeRate(target)));
  expect(rates).toEqual([20, 20, 20, 10.5, 1.25]);
  expect(await sources.rpc().feeRate(6)).toBeNull();
});

test("Esplora of another chain is refused", async () => {
  await expect(esploraCoins({ url: esplora.url }, BITCOIN_CHAINS.bitcoin).tip()).rejects.toMatchObject({
    kind: "machine",
    rule: "wrong-chain",
  });
});

test("both sources show what waits, as much of it as is asked for", async () => {
  const { devnet, faucet } = running();
  await faucet.mine(1); // what earlier tests left
  const spend = { txid: split, index: 0, value: 30_000n, kind: "p2pkh", key } as const;
  const raw = signed([spend], [{ script: nobody, value: 29_000n }]);
  await devnet.coins.broadcast(raw);
  for (const source of Object.values(sources).map((make) => make())) {
    expect(await source.mempool([], 10)).toEqual({ transactions: [raw], total: 1 });
    expect(await source.mempool([nobody], 0)).toEqual({ transactions: [], total: 1 });
  }
  await faucet.mine(1);
  for (const source of Object.values(sources).map((make) => make()))
    expect(await source.mempool([], 10)).toEqual({ transactions: [], total: 0 });
});
