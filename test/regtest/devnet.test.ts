import { describe, expect, test } from "vitest";
import * as v from "valibot";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { p2pkhAddress, scriptOf } from "../../src/bitcoin/address.ts";
import { satoshi } from "../../src/primitives/units.ts";
import { useDevnet } from "../support/devnet.ts";

const REGTEST = BITCOIN_CHAINS.regtest;
const someone = p2pkhAddress(new Uint8Array(20).fill(7), REGTEST);
const running = useDevnet();

describe("a devnet", () => {
  test("is regtest and mines", async () => {
    const { devnet } = running();
    const before = await devnet.blocks.tip();
    const hashes = await devnet.mine(3, someone);
    const after = await devnet.blocks.tip();
    expect(after).toEqual({ height: before.height + 3, hash: hashes[2] });
    expect(await devnet.node.call("getblockchaininfo", [], v.looseObject({ chain: v.string() }))).toMatchObject({
      chain: "regtest",
    });
  });

  test("its faucet pays", async () => {
    const { devnet, faucet } = running();
    const txid = await faucet.pay([{ to: someone, value: satoshi(123456) }]);
    expect(await devnet.coins.transactionStatus(txid)).toEqual({ kind: "mempool" });
    expect(await devnet.coins.unspent({ txid, index: 0 })).toEqual({
      txid,
      index: 0,
      value: 123456n,
      script: scriptOf(someone, REGTEST),
      height: null,
    });
    await faucet.mine(1);
    const tip = await devnet.coins.tip();
    expect(await devnet.coins.transactionStatus(txid)).toEqual({
      kind: "confirmed",
      height: tip.height,
      blockHash: tip.hash,
    });
    const coins = await devnet.coins.coins([scriptOf(someone, REGTEST)]);
    expect(coins.find((coin) => coin.txid === txid)).toMatchObject({ value: 123456n, height: tip.height });
  });
});
