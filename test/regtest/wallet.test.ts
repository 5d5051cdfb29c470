/** Every plan on a real node: signed, relayed, mined, read back by the engine and taken by the rules. */
import { beforeAll, describe, expect, test } from "vitest";
import { addressOf } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { announcementHash, type Txid, zonefileHash } from "../../src/primitives/hash.ts";
import { name, namespaceId } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { type Network, networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";
import {
  addressAt,
  derivePublicKeys,
  keptScripts,
  NOTHING_USED,
  ownScripts,
  scriptAt,
} from "../../src/wallet/addresses.ts";
import { nameBurn, namespaceBurn } from "../../src/wallet/burn.ts";
import { importPrivateKey, keyTree } from "../../src/wallet/derivation.ts";
import { destinationScript } from "../../src/wallet/destination.ts";
import { keyFinder, singleKey } from "../../src/wallet/keys.ts";
import { parseMnemonic, seedOf } from "../../src/wallet/mnemonic.ts";
import type { PlanContext, SeenConsensus, TxPlan } from "../../src/wallet/plan.ts";
import { planAnnounce, planRenew, planRevoke, planTransfer, planUpdate } from "../../src/wallet/plan-name.ts";
import {
  planImport,
  planNamespacePreorder,
  planNamespaceReady,
  planNamespaceReveal,
} from "../../src/wallet/plan-namespace.ts";
import { planPayment } from "../../src/wallet/plan-payment.ts";
import { afterSplit, planRegistration } from "../../src/wallet/plan-registration.ts";
import { preflightPlans } from "../../src/wallet/preflight.ts";
import { nestedSegwitScript, p2pkhScript } from "../../src/wallet/script.ts";
import { FEE_LIMITS, signPlan, type SignedTransaction } from "../../src/wallet/sign.ts";
import { useDevnet } from "../support/devnet.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { replay } from "../support/replay.ts";

const on = BITCOIN_CHAINS.regtest;
const running = useDevnet();
const tree = keyTree(seedOf(parseMnemonic(`${"abandon ".repeat(11)}about`)));
const keys = derivePublicKeys(tree, NOTHING_USED);
const scripts = ownScripts(keys, NOTHING_USED, 5);
const importer = singleKey(importPrivateKey(tree.privateKey({ purpose: "reveal", index: 0 }), 0));
const importerScript = p2pkhScript(importer.pair.publicKey);
const keyOf = keyFinder([...scripts.map(({ path }) => singleKey(tree.privateKey(path))), importer]);
const nested = nestedSegwitScript(tree.publicKey({ purpose: "payment", index: 2 }));
const owned = (index: number) => ({
  script: scriptAt(keys, { purpose: "owner", index }),
  address: addressAt(keys, { purpose: "owner", index }, on),
});
const revealer = {
  script: scriptAt(keys, { purpose: "reveal", index: 0 }),
  address: addressAt(keys, { purpose: "reveal", index: 0 }, on),
};
const bns = namespaceId("namespace");
const alice = name("alice.namespace");
const imported = name("imported.namespace");
const SEGWIT = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";
const zonefile = zonefileHash("ab".repeat(20));

let network: Network;
let store: MemoryStore;

beforeAll(async () => {
  const { devnet, faucet } = running();
  const nestedAddress = addressOf(nested, on);
  if (nestedAddress === null) throw new Error("a p2sh script has an address");
  await faucet.pay([
    { to: addressAt(keys, { purpose: "payment", index: 0 }, on), value: satoshi(20_000_000) },
    { to: nestedAddress, value: satoshi(5_000_000) },
    { to: owned(4).address, value: satoshi(300_000) },
  ]);
  await faucet.mine(1);
  const { height } = await devnet.blocks.tip();
  network = networkOf(newNetworkDefinition("wallet-test", "regtest", height, "id"));
  store = new MemoryStore(network);
  await follow();
}, 120_000);

/** Indexes what was mined; returns the ids of transactions that the rules took. */
async function follow(): Promise<Txid[]> {
  const { devnet } = running();
  const from = (store.tip()?.height ?? network.firstBlock - 1) + 1;
  const taken: Txid[] = [];
  const file = { network, announcers: [alice], source: devnet.blocks };
  for await (const block of replay(file, store, (await devnet.blocks.tip()).height, from)) {
    taken.push(...block.accepted.map(({ txid }) => txid));
  }
  return taken;
}

async function context(): Promise<PlanContext> {
  const kept = keptScripts(scripts);
  const all = [...scripts.map(({ script }) => script), nested, importerScript];
  const coins = await running().devnet.coins.coins(all);
  return {
    network,
    purse: { coins, kept: new Set([...kept, importerScript]), locked: new Set() },
    feeRate: 3,
    changeScript: scriptAt(keys, { purpose: "payment", index: 0 }),
  };
}

function consensus(): SeenConsensus {
  const tip = store.tip();
  if (tip === null) throw new Error("the first block is indexed");
  return { hash: tip.consensusHash, height: tip.height };
}

const next = () => blockHeight((store.tip()?.height ?? 0) + 1);
const preflight = (...plans: TxPlan[]) =>
  preflightPlans(plans, {
    network,
    at: next(),
    view: store.view,
    publicKeyOf: (script) => keyOf(script)?.pair.publicKey,
    announcers: [alice],
  });

async function signed(plan: TxPlan, earlier: readonly SignedTransaction[] = []): Promise<SignedTransaction> {
  const previous = new Map(earlier.map(({ txid, raw }) => [txid, raw]));
  for (const { txid } of plan.inputs) {
    const raw = previous.get(txid) ?? (await running().devnet.coins.rawTransaction(txid));
    if (raw !== null) previous.set(txid, raw);
  }
  return signPlan(plan, previous, keyOf);
}

/** Sends transactions, mines one block, and tells which of them the rules took. */
async function mined(...transactions: readonly SignedTransaction[]): Promise<boolean[]> {
  const { devnet, faucet } = running();
  for (const { raw, txid } of transactions) expect(await devnet.coins.broadcast(raw)).toBe(txid);
  await faucet.mine(1);
  const taken = await follow();
  return transactions.map(({ txid }) => taken.includes(txid));
}

async function sent(transaction: SignedTransaction): Promise<SignedTransaction> {
  await mined(transaction);
  return transaction;
}

/** Asks the rules, signs, sends, mines: what the rules said before is what the chain says after. */
async function done(plan: TxPlan): Promise<void> {
  preflight(plan);
  expect(await mined(await signed(plan))).toEqual([true]);
}

const burnNow = () => {
  const namespace = store.view.namespace(bns);
  if (namespace === null) throw new Error("the namespace is open");
  return nameBurn(alice, namespace, network, { pricedAt: next(), paidAt: next() });
};

describe("the wallet on a real node", () => {
  test("a payment to native segwit, from p2pkh and nested segwit together", async () => {
    const destination = destinationScript(SEGWIT, on);
    const plan = planPayment({ destination, address: SEGWIT, amount: satoshi(21_000_000) }, await context());
    expect(new Set(plan.inputs.map(({ script }) => script)).size).toBe(2);
    const { txid } = await sent(await signed(plan));
    expect(await running().devnet.coins.unspent({ txid, index: 0 })).toMatchObject({
      value: 21_000_000n,
      script: destination,
    });
  });

  test("a namespace: preordered, revealed, imported into, ready", async () => {
    await running().faucet.pay([
      { to: addressAt(keys, { purpose: "payment", index: 0 }, on), value: satoshi(20_000_000) },
    ]);
    await mined();
    const burn = namespaceBurn(bns, network, next());
    const preorder = planNamespacePreorder(
      { namespaceId: bns, revealer: revealer.address, burn, consensus: consensus() },
      await context(),
    );
    await done(preorder);
    const payer = preorder.inputs[0]?.script ?? nested;
    const parameters = {
      lifetime: 1000,
      coeff: 1,
      base: 4,
      buckets: [6, 5, 4, 3, 2, 1, ...Array<number>(10).fill(0)],
      nonalphaDiscount: 10,
      noVowelDiscount: 10,
      version: 1, // prettier-ignore
    };
    await done(
      planNamespaceReveal({ namespaceId: bns, parameters, revealer: revealer.address, payer }, await context()),
    );
    await done(
      planImport(
        { name: imported, importer: revealer.script, recipient: owned(3).address, zonefileHash: zonefile },
        await context(),
      ),
    );
    expect(store.view.name(imported)).toMatchObject({ valueHash: zonefile, sender: owned(3).script });

    // A child of the revealer's key may import too, now that the ring is fixed.
    const child = addressOf(importerScript, on);
    if (child === null) throw new Error("a p2pkh script has an address");
    await running().faucet.pay([{ to: child, value: satoshi(5500) }]);
    await mined();
    const again = zonefileHash("cd".repeat(20));
    await done(
      planImport(
        { name: imported, importer: importerScript, recipient: owned(3).address, zonefileHash: again },
        await context(),
      ),
    );
    expect(store.view.name(imported)?.valueHash).toBe(again);

    await done(planNamespaceReady({ namespaceId: bns, revealer: revealer.script }, await context()));
    expect(store.view.namespace(bns)?.op).toBe("!");
  });

  test("a name: both phases signed before the first is sent, then its whole life", async () => {
    const planned = planRegistration(
      { name: alice, owner: owned(0).address, burn: burnNow(), consensus: consensus(), zonefileHash: zonefile },
      await context(),
      FEE_LIMITS,
    );
    preflight(planned.preorder, planned.register);
    if (planned.split === null) throw new Error("no three coins of one script are left");
    const split = await signed(planned.split);
    const plan = afterSplit(planned, split.txid);
    const preorder = await signed(plan.preorder, [split]);
    const register = await signed(plan.register, [split]);
    expect(await mined(split, preorder)).toEqual([false, true]); // a split is no operation
    expect(await mined(register)).toEqual([true]);
    expect(store.view.name(alice)).toMatchObject({ valueHash: zonefile, address: owned(0).address });

    const other = zonefileHash("ef".repeat(20));
    await done(
      planUpdate({ name: alice, owner: owned(0).script, zonefileHash: other, consensus: consensus() }, await context()),
    );
    await done(
      planAnnounce({ sender: owned(0).script, announcementHash: announcementHash("11".repeat(20)) }, await context()),
    );
    await done(
      planTransfer(
        { name: alice, owner: owned(0).script, newOwner: owned(1).address, keepZonefile: true, consensus: consensus() },
        await context(),
      ),
    );
    await done(
      planRenew(
        { name: alice, owner: owned(1).script, newOwner: owned(2).address, burn: burnNow(), zonefileHash: null },
        await context(),
      ),
    );
    expect(store.view.name(alice)).toMatchObject({ valueHash: other, address: owned(2).address });

    // Refused before it is signed; forced onto the chain, ignored.
    const stranger = planRevoke({ name: alice, owner: owned(4).script }, await context());
    expect(() => preflight(stranger)).toThrow(/would ignore/u);
    expect(await mined(await signed(stranger))).toEqual([false]);
    expect(store.view.name(alice)?.revoked).toBe(false);

    await done(planRevoke({ name: alice, owner: owned(2).script }, await context()));
    expect(store.view.name(alice)?.revoked).toBe(true);
  });

  test("sending everything leaves only what is kept", async () => {
    const plan = planPayment(
      { destination: destinationScript(SEGWIT, on), address: SEGWIT, amount: "all" },
      await context(),
    );
    await sent(await signed(plan));
    const after = await context();
    expect(after.purse.coins.every(({ script }) => after.purse.kept.has(script))).toBe(true);
    expect(after.purse.coins.length).toBeGreaterThan(0);
  });
});
