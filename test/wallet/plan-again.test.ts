import { describe, expect, test } from "vitest";
import type { Address } from "../../src/bitcoin/address.ts";
import { addressOf } from "../../src/bitcoin/address.ts";
import { recallPlan, storePlan } from "../../src/journal/stored-plan.ts";
import { consensusHash, zonefileHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { networkOf, MAINNET } from "../../src/protocol/network-definition.ts";
import { readied } from "../../src/spending/readied.ts";
import { planCancel, withConsensus } from "../../src/wallet/plan-again.ts";
import { planChild } from "../../src/wallet/plan-child.ts";
import { planRevoke, planUpdate } from "../../src/wallet/plan-name.ts";
import { planPreorder } from "../../src/wallet/plan-registration.ts";
import type { PlanContext, TxPlan } from "../../src/wallet/plan.ts";
import { FEE_LIMITS } from "../../src/wallet/sign.ts";
import { anyScript, coin, purse } from "./purse.ts";

const network = networkOf(MAINNET);
const [PAYER, OWNER, CHANGE] = [anyScript(1), anyScript(2), anyScript(3)];
const addressFor = (script: typeof PAYER): Address => addressOf(script, network.bitcoin) ?? expect.fail("an address");
const OLD = { hash: consensusHash("11".repeat(16)), height: blockHeight(500_000) };
const FRESH = { hash: consensusHash("22".repeat(16)), height: blockHeight(500_020) };
const NAME = name("alice.id");
const coins = purse([coin(1, 1_000_000, PAYER), coin(2, 5_500, OWNER)], { kept: new Set([OWNER]) });
const context: PlanContext = { network, purse: coins, feeRate: 10, changeScript: CHANGE };

const preorder = planPreorder(
  {
    name: NAME,
    owner: addressFor(OWNER),
    burn: { address: addressFor(anyScript(9)), price: satoshi(40_000n) },
    consensus: OLD,
    zonefileHash: null,
  },
  context,
);
const update = planUpdate(
  { name: NAME, owner: OWNER, zonefileHash: zonefileHash("33".repeat(20)), consensus: OLD },
  context,
);
const inputsOf = ({ inputs }: TxPlan) => inputs.map(({ txid, index }) => `${txid}:${index}`);
const held = ({ inputs }: TxPlan) => inputs.reduce((sum, { value }) => sum + value, 0n);
const made = ({ outputs }: TxPlan) => outputs.reduce((sum, { value }) => sum + value, 0n);

describe("a fresh consensus hash", () => {
  test("in a preorder: the preorder hash, inputs and outputs stay", () => {
    const fresh = withConsensus(preorder, NAME, FRESH, network) ?? expect.fail("it carries one");
    expect(inputsOf(fresh)).toEqual(inputsOf(preorder));
    expect(fresh.outputs.map(({ role, value }) => [role, value])).toEqual(
      preorder.outputs.map(({ role, value }) => [role, value]),
    );
    expect(fresh.payload).toEqual({ ...preorder.payload, consensusHash: FRESH.hash });
    expect(fresh.deathHeight).toBe(500_044);
    const [before, after] = [preorder, fresh].map(({ outputs }) => outputs[0]?.script ?? "");
    expect(after).toBe(before?.replace(OLD.hash, FRESH.hash));
    expect(after).not.toBe(before);
  });

  test("in an update: its hash is over name and consensus hash", () => {
    const fresh = withConsensus(update, NAME, FRESH, network);
    expect(fresh?.payload).toMatchObject({ kind: "NAME_UPDATE", zonefileHash: "33".repeat(20) });
    const again = planUpdate(
      { name: NAME, owner: OWNER, zonefileHash: zonefileHash("33".repeat(20)), consensus: FRESH },
      context,
    );
    expect(fresh?.payload).toEqual(again.payload);
    expect(fresh?.outputs).toEqual(again.outputs);
  });

  test("nothing carries one that needs none", () => {
    expect(withConsensus(planRevoke({ name: NAME, owner: OWNER }, context), NAME, FRESH, network)).toBeNull();
  });
});

describe("a cancel", () => {
  test("spends the same coins, burns nothing, and outbids", () => {
    const cancel = planCancel(preorder, 12_345n, 10) ?? expect.fail("enough comes back");
    expect(inputsOf(cancel)).toEqual(inputsOf(preorder));
    expect(cancel).toMatchObject({ purpose: "cancel", payload: null, deathHeight: null, cost: { burned: 0n } });
    expect(cancel.fee).toBe(12_345n + BigInt(cancel.size));
    expect(cancel.outputs).toMatchObject([{ role: "change", script: PAYER }]);
    expect(held(cancel) - made(cancel)).toBe(cancel.fee);
  });

  test("gives the owner's coin back to the owner", () => {
    const cancel = planCancel(update, 5_000n, 10);
    expect(cancel?.outputs).toMatchObject([
      { role: "returned", script: OWNER, value: 5_500n },
      { role: "change", script: PAYER },
    ]);
  });

  test("is none where nothing would come back", () => {
    expect(planCancel(preorder, 999_900n, 10)).toBeNull();
  });
});

describe("what is signed beside it", () => {
  const fees = (plans: readonly TxPlan[]) => plans.map(({ fee }) => fee);

  test("a preorder at four fees, then the cancel: each may replace the one before", () => {
    const plans = readied(preorder, { limits: FEE_LIMITS });
    expect(plans.map(({ purpose }) => purpose)).toEqual(["preorder", "preorder", "preorder", "preorder", "cancel"]);
    expect(plans[0]).toBe(preorder);
    for (const [i, plan] of plans.entries()) {
      const before = plans[i - 1];
      if (before !== undefined) expect(plan.fee).toBeGreaterThanOrEqual(before.fee + BigInt(plan.size));
      expect(inputsOf(plan)).toEqual(inputsOf(preorder));
    }
  });

  test("the cancel goes before the dearest raise where the limit allows one of them", () => {
    const limits = { ...FEE_LIMITS, maxFee: preorder.fee * 8n };
    const plans = readied(preorder, { limits });
    expect(plans.at(-1)?.purpose).toBe("cancel");
    expect(Math.max(...fees(plans).map(Number))).toBeLessThanOrEqual(Number(limits.maxFee));
    expect(plans.length).toBeLessThan(5);
  });

  test("an update burns nothing: no cancel; a revoke has no deadline: nothing beside it", () => {
    expect(readied(update, { limits: FEE_LIMITS }).map(({ purpose }) => purpose)).not.toContain("cancel");
    expect(readied(update, { limits: FEE_LIMITS }).length).toBeGreaterThan(1);
    expect(readied(planRevoke({ name: NAME, owner: OWNER }, context), { limits: FEE_LIMITS })).toHaveLength(1);
  });
});

test("a child pays for its parent too, or is none", () => {
  const change = coin(7, 50_000, PAYER, null);
  const parent = { txid: change.txid, fee: 300n, size: 300, parents: [] };
  const to = { network: network.id, script: CHANGE };
  const child = planChild(change, [parent], 20, to) ?? expect.fail("it pays");
  expect(Number(child.fee + parent.fee) / (child.size + parent.size)).toBeGreaterThanOrEqual(20);
  expect(held(child) - made(child)).toBe(child.fee);
  expect(planChild(coin(7, 1_000, PAYER, null), [parent], 20, to)).toBeNull();
});

test("a plan comes back from the journal as it was", () => {
  for (const plan of [preorder, update]) expect(recallPlan(storePlan(plan))).toEqual(plan);
});
