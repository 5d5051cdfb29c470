import { expect, test } from "vitest";
import { networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";
import { feeRateOf } from "../../src/spending/fee-rate.ts";
import { planContext } from "../../src/spending/plan-context.ts";
import { fakeDesk } from "../support/fake-desk.ts";

/** A desk whose source estimates by target, and the targets that it was asked for. */
function estimating(rates: Readonly<Record<number, number>>, maxFeeRate = 1000) {
  const { desk } = fakeDesk({ feeRate: null, limits: { maxFee: 500_000n, maxFeeRate } });
  const asked: number[] = [];
  const source = {
    ...desk.source,
    feeRate: (target: number) => {
      asked.push(target);
      return Promise.resolve(rates[target] ?? null);
    },
  };
  return { desk: { ...desk, source }, asked };
}

test("the user's rate is taken as it is, and nobody is asked", async () => {
  const { desk, asked } = estimating({ 6: 10 });
  expect(await feeRateOf({ ...desk, feeRate: 3 }, 2)).toMatchObject({ feeRate: 3, capped: false });
  expect(asked).toEqual([]);
});

test("the less time is left, the more targets are asked for, and the higher the rate", async () => {
  const { desk, asked } = estimating({ 6: 10, 2: 30, 1: 50 });
  expect((await feeRateOf(desk)).feeRate).toBe(10);
  expect(asked).toEqual([6]);
  expect((await feeRateOf(desk, 6)).feeRate).toBe(37.5);
  expect((await feeRateOf(desk, 1)).feeRate).toBe(100);
});

test("an estimate above the limit is cut, and whoever plans is told", async () => {
  const { desk } = estimating({ 6: 80 }, 50);
  const notes: string[] = [];
  expect((await planContext(desk, (text) => notes.push(text))).feeRate).toBe(50);
  expect(notes).toEqual(["the estimate is above your limit: 50 satoshis per byte may take longer to confirm"]);
});

test("without an estimate: an assumption where coins are worth nothing, else a question", async () => {
  const { desk } = estimating({});
  expect((await feeRateOf(desk)).feeRate).toBe(5);
  const network = networkOf(newNetworkDefinition("worth", "bitcoin", 900_000, "wo"));
  await expect(feeRateOf({ ...desk, network })).rejects.toMatchObject({ kind: "usage", rule: "no-fee-estimate" });
});
