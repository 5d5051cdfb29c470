/** What the node takes and refuses: the same words from the embedded node as from Bitcoin Core. */
import { beforeAll, describe, expect, test } from "vitest";
import * as v from "valibot";
import { address } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { txid as parseTxid } from "../../src/primitives/hash.ts";
import { satoshi } from "../../src/primitives/units.ts";
import { txidOfRaw } from "../../src/chain/raw-transaction.ts";
import { useDevnet } from "../support/devnet.ts";
import {
  dataScript,
  lockingScript,
  signed,
  testKey,
  type Output,
  type Spend,
  type SpendKind,
} from "../support/spend.ts";
import { payments, networks } from "bitcoinjs-lib";

const REGTEST = BITCOIN_CHAINS.regtest;
const running = useDevnet();
const key = testKey("mempool tests");
const mine = lockingScript("p2pkh", key);
const VALUE = 100_000n;
const FEE = 1_000n;

/** p2pkh coins of ours, each for one test. */
const purse: Spend[] = [];
beforeAll(async () => {
  const { faucet, devnet } = running();
  const to = address(payments.p2pkh({ pubkey: key.publicKey, network: networks.regtest }).address ?? "", REGTEST);
  const count = 40;
  const txid = await faucet.pay(Array.from({ length: count }, () => ({ to, value: satoshi(VALUE) })));
  await faucet.mine(1);
  expect(await devnet.coins.transactionStatus(txid)).toMatchObject({ kind: "confirmed" });
  for (let index = 0; index < count; index++) purse.push({ txid, index, value: VALUE, kind: "p2pkh", key });
});
const coin = (): Spend => purse.pop() ?? expect.fail("no coins left");
const send = (raw: Uint8Array) => running().devnet.coins.broadcast(raw);
const verdicts = async (...raw: Uint8Array[]) => running().devnet.coins.testAccept(raw);
const spend = (outputs: Output[], from = coin()) => signed([from], outputs);

describe("spending", () => {
  const kinds: SpendKind[] = [
    "p2pkh",
    "p2wpkh",
    "p2sh-p2wpkh",
    "p2sh-multisig",
    "p2wsh-multisig",
    "p2sh-p2wsh-multisig",
  ];
  for (const kind of kinds) {
    test(`${kind} with a right signature, never with a wrong one`, async () => {
      const locked = await send(spend([{ script: lockingScript(kind, key), value: VALUE - FEE }]));
      const from: Spend = { txid: locked, index: 0, value: VALUE - FEE, kind, key };
      const outputs = [{ script: mine, value: VALUE - 2n * FEE }];
      await expect(send(signed([from], outputs, true))).rejects.toMatchObject({
        kind: "rejected",
        rule: "broadcast-refused",
      });
      const txid = await send(signed([from], outputs));
      expect(await running().devnet.coins.transactionStatus(txid)).toEqual({ kind: "mempool" });
      await running().faucet.mine(1);
      expect(await running().devnet.coins.transactionStatus(txid)).toMatchObject({ kind: "confirmed" });
    });
  }
});

describe("what is not relayed", () => {
  const refusals: [what: string, outputs: Output[], reason: RegExp][] = [
    ["an output below the dust limit", [{ script: mine, value: 545n }], /dust/u],
    ["no fee", [{ script: mine, value: VALUE }], /min relay fee not met/u],
    ["more than the inputs hold", [{ script: mine, value: VALUE + 1n }], /bad-txns-in-belowout/u],
    ["an unknown kind of script", [{ script: "5175", value: VALUE - FEE }], /scriptpubkey/u],
  ];
  for (const [what, outputs, reason] of refusals) {
    test(what, async () => {
      const raw = spend(outputs);
      const [verdict] = (await verdicts(raw)) ?? [];
      expect(verdict).toMatchObject({ kind: "refused", reason: expect.stringMatching(reason) });
      await expect(send(raw)).rejects.toThrow(reason);
    });
  }

  test("data: 80 bytes once are taken, 81 bytes or two outputs are not", async () => {
    const change = { script: mine, value: VALUE - FEE };
    expect(await verdicts(spend([{ script: dataScript(80), value: 0n }, change]))).toEqual([{ kind: "allowed" }]);
    expect(await verdicts(spend([{ script: dataScript(81), value: 0n }, change]))).toMatchObject([
      { kind: "refused", reason: expect.stringMatching(/scriptpubkey|datacarrier/u) },
    ]);
    const two = [dataScript(5), dataScript(6)].map((script) => ({ script, value: 0n }));
    expect(await verdicts(spend([...two, change]))).toMatchObject([{ kind: "refused", reason: "multi-op-return" }]);
  });

  test("a coin that does not exist", async () => {
    const raw = spend([{ script: mine, value: VALUE - FEE }], { ...coin(), txid: "11".repeat(32) });
    expect(await verdicts(raw)).toEqual([{ kind: "refused", reason: "missing-inputs" }]);
    await expect(send(raw)).rejects.toThrow(/missingorspent/u);
  });

  test("bytes that are no transaction", async () => {
    const reply = await running().devnet.node.ask("sendrawtransaction", ["00ff"], v.string());
    expect(reply).toMatchObject({ ok: false, code: -22 });
  });
});

describe("asking and sending", () => {
  test("asking changes nothing", async () => {
    const raw = spend([{ script: mine, value: VALUE - FEE }]);
    const txid = txidOfRaw(raw);
    expect(await verdicts(raw)).toEqual([{ kind: "allowed" }]);
    expect(await running().devnet.coins.transactionStatus(txid)).toEqual({ kind: "unknown" });
    expect(await send(raw)).toBe(txid);
  });

  test("a child is judged with its parent, and not without it", async () => {
    const parent = spend([{ script: mine, value: VALUE - FEE }]);
    const from: Spend = { ...coin(), txid: txidOfRaw(parent), index: 0, value: VALUE - FEE };
    const child = spend([{ script: mine, value: VALUE - 2n * FEE }], from);
    expect(await verdicts(child)).toEqual([{ kind: "refused", reason: "missing-inputs" }]);
    expect(await verdicts(parent, child)).toEqual([{ kind: "allowed" }, { kind: "allowed" }]);
  });

  test("sending twice counts as sent: from the mempool, the chain, and when all of it is spent again", async () => {
    const raw = spend([{ script: mine, value: VALUE - FEE }]);
    const txid = await send(raw);
    expect(await send(raw)).toBe(txid);
    await running().faucet.mine(1);
    expect(await send(raw)).toBe(txid);
    await send(spend([{ script: mine, value: VALUE - 2n * FEE }], { ...coin(), txid, index: 0, value: VALUE - FEE }));
    await running().faucet.mine(1);
    expect(await send(raw)).toBe(txid);
  });

  test("an output is gone as soon as the mempool spends it", async () => {
    const from = coin();
    const outpoint = { txid: parseTxid(from.txid), index: from.index };
    expect(await running().devnet.coins.unspent(outpoint)).toMatchObject({ value: VALUE });
    const txid = await send(spend([{ script: mine, value: VALUE - FEE }], from));
    expect(await running().devnet.coins.unspent(outpoint)).toBeNull();
    const coins = await running().devnet.coins.coins([mine]);
    expect(coins.some((each) => each.txid === from.txid && each.index === from.index)).toBe(false);
    expect(await running().devnet.coins.unspent({ txid, index: 0 })).toMatchObject({ height: null });
  });
});

describe("replacing by fee", () => {
  test("a signalling transaction is replaced by one that pays more, with what depends on it", async () => {
    const from = { ...coin(), sequence: 0xfffffffd };
    const first = await send(spend([{ script: mine, value: VALUE - FEE }], from));
    const child = await send(
      spend([{ script: mine, value: VALUE - 2n * FEE }], { ...coin(), txid: first, index: 0, value: VALUE - FEE }),
    );
    const tooLittle = spend([{ script: mine, value: VALUE - FEE - 1n }], from);
    expect(await verdicts(tooLittle)).toMatchObject([
      { kind: "refused", reason: expect.stringMatching(/insufficient fee/u) },
    ]);
    await expect(send(tooLittle)).rejects.toThrow(/insufficient fee/u);
    const second = await send(spend([{ script: mine, value: VALUE - 10n * FEE }], from));
    for (const gone of [first, child])
      expect(await running().devnet.coins.transactionStatus(gone)).toEqual({ kind: "unknown" });
    await running().faucet.mine(1);
    expect(await running().devnet.coins.transactionStatus(second)).toMatchObject({ kind: "confirmed" });
  });
});

describe("a block with exactly the transactions that are given", () => {
  const generate = async (raw: readonly Uint8Array[], to = running().faucet.address) =>
    running().devnet.node.ask("generateblock", [to, raw.map(toHex)], v.object({ hash: v.string() }));
  const height = async () => (await running().devnet.blocks.tip()).height;

  test("may hold the version of a transaction that the mempool does not have", async () => {
    const from = coin();
    const waiting = await send(spend([{ script: mine, value: VALUE - FEE }], from));
    const bystander = await send(spend([{ script: mine, value: VALUE - FEE }]));
    const mined = spend([{ script: mine, value: VALUE - 3n * FEE }], from);
    const child = signed(
      [{ ...from, txid: txidOfRaw(mined), index: 0, value: VALUE - 3n * FEE }],
      [{ script: mine, value: VALUE - 4n * FEE }],
    );
    const before = await height();
    expect(await generate([mined, child])).toMatchObject({ ok: true });
    expect(await height()).toBe(before + 1);
    const status = async (raw: Uint8Array) => running().devnet.coins.transactionStatus(txidOfRaw(raw));
    expect(await status(mined)).toMatchObject({ kind: "confirmed", height: before + 1 });
    expect(await status(child)).toMatchObject({ kind: "confirmed", height: before + 1 });
    expect(await running().devnet.coins.transactionStatus(waiting)).toEqual({ kind: "unknown" });
    expect(await running().devnet.coins.transactionStatus(bystander)).toEqual({ kind: "mempool" });
  });

  test("may be empty, and holds nothing that is invalid", async () => {
    const before = await height();
    expect(await generate([])).toMatchObject({ ok: true });
    expect(await height()).toBe(before + 1);
    const from = coin();
    const twice = [spend([{ script: mine, value: VALUE - FEE }], from), spend([{ script: mine, value: FEE }], from)];
    expect(await generate(twice)).toMatchObject({ ok: false, code: -25 });
    expect(await generate([signed([from], [{ script: mine, value: VALUE - FEE }], true)])).toMatchObject({ ok: false });
    expect(await height()).toBe(before + 1);
  });
});

test("a split, what it pays for, and the last of them for too little: the last is refused before any is sent", async () => {
  const from = coin();
  const half = (from.value - FEE) / 2n;
  const split = signed(
    [from],
    [
      { script: mine, value: half },
      { script: mine, value: half },
    ],
  );
  const made = (index: number): Spend => ({ txid: txidOfRaw(split), index, value: half, kind: "p2pkh", key });
  const preorder = signed([made(0)], [{ script: mine, value: half - FEE }]);
  const register = (fee: bigint) => signed([made(1)], [{ script: mine, value: half - fee }]);
  expect(await verdicts(split, preorder, register(FEE))).toEqual(Array(3).fill({ kind: "allowed" }));
  const refused = (await verdicts(split, preorder, register(0n)))?.at(2);
  expect(refused).toMatchObject({ kind: "refused", reason: expect.stringContaining("fee") as string });
  expect(await running().devnet.coins.transactionStatus(txidOfRaw(split))).toEqual({ kind: "unknown" });
});

test("25 transactions that wait, one behind the other, and not one more", async () => {
  let from = coin();
  for (let i = 1; i <= 25; i++) {
    const value = from.value - FEE;
    const txid = await send(signed([from], [{ script: mine, value }]));
    from = { txid, index: 0, value, kind: "p2pkh", key };
  }
  await expect(send(signed([from], [{ script: mine, value: from.value - FEE }]))).rejects.toMatchObject({
    rule: "broadcast-refused",
    message: expect.stringContaining("chain") as string,
  });
});
