/** Plans of every operation, read back by the network's own extraction, and refused or taken by its rules. */
import { describe, expect, test } from "vitest";
import { address, addressOf, type ScriptHex, scriptOf } from "../../src/bitcoin/address.ts";
import { BskError } from "../../src/errors.ts";
import type { NameRecord, NamespaceRecord } from "../../src/ops/record.ts";
import { preorderHashOf } from "../../src/ops/preorder-hash.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { announcementHash, consensusHash, preorderHash, txid, zonefileHash } from "../../src/primitives/hash.ts";
import { name, nameHashOf, namespaceId, updateHashOf } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { BUILT_IN, MAINNET, networkOf } from "../../src/protocol/network-definition.ts";
import { MemoryView } from "../../src/rules/memory-view.ts";
import { nameBurn, namespaceBurn } from "../../src/wallet/burn.ts";
import { type Coin, outpointText, type Purse } from "../../src/wallet/coins.ts";
import { destinationScript } from "../../src/wallet/destination.ts";
import { type PlanContext, purseAfter, type TxPlan } from "../../src/wallet/plan.ts";
import { planAnnounce, planRenew, planRevoke, planTransfer, planUpdate } from "../../src/wallet/plan-name.ts";
import {
  planImport,
  planNamespacePreorder,
  planNamespaceReady,
  planNamespaceReveal,
} from "../../src/wallet/plan-namespace.ts";
import { ladder } from "../../src/wallet/fee-ladder.ts";
import { planPayment } from "../../src/wallet/plan-payment.ts";
import {
  afterSplit,
  planPreorder,
  planRegister,
  planRegistration,
  UNSIGNED_TXID,
} from "../../src/wallet/plan-registration.ts";
import { operationOf, preflightPlans, refuseEnded } from "../../src/wallet/preflight.ts";
import { registrationCost } from "../../src/wallet/price.ts";
import { p2pkhScript } from "../../src/wallet/script.ts";
import { FEE_LIMITS } from "../../src/wallet/sign.ts";
import { OWNER_OUTPUT } from "../../src/wallet/size.ts";
import { singleKey } from "../../src/wallet/keys.ts";
import { coin, purse } from "./purse.ts";

const regtest = BUILT_IN.find((definition) => definition.name === "regtest");
if (regtest === undefined) throw new Error("regtest is built in");
const network = networkOf(regtest);
const on = network.bitcoin;

const publicKeys = new Map<ScriptHex, Uint8Array>();
function party(secret: number): ScriptHex {
  const { publicKey } = singleKey(new Uint8Array(32).fill(secret)).pair;
  const script = p2pkhScript(publicKey);
  publicKeys.set(script, publicKey);
  return script;
}
const addressIn = (script: ScriptHex) => {
  const found = addressOf(script, on);
  if (found === null) throw new Error("a party has an address");
  return found;
};
const [PAYER, OTHER_PAYER, OWNER, NEW_OWNER, REVEALER, CHANGE] = [
  party(1),
  party(2),
  party(3),
  party(4),
  party(5),
  party(6),
];
const P2WPKH = `0014${"22".repeat(20)}` as ScriptHex;

const alice = name("alice.id");
const id = namespaceId("id");
const hash = consensusHash("00112233445566778899aabbccddeeff");
const consensus = { hash, height: blockHeight(1000) };
const zonefile = zonefileHash("ab".repeat(20));
const burn = { address: address(network.burnAddress, on), price: satoshi(40_000) };
const at = blockHeight(1010);

const PURSE: Purse = purse(
  [
    coin(1, 1_000_000, PAYER),
    coin(2, 60_000, OTHER_PAYER),
    coin(3, 5500, OWNER),
    coin(4, 9_000_000, OWNER),
    coin(5, 5500, REVEALER),
    coin(6, 8_000_000, REVEALER),
    coin(7, 7_000_000, P2WPKH),
    coin(8, 6_000_000, PAYER),
  ],
  { kept: new Set([OWNER, REVEALER, NEW_OWNER]), locked: new Set([outpointText(coin(8, 1, PAYER))]) },
);
const context: PlanContext = { network, purse: PURSE, feeRate: 10, changeScript: CHANGE };
const parameters = {
  lifetime: 52_595,
  coeff: 250,
  base: 4,
  buckets: [6, 5, 4, 3, 2, 1, ...Array<number>(10).fill(0)],
  nonalphaDiscount: 10,
  noVowelDiscount: 10,
  version: 1, // prettier-ignore
};

const to = (script: ScriptHex) => ({ recipient: script, recipientAddress: addressIn(script) });
const by = (script: ScriptHex) => ({
  sender: script,
  address: addressIn(script),
  senderPubkey: toHex(publicKeys.get(script) ?? new Uint8Array()),
});
const burned = { opFee: 40_000, burnAddress: network.burnAddress };

/** 60 000 satoshis are the smallest coin that suffices alone: the other payer's. Plan -> what the network must read from it, the roles of its outputs, and the role of input 0. */
const CASES: readonly [string, TxPlan, object, readonly string[]][] = [
  ["preorder",
    planPreorder({ name: alice, owner: addressIn(OWNER), burn, consensus, zonefileHash: zonefile }, context),
    { kind: "NAME_PREORDER", preorderHash: preorderHashOf(alice, OTHER_PAYER, addressIn(OWNER)), consensusHash: hash, ...by(OTHER_PAYER), ...burned },
    ["data", "change", "burn"]],
  ["register",
    planRegister({ name: alice, owner: addressIn(OWNER), payer: PAYER, zonefileHash: zonefile }, context),
    { kind: "NAME_REGISTRATION", name: alice, zonefileHash: zonefile, ...by(PAYER), ...to(OWNER) },
    ["data", "recipient", "change"]],
  ["register without zone file",
    planRegister({ name: alice, owner: addressIn(OWNER), payer: OTHER_PAYER, zonefileHash: null }, context),
    { kind: "NAME_REGISTRATION", name: alice, zonefileHash: null, ...by(OTHER_PAYER), ...to(OWNER) },
    ["data", "recipient", "change"]],
  ["renew",
    planRenew({ name: alice, owner: OWNER, newOwner: addressIn(NEW_OWNER), burn, zonefileHash: null }, context),
    { kind: "NAME_RENEWAL", name: alice, zonefileHash: null, ...by(OWNER), ...to(NEW_OWNER), ...burned },
    ["data", "recipient", "returned", "burn", "change"]],
  ["update",
    planUpdate({ name: alice, owner: OWNER, zonefileHash: zonefile, consensus }, context),
    { kind: "NAME_UPDATE", updateHash: updateHashOf(alice, hash), zonefileHash: zonefile, ...by(OWNER) },
    ["data", "returned", "change"]],
  ["transfer",
    planTransfer({ name: alice, owner: OWNER, newOwner: addressIn(NEW_OWNER), keepZonefile: false, consensus }, context),
    { kind: "NAME_TRANSFER", keepZonefile: false, nameHash: nameHashOf(alice), consensusHash: hash, ...by(OWNER), ...to(NEW_OWNER) },
    ["data", "recipient", "returned", "change"]],
  ["revoke",
    planRevoke({ name: alice, owner: OWNER }, context),
    { kind: "NAME_REVOKE", name: alice, ...by(OWNER) },
    ["data", "returned", "change"]],
  ["announce",
    planAnnounce({ sender: OWNER, announcementHash: announcementHash("cd".repeat(20)) }, context),
    { kind: "ANNOUNCE", announcementHash: "cd".repeat(20), ...by(OWNER) },
    ["data", "returned", "change"]],
  ["namespace preorder",
    planNamespacePreorder({ namespaceId: id, revealer: addressIn(REVEALER), burn, consensus }, context),
    { kind: "NAMESPACE_PREORDER", preorderHash: preorderHashOf(id, OTHER_PAYER, addressIn(REVEALER)), consensusHash: hash, ...by(OTHER_PAYER), ...burned },
    ["data", "change", "burn"]],
  ["namespace reveal",
    planNamespaceReveal({ namespaceId: id, parameters, revealer: addressIn(REVEALER), payer: PAYER }, context),
    { kind: "NAMESPACE_REVEAL", namespaceId: id, ...parameters, ...by(PAYER), ...to(REVEALER), preorderHash: preorderHashOf(id, PAYER, addressIn(REVEALER)) },
    ["data", "recipient", "change"]],
  ["namespace ready",
    planNamespaceReady({ namespaceId: id, revealer: REVEALER }, context),
    { kind: "NAMESPACE_READY", namespaceId: id, ...by(REVEALER) },
    ["data", "returned", "change"]],
  ["import",
    planImport({ name: alice, importer: REVEALER, recipient: addressIn(OWNER), zonefileHash: zonefile }, context),
    { kind: "NAME_IMPORT", name: alice, zonefileHash: zonefile, ...by(REVEALER), ...to(OWNER) },
    ["data", "recipient", "zonefile-hash", "returned", "change"]],
]; // prettier-ignore

const reading = { network, at, publicKeyOf: (script: ScriptHex) => publicKeys.get(script) };
const sum = (of: readonly { readonly value: bigint }[]): bigint => of.reduce((total, { value }) => total + value, 0n);

describe("plans", () => {
  test.each(CASES)("%s: the network reads back what was meant", (_, plan, operation, roles) => {
    expect(operationOf(plan, reading)).toMatchObject({ kind: "ok", value: operation });
    expect(plan.outputs.map(({ role }) => role)).toEqual(roles);
  });

  test.each(CASES)("%s: owners' coins pay nothing, segwit is not touched, money balances", (_, plan) => {
    const owners = plan.inputs.filter(({ script }) => script === OWNER || script === REVEALER);
    expect(owners.map(({ value }) => value)).toEqual(roleOfFirst(plan) === "owner" ? [5500n] : []);
    for (const input of owners) expect(plan.inputs.indexOf(input)).toBe(0);
    const back = plan.outputs.filter(({ role }) => role === "returned");
    expect(sum(back)).toBe(sum(owners));
    expect(plan.inputs.some(({ script }) => script === P2WPKH)).toBe(false);
    expect(sum(plan.inputs)).toBe(sum(plan.outputs) + plan.fee);
    expect(plan.fee).toBe(BigInt(Math.ceil(plan.size * plan.feeRate)));
    const { fee, burned: gone, placed, total } = plan.cost;
    expect(total).toBe(fee + gone + placed);
    const change = plan.outputs.filter(({ role }) => role === "change");
    expect(total).toBe(sum(plan.inputs) - sum(change) - sum(back));
    expect(plan.network).toBe(network.id);
  });

  const roleOfFirst = (plan: TxPlan) => plan.inputs[0]?.role;

  test("only what carries a consensus hash has a death height: that of the hash and 24", () => {
    const deaths = CASES.map(([of, { deathHeight }]) => [of, deathHeight] as const).filter(
      ([, death]) => death !== null,
    );
    expect(deaths).toEqual(["preorder", "update", "transfer", "namespace preorder"].map((of) => [of, 1024]));
  });

  test("an owner without a coin is told what to pay where", () => {
    const context2 = { ...context, purse: { ...PURSE, coins: PURSE.coins.filter(({ script }) => script !== OWNER) } };
    const error = failure(() => planRevoke({ name: alice, owner: OWNER }, context2));
    expect([error.kind, error.rule]).toEqual(["wallet", "no-owner-coin"]);
    expect(error.hint).toContain(`${addressIn(OWNER)} 5500`);
  });

  test("a locked owner coin is not used again", () => {
    const locked = new Set([outpointText(coin(3, 0, OWNER))]);
    const plan = planRevoke({ name: alice, owner: OWNER }, { ...context, purse: { ...PURSE, locked } });
    expect(plan.inputs[0]?.value).toBe(9_000_000n);
    expect(plan.outputs.find(({ role }) => role === "returned")?.value).toBe(9_000_000n);
  });

  test("a register refuses a payer that has nothing at the preorder's address", () => {
    const error = failure(() =>
      planRegister({ name: alice, owner: addressIn(OWNER), payer: CHANGE, zonefileHash: null }, context),
    );
    expect([error.kind, error.rule]).toEqual(["wallet", "no-payer-coin"]);
  });

  test("a burn below what nodes relay is raised to it", () => {
    const cheap = { ...burn, price: satoshi(10) };
    const plan = planPreorder(
      { name: alice, owner: addressIn(OWNER), burn: cheap, consensus, zonefileHash: null },
      context,
    );
    expect(plan.outputs[2]).toMatchObject({ role: "burn", value: 546n });
  });

  test("a p2sh revealer is refused: it could never import", () => {
    const p2sh = addressIn(`a914${"11".repeat(20)}87` as ScriptHex);
    expect(
      failure(() => planNamespacePreorder({ namespaceId: id, revealer: p2sh, burn, consensus }, context)).kind,
    ).toBe("usage");
  });
});

describe("registration", () => {
  const request = { name: alice, owner: addressIn(OWNER), burn, consensus, zonefileHash: zonefile };
  const planWith = (...coins: readonly Coin[]) =>
    planRegistration(request, { ...context, purse: purse(coins) }, FEE_LIMITS);
  /** What the register's coin holds for eight times the fee: 297 bytes at 80. The preorder's: 276 bytes at 80. */
  const reserve = OWNER_OUTPUT + 80n * 297n + 546n;
  const stake = 40_000n + 80n * 276n + 546n;

  test("the price is known before coins are, and is what the plans cost", () => {
    const cost = registrationCost({
      name: alice,
      price: burn.price,
      burnScript: scriptOf(burn.address, on),
      zonefile: true,
      feeRate: 10,
    });
    const plan = planWith(coin(1, stake, PAYER), coin(2, reserve, PAYER), coin(3, reserve, PAYER));
    expect(plan.split).toBeNull();
    expect(cost.total).toBe(plan.total);
    expect(cost).toMatchObject({
      burn: 40_000n,
      ownerOutput: OWNER_OUTPUT,
      preorderFee: plan.preorder.fee,
      registerFee: plan.register.fee,
    });
  });

  test("three coins of one script are used as they are, also among others, and the register never spends the preorder", () => {
    const strangers = [coin(8, 90_000_000, OTHER_PAYER), coin(9, 80_000_000, CHANGE)];
    const own = [coin(3, reserve, PAYER), coin(1, stake, PAYER), coin(2, reserve, PAYER)];
    const { split, ...rest } = planWith(...strangers, ...own);
    expect(split).toBeNull();
    const { preorder, register, spare } = rest;
    expect([preorder, register, spare].map(({ inputs }) => inputs.map(outpointText))).toEqual([
      [outpointText(coin(1, 1, PAYER))],
      [outpointText(coin(2, 1, PAYER))],
      [outpointText(coin(3, 1, PAYER))],
    ]);
    expect(preorder.outputs[1]?.script).toBe(PAYER);
    for (const plan of [register, spare]) expect(plan.outputs).toHaveLength(3);
    expect({ ...spare, inputs: register.inputs }).toEqual(register);
  });

  test("two coins of one script are one too few: others are split", () => {
    const two = [coin(1, stake, PAYER), coin(2, reserve, PAYER)];
    expect(failure(() => planWith(...two)).rule).toBe("not-enough-coins");
    const { split, total, preorder, register } = planWith(...two, coin(8, 90_000_000, OTHER_PAYER));
    expect(split?.inputs.map(({ script }) => script)).toEqual([OTHER_PAYER]);
    expect(total).toBe((split?.fee ?? 0n) + preorder.cost.total + register.cost.total);
  });

  test.each([
    ["one satoshi too little in a coin to reserve", [stake, reserve, reserve - 1n]],
    ["one satoshi too little for the preorder", [stake - 1n, reserve, reserve]],
  ])("%s: other coins are added to the preorder, behind its input 0", (_, values) => {
    const coins = values.map((value, i) => coin(i + 1, value, PAYER));
    expect(failure(() => planWith(...coins)).rule).toBe("not-enough-coins");
    const { split, preorder, register, spare } = planWith(...coins, coin(8, 90_000_000, OTHER_PAYER));
    expect(split).toBeNull();
    expect(preorder.inputs.map(({ script }) => script)).toEqual([PAYER, OTHER_PAYER]);
    for (const plan of [register, spare]) expect(plan.inputs.map(({ script }) => script)).toEqual([PAYER]);
  });

  test("coins that no block holds yet are not reserved: what makes them may still be replaced", () => {
    const pending = [stake, reserve, reserve].map((value, i) => coin(i + 1, value, PAYER, null));
    expect(planWith(...pending, coin(8, 90_000_000, OTHER_PAYER)).split).not.toBeNull();
  });

  test("a split at the edge: it makes what all three need, and one satoshi less plans nothing", () => {
    const size = 10 + 148 + 3 * 34;
    const least = stake + 2n * reserve + BigInt(10 * size);
    const { split, preorder, register, spare } = planWith(coin(1, least, OTHER_PAYER));
    expect(split).toMatchObject({
      purpose: "split",
      payload: null,
      deathHeight: null,
      cost: { total: 10n * BigInt(size) },
    });
    expect(split?.outputs.map(({ role, value, script }) => [role, value, script])).toEqual([
      ["reserve", stake, CHANGE],
      ["reserve", reserve, CHANGE],
      ["reserve", reserve, CHANGE],
    ]);
    expect([preorder, register, spare].map(({ inputs }) => inputs.map((spent) => [spent.txid, spent.index]))).toEqual([
      [[UNSIGNED_TXID, 0]],
      [[UNSIGNED_TXID, 1]],
      [[UNSIGNED_TXID, 2]],
    ]);
    expect(failure(() => planWith(coin(1, least - 1n, OTHER_PAYER))).message).toContain("not enough coins: 1 satoshis");
  });

  test("once the split has an id, all three spend it, and nothing else changes", () => {
    const plan = planWith(coin(8, 90_000_000, OTHER_PAYER));
    const signed = txid("77".repeat(32));
    const after = afterSplit(plan, signed);
    for (const part of ["preorder", "register", "spare"] as const) {
      expect(after[part].inputs.map((spent) => spent.txid)).toEqual([signed]);
      expect({ ...after[part], inputs: plan[part].inputs }).toEqual(plan[part]);
    }
  });

  test("the ladder: same inputs and outputs, only fee and change differ, from the present rate to eight times that", () => {
    const { preorder, register } = planWith(coin(8, 90_000_000, OTHER_PAYER));
    for (const [plan, steps] of [[preorder, 4], [register, 6]] as const) {
      const rungs = ladder(plan, steps, FEE_LIMITS);
      expect(rungs[0]).toEqual(plan);
      expect(rungs.map(({ fee }) => fee)).toEqual(rungs.map(({ fee }) => fee).toSorted((a, b) => Number(a - b)));
      expect(new Set(rungs.map(({ fee }) => fee)).size).toBe(steps);
      expect(rungs.at(-1)).toMatchObject({ feeRate: 80, fee: 8n * plan.fee });
      for (const rung of rungs) {
        expect(sum(rung.inputs)).toBe(sum(rung.outputs) + rung.fee);
        expect(rung.cost.total - rung.fee).toBe(plan.cost.total - plan.fee);
        const other = rung.outputs.filter(({ role }) => role !== "change");
        expect([rung.inputs, rung.payload, other]).toEqual([plan.inputs, plan.payload, plan.outputs.filter(({ role }) => role !== "change")]);
      }
    }
  }); // prettier-ignore

  test("the ladder ends at the ceilings, and coins are reserved for no more than these", () => {
    const tight = { maxFee: 9000n, maxFeeRate: 25 };
    const { split, preorder, register } = planRegistration(
      request,
      { ...context, purse: purse([coin(8, 90_000_000, OTHER_PAYER)]) },
      tight,
    );
    expect(split?.outputs[1]?.value).toBe(OWNER_OUTPUT + 25n * 297n + 546n);
    expect(ladder(register, 6, tight).at(-1)?.fee).toBe(25n * 297n);
    // Where little is left above the present rate, there are fewer steps: each must pay to replace the one before.
    expect(ladder(register, 6, { maxFee: 500_000n, maxFeeRate: 12 }).map(({ feeRate }) => feeRate)).toEqual([
      10, 11, 12,
    ]);
    for (const rung of ladder(preorder, 4, { maxFee: 5000n, maxFeeRate: 1000 }))
      expect(rung.fee).toBeLessThanOrEqual(5000n);
  });

  test("without change, or with as much as nodes relay, there is one fee", () => {
    const exact = planPayment({ destination: PAYER, address: "x", amount: "all" }, context);
    expect(ladder(exact, 4, FEE_LIMITS)).toEqual([exact]);
    const plan = planPayment({ destination: PAYER, address: "x", amount: satoshi(57_000) }, context);
    expect(plan.outputs).toHaveLength(2);
    expect(plan.outputs[1]?.value).toBeLessThan(2n * 546n);
    expect(ladder(plan, 4, FEE_LIMITS)).toEqual([plan]);
  });

  test("at a rate of 1 every step is one more, as nodes demand of a replacement", () => {
    const { register } = planRegistration(
      request,
      { ...context, feeRate: 1, purse: purse([coin(8, 90_000_000, OTHER_PAYER)]) },
      FEE_LIMITS,
    );
    const fees = ladder(register, 6, FEE_LIMITS).map(({ fee }) => Number(fee));
    expect(fees).toHaveLength(6);
    expect(fees.at(-1)).toBe(8 * register.size);
    for (const [i, fee] of fees.entries())
      if (i > 0) expect(fee - (fees[i - 1] ?? 0)).toBeGreaterThanOrEqual(register.size);
  });

  test("a plan under way: its coins are gone, its change is pending", () => {
    const preorder = planPreorder(request, context);
    const after = purseAfter(preorder, txid("77".repeat(32)), PURSE);
    expect(after.coins).toHaveLength(PURSE.coins.length);
    expect(after.coins.at(-1)).toMatchObject({ index: 1, script: OTHER_PAYER, height: null });
  });
});

describe("payments", () => {
  const destination = destinationScript("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", on);

  test("pay any kind of address of the chain, and none of another", () => {
    expect(destination).toBe("0014751e76e8199196d454941c45d1b3a323f1433bd6");
    expect(destinationScript("bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6", on)).toMatch(/^5120/u);
    expect(destinationScript(addressIn(PAYER), on)).toBe(PAYER);
    const strangers = ["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA", "x", "",
      "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081"]; // prettier-ignore
    for (const text of strangers) expect(failure(() => destinationScript(text, on)).kind, text).toBe("usage");
  });

  test("an amount arrives exactly", () => {
    const plan = planPayment({ destination, address: "x", amount: satoshi(20_000) }, context);
    expect(plan.outputs.map(({ role, value }) => [role, value])).toEqual([
      ["destination", 20_000n],
      ["change", 60_000n - 20_000n - plan.fee],
    ]);
    expect(operationOf(plan, reading)).toBeNull();
  });

  test("everything: all that may be spent, nothing that is kept", () => {
    const dusty = { ...PURSE, coins: [...PURSE.coins, coin(9, 1000, PAYER)] };
    const plan = planPayment({ destination, address: "x", amount: "all" }, { ...context, purse: dusty });
    expect(sum(plan.inputs)).toBe(1_060_000n);
    expect(plan.outputs).toHaveLength(1);
    expect(sum(plan.outputs)).toBe(1_060_000n - plan.fee);
    expect(
      failure(() => planPayment({ destination, address: "x", amount: "all" }, { ...context, purse: purse([]) })).kind,
    ).toBe("wallet");
  });

  test("an amount that nodes would not relay is refused", () => {
    expect(failure(() => planPayment({ destination, address: "x", amount: satoshi(293) }, context)).kind).toBe("usage");
  });
});

function failure(work: () => unknown): BskError {
  try {
    work();
  } catch (error) {
    if (error instanceof BskError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const namespace: NamespaceRecord = {
  ...parameters,
  namespaceId: id,
  preorderHash: preorderHash("01".repeat(20)),
  sender: REVEALER,
  senderPubkey: null,
  address: addressIn(PAYER),
  recipient: REVEALER,
  recipientAddress: addressIn(REVEALER),
  blockNumber: blockHeight(900),
  revealBlock: blockHeight(910),
  readyBlock: blockHeight(920),
  op: "!",
  opcode: "NAMESPACE_READY",
  txid: txid("02".repeat(32)),
  vtxindex: 1,
  opFee: 0,
};
const owned: NameRecord = {
  name: alice,
  sender: OWNER,
  address: addressIn(OWNER),
  senderPubkey: null,
  blockNumber: blockHeight(950),
  preorderBlockNumber: blockHeight(950),
  namespaceBlockNumber: blockHeight(900),
  firstRegistered: blockHeight(951),
  lastRenewed: blockHeight(951),
  revoked: false,
  valueHash: null,
  op: ":",
  opcode: "NAME_REGISTRATION",
  txid: txid("03".repeat(32)),
  vtxindex: 1,
  opFee: 40_000,
  importer: null,
  importerAddress: null,
  consensusHash: null,
  preorderHash: preorderHash("04".repeat(20)),
  lastCreationOp: "?",
  lastUpdateConsensusHash: null,
};

/** A small past: a namespace that is open or only revealed, and perhaps a name in it. */
function past(rows: { readonly names?: NameRecord[]; readonly namespaces?: NamespaceRecord[] }): MemoryView {
  const view = new MemoryView(network);
  view.apply({
    names: rows.names ?? [],
    namespaces: rows.namespaces ?? [namespace],
    openedPreorders: [],
    consumedPreorders: [],
    importKeys: [],
  });
  view.setConsensusHash(1000, hash);
  return view;
}

describe("preflight", () => {
  const open = past({});
  const taken = past({ names: [owned] });
  const ask = (view: MemoryView, ...plans: TxPlan[]) => preflightPlans(plans, { ...reading, view });
  const both = (more: object = {}) => {
    const plan = planRegistration(
      { name: alice, owner: addressIn(OWNER), burn, consensus, zonefileHash: zonefile, ...more },
      context,
      FEE_LIMITS,
    );
    return [plan.preorder, plan.register];
  };

  test("what the network would take passes", () => {
    ask(open, ...both());
    ask(taken, planUpdate({ name: alice, owner: OWNER, zonefileHash: zonefile, consensus }, context));
    ask(
      taken,
      planTransfer(
        { name: alice, owner: OWNER, newOwner: addressIn(NEW_OWNER), keepZonefile: true, consensus },
        context,
      ),
    );
    ask(taken, planRenew({ name: alice, owner: OWNER, newOwner: addressIn(OWNER), burn, zonefileHash: null }, context));
    ask(taken, planRevoke({ name: alice, owner: OWNER }, context));
    ask(
      past({ namespaces: [] }),
      planNamespacePreorder({ namespaceId: id, revealer: addressIn(REVEALER), burn, consensus }, context),
    );
    ask(past({ namespaces: [] }), planPayment({ destination: PAYER, address: "x", amount: satoshi(5000) }, context));
  });

  const stale = { hash: consensusHash("ff".repeat(16)), height: blockHeight(1000) };
  const elsewhere = { ...burn, address: addressIn(NEW_OWNER) };
  const REFUSED: readonly [string, MemoryView, () => TxPlan[], string][] = [
    ["a taken name", taken, () => both(), "name-registered"],
    ["a missing namespace", past({ namespaces: [] }), () => both(), "namespace-not-ready"],
    ["an underpaid name", open, () => both({ burn: { ...burn, price: satoshi(39_999) } }), "insufficient-burn"],
    ["a wrong burn address", open, () => both({ burn: elsewhere }), "wrong-burn-address"],
    ["a stale consensus hash", open, () => both({ consensus: stale }), "consensus-hash-expired"],
    ["a register without its preorder", open, () => both().slice(1), "preorder-not-found"],
    ["a wrong owner", taken, () => [planRevoke({ name: alice, owner: REVEALER }, context)], "not-owner"],
    ["an update of somebody else's name", taken, () => [planUpdate({ name: alice, owner: REVEALER, zonefileHash: zonefile, consensus }, context)], "update-hash-unknown"],
    ["a transfer to the owner", taken, () => [planTransfer({ name: alice, owner: OWNER, newOwner: addressIn(OWNER), keepZonefile: true, consensus }, context)], "already-owner"],
    ["a revoked name", past({ names: [{ ...owned, revoked: true }] }), () => [planRevoke({ name: alice, owner: OWNER }, context)], "name-revoked"],
    ["an underpaid renewal", taken, () => [planRenew({ name: alice, owner: OWNER, newOwner: addressIn(OWNER), burn: { ...burn, price: satoshi(1000) }, zonefileHash: null }, context)], "insufficient-burn"],
    ["an import into an open namespace", open, () => [planImport({ name: alice, importer: REVEALER, recipient: addressIn(OWNER), zonefileHash: zonefile }, context)], "namespace-not-revealed"],
    ["an announcement that nobody listens to", open, () => [planAnnounce({ sender: OWNER, announcementHash: announcementHash("cd".repeat(20)) }, context)], "not-announcer"],
  ]; // prettier-ignore

  test.each(REFUSED)("%s is refused", (_, view, plans, rule) => {
    const error = failure(() => ask(view, ...plans()));
    expect([error.kind, error.rule, error.exitCode]).toEqual(["rejected", rule, 5]);
    expect(error.message).toContain("would ignore");
  });

  test("imports are read with the key that their input will show", () => {
    const revealed: NamespaceRecord = { ...namespace, op: "&", opcode: "NAMESPACE_REVEAL", readyBlock: blockHeight(0) };
    const revealedNow = past({ namespaces: [{ ...revealed, revealBlock: blockHeight(1000) }] });
    const plan = planImport(
      { name: alice, importer: REVEALER, recipient: addressIn(OWNER), zonefileHash: zonefile },
      context,
    );
    ask(revealedNow, plan);
    const keyless = failure(() =>
      preflightPlans([plan], { ...reading, publicKeyOf: () => undefined, view: revealedNow }),
    );
    expect(keyless.rule).toBe("no-public-key");
    const stranger = planImport(
      { name: alice, importer: OWNER, recipient: addressIn(OWNER), zonefileHash: zonefile },
      context,
    );
    expect(failure(() => ask(revealedNow, stranger)).rule).toBe("not-import-key");
  });

  test("a transaction that the network would not even read as an operation is refused as such", () => {
    const [preorder] = both();
    if (preorder === undefined) throw new Error("a registration has a preorder");
    const broken = { ...preorder, outputs: preorder.outputs.slice(0, 2) };
    expect(failure(() => ask(open, broken)).rule).toBe("not-an-operation");
    const segwit = {
      ...preorder,
      inputs: [...preorder.inputs, { ...(coin(9, 1, P2WPKH) satisfies Coin), role: "payer" as const }],
    };
    expect(failure(() => ask(open, segwit)).rule).toBe("not-an-operation");
  });

  test("an ended network is refused before anything else", () => {
    const ended = networkOf(MAINNET);
    const error = failure(() => refuseEnded(ended, blockHeight(665_750)));
    expect([error.kind, error.rule, error.exitCode]).toEqual(["rejected", "chain-ended", 5]);
    expect(() => refuseEnded(ended, blockHeight(665_749))).not.toThrow();
    expect(() => refuseEnded(network, at)).not.toThrow();
  });
});

describe("burns", () => {
  const heights = { pricedAt: 1010, paidAt: 1010 };
  test("prices of the rules, in whole satoshis", () => {
    expect(nameBurn(alice, namespace, network, heights)).toEqual(burn);
    // 2500 / 10 / … : fractions are rounded up to what pays.
    const odd = { ...namespace, coeff: 1, base: 1, noVowelDiscount: 7, nonalphaDiscount: 7 };
    expect(nameBurn(name("bcd.id"), odd, network, heights).price).toBe(10n);
    expect(namespaceBurn(id, network, 1010).price).toBe(400_000_000n);
  });

  test("a young version 2 namespace pays its creator", () => {
    const creator = { ...namespace, version: 2 };
    expect(nameBurn(alice, creator, network, heights).address).toBe(namespace.address);
    expect(nameBurn(alice, creator, network, { ...heights, paidAt: 910 + 52_595 }).address).toBe(namespace.address);
    expect(nameBurn(alice, creator, network, { ...heights, paidAt: 910 + 52_596 }).address).toBe(network.burnAddress);
  });

  test("in an epoch of tokens, names of version 3 and all namespaces cost what this wallet does not have", () => {
    const [mainnet, later] = [networkOf(MAINNET), { pricedAt: 600_000, paidAt: 600_000 }];
    expect(nameBurn(alice, namespace, mainnet, later).price).toBeGreaterThan(0n);
    for (const refused of [
      () => nameBurn(alice, { ...namespace, version: 3 }, mainnet, later),
      () => namespaceBurn(namespace.namespaceId, mainnet, 600_000),
    ]) {
      const error = failure(refused);
      expect([error.kind, error.rule]).toEqual(["rejected", "tokens-required"]);
    }
  });
});
