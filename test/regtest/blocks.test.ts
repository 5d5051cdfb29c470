/** Blocks, the scripts that they spend, and what happens to them in a reorganisation. */
import { beforeAll, describe, expect, test } from "vitest";
import * as v from "valibot";
import { Block } from "bitcoinjs-lib";
import { p2pkhAddress } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { bitcoindBlocks } from "../../src/chain/bitcoind-blocks.ts";
import type { Outpoint } from "../../src/chain/source.ts";
import { reversed, toHex } from "../../src/primitives/bytes.ts";
import { blockHash, txid as parseTxid } from "../../src/primitives/hash.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { useDevnet } from "../support/devnet.ts";
import { serveRpc } from "../support/rpc-proxy.ts";

const REGTEST = BITCOIN_CHAINS.regtest;
const running = useDevnet();
const someone = p2pkhAddress(new Uint8Array(20).fill(9), REGTEST);
const nothing = v.null();

beforeAll(async () => {
  const { faucet } = running();
  await faucet.pay([{ to: someone, value: satoshi(70_000) }]);
  await faucet.pay([{ to: someone, value: satoshi(80_000) }]);
  await faucet.mine(1);
});

async function spentInTip(): Promise<{ hash: ReturnType<typeof blockHash>; outpoints: Outpoint[] }> {
  const { hash } = await running().devnet.blocks.tip();
  const block = Block.fromBuffer(Buffer.from(await running().devnet.blocks.rawBlock(hash)));
  const inputs = (block.transactions ?? []).slice(1).flatMap(({ ins }) => ins);
  return {
    hash,
    outpoints: inputs.map((input) => ({ txid: parseTxid(toHex(reversed(input.hash))), index: input.index })),
  };
}

describe("blocks", () => {
  test("come by height and hash, and above the tip there is none", async () => {
    const { blocks } = running().devnet;
    const tip = await blocks.tip();
    expect(await blocks.blockHashAt(tip.height)).toBe(tip.hash);
    expect(await blocks.blockHashAt(blockHeight(0))).toBe(REGTEST.genesisHash);
    expect(await blocks.blockHashAt(blockHeight(tip.height + 1))).toBeNull();
    const raw = await blocks.rawBlock(tip.hash);
    expect(Block.fromBuffer(Buffer.from(raw)).getId()).toBe(tip.hash);
  });

  test("an unknown one is the machine's fault", async () => {
    await expect(running().devnet.blocks.rawBlock(blockHash("00".repeat(32)))).rejects.toMatchObject({
      kind: "machine",
      rule: "node-refused",
    });
  });

  test("another block under the wanted hash is a lie", async () => {
    const { devnet } = running();
    const other = await devnet.node.call("getblock", [REGTEST.genesisHash, 0], v.string());
    const liar = await serveRpc(devnet, { getblock: () => ({ result: other }) });
    try {
      const { hash } = await devnet.blocks.tip();
      await expect(bitcoindBlocks({ url: liar.url }, REGTEST).rawBlock(hash)).rejects.toMatchObject({
        kind: "refuted",
        rule: "block-hash-mismatch",
      });
    } finally {
      await liar.close();
    }
  });
});

describe("spent scripts", () => {
  test("are the same from the earlier transactions and from undo data, and one way is learned", async () => {
    const { devnet } = running();
    const { hash, outpoints } = await spentInTip();
    expect(outpoints.length).toBeGreaterThanOrEqual(2);
    const fromTransactions = bitcoindBlocks(devnet.rpc, REGTEST);
    expect(fromTransactions.spentScriptsMethod).toBeNull();
    const scripts = await fromTransactions.spentScripts(hash, outpoints);
    expect(fromTransactions.spentScriptsMethod).toBe("getrawtransaction");
    let asked = 0;
    const unindexed = await serveRpc(devnet, {
      getrawtransaction: () => {
        asked += 1;
        return { error: { code: -5, message: "No such mempool transaction. Use -txindex" } };
      },
    });
    try {
      const fromUndo = bitcoindBlocks({ url: unindexed.url }, REGTEST);
      expect(await fromUndo.spentScripts(hash, outpoints)).toEqual(scripts);
      expect(fromUndo.spentScriptsMethod).toBe("getblock");
      const once = asked;
      expect(await fromUndo.spentScripts(hash, [...outpoints].reverse())).toEqual([...scripts].reverse());
      expect(await fromUndo.spentScripts(hash, [])).toEqual([]);
      expect(asked).toBe(once);
    } finally {
      await unindexed.close();
    }
    expect(scripts.every((script) => script.length === 25)).toBe(true);
  });

  test("verbosity 3 is not asked of a node that has once given no scripts with it", async () => {
    const { devnet } = running();
    const { hash, outpoints } = await spentInTip();
    let asked = 0;
    let indexed = false;
    // before Bitcoin Core 23, verbosity 3 reads as 2; the index is switched on while we look
    const old = await serveRpc(devnet, {
      getblock: async ([block]) => {
        asked += 1;
        return { result: await devnet.node.call("getblock", [block, 2], v.unknown()) };
      },
      getrawtransaction: async (params) =>
        indexed
          ? { result: await devnet.node.call("getrawtransaction", params, v.unknown()) }
          : { error: { code: -5, message: "No such mempool transaction" } },
    });
    try {
      const blocks = bitcoindBlocks({ url: old.url }, REGTEST);
      await expect(blocks.spentScripts(hash, outpoints)).rejects.toMatchObject({ rule: "spent-scripts-unavailable" });
      expect([asked, blocks.spentScriptsMethod]).toEqual([1, null]);
      indexed = true;
      expect(await blocks.spentScripts(hash, outpoints)).toHaveLength(outpoints.length);
      expect(await blocks.spentScripts(hash, outpoints)).toHaveLength(outpoints.length);
      expect([asked, blocks.spentScriptsMethod]).toEqual([1, "getrawtransaction"]);
    } finally {
      await old.close();
    }
  });

  test("that the node cannot give are an error, never a guess", async () => {
    const { devnet } = running();
    const { hash, outpoints } = await spentInTip();
    const pruned = await serveRpc(devnet, {
      getblock: async ([asked]) => ({ result: await devnet.node.call("getblock", [asked, 2], v.unknown()) }),
      getrawtransaction: () => ({ error: { code: -5, message: "No such mempool transaction. Use -txindex" } }),
    });
    try {
      await expect(bitcoindBlocks({ url: pruned.url }, REGTEST).spentScripts(hash, outpoints)).rejects.toMatchObject({
        kind: "machine",
        rule: "spent-scripts-unavailable",
        hint: expect.stringContaining("-txindex"),
      });
    } finally {
      await pruned.close();
    }
  });

  test("of another transaction than asked for are a lie", async () => {
    const { devnet } = running();
    const { hash, outpoints } = await spentInTip();
    const { txid } = outpoints[0] ?? expect.fail("no input");
    const wrong = await devnet.node.call(
      "getrawtransaction",
      [outpoints.find((o) => o.txid !== txid)?.txid, 0],
      v.string(),
    );
    const liar = await serveRpc(devnet, {
      getblock: async ([asked]) => ({ result: await devnet.node.call("getblock", [asked, 2], v.unknown()) }),
      getrawtransaction: () => ({ result: wrong }),
    });
    try {
      await expect(bitcoindBlocks({ url: liar.url }, REGTEST).spentScripts(hash, outpoints)).rejects.toMatchObject({
        kind: "refuted",
        rule: "txid-mismatch",
      });
    } finally {
      await liar.close();
    }
  });
});

describe("a reorganisation", () => {
  test("replaces the tip; its transactions wait again and confirm in the new branch", async () => {
    const { devnet, faucet } = running();
    const txid = await faucet.pay([{ to: someone, value: satoshi(90_000) }]);
    await faucet.mine(2);
    const before = await devnet.blocks.tip();
    const forked = (await devnet.blocks.blockHashAt(blockHeight(before.height - 1))) ?? expect.fail("no block");
    expect(await devnet.coins.transactionStatus(txid)).toMatchObject({ blockHash: forked });

    await devnet.node.call("invalidateblock", [forked], nothing);
    expect(await devnet.blocks.tip()).toMatchObject({ height: before.height - 2 });
    expect(await devnet.coins.transactionStatus(txid)).toEqual({ kind: "mempool" });

    await devnet.mine(3, someone);
    const after = await devnet.blocks.tip();
    expect(after.height).toBe(before.height + 1);
    expect(await devnet.blocks.blockHashAt(blockHeight(before.height))).not.toBe(before.hash);
    expect(await devnet.coins.transactionStatus(txid)).toMatchObject({ kind: "confirmed", height: before.height - 1 });

    // the old branch is welcome again but shorter: nothing changes
    await devnet.node.call("reconsiderblock", [forked], nothing);
    expect(await devnet.blocks.tip()).toEqual(after);
  });

  test("back to a branch that was set aside, when it is the longer one", async () => {
    const { devnet } = running();
    await devnet.mine(3, someone);
    const long = await devnet.blocks.tip();
    const first = (await devnet.blocks.blockHashAt(blockHeight(long.height - 2))) ?? expect.fail("no block");
    await devnet.node.call("invalidateblock", [first], nothing);
    await devnet.mine(1, someone);
    expect((await devnet.blocks.tip()).height).toBe(long.height - 2);
    await devnet.node.call("reconsiderblock", [first], nothing);
    expect(await devnet.blocks.tip()).toEqual(long);
  });
});
