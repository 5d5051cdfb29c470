import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseFeeRate, FEE_TARGETS, type FeeEstimates, urgencyOf } from "../../src/wallet/fee-policy.ts";

const BOUNDS = { floor: 1, ceiling: 1000 };
const ESTIMATES: FeeEstimates = new Map([
  [1, 40],
  [2, 30],
  [4, 20],
  [6, 10],
]);

test.each([
  [null, 6, 1, 10],
  [144, 6, 1, 10],
  [21, 6, 1, 10],
  [12, 6, 1, 10],
  [11, 4, 1, 20],
  [8, 4, 1, 20],
  [7, 2, 1.25, 37.5],
  [5, 2, 1.25, 37.5],
  [4, 1, 1.5, 60],
  [3, 1, 1.5, 60],
  [2, 1, 2, 80],
  [1, 1, 2, 80],
  [0, 1, 2, 80],
  [-5, 1, 2, 80],
])("with %s blocks left: within %i blocks, times %d, %d satoshis", (left, targetBlocks, factor, feeRate) => {
  expect(chooseFeeRate(left, ESTIMATES, BOUNDS)).toEqual({ targetBlocks, factor, feeRate, capped: false });
});

describe("bounds", () => {
  test("never below the floor", () => {
    expect(chooseFeeRate(null, new Map([[6, 0.2]]), BOUNDS)).toMatchObject({ feeRate: 1, capped: false });
  });
  test("never above the ceiling, which is said", () => {
    expect(chooseFeeRate(1, ESTIMATES, { floor: 1, ceiling: 80 })).toMatchObject({ feeRate: 80, capped: false });
    expect(chooseFeeRate(1, ESTIMATES, { floor: 1, ceiling: 79 })).toMatchObject({ feeRate: 79, capped: true });
  });
});

test("no estimate, no rate; one for another target is better than none", () => {
  expect(chooseFeeRate(5, new Map(), BOUNDS)).toBeNull();
  expect(chooseFeeRate(null, new Map([[2, 30]]), BOUNDS)?.feeRate).toBe(30);
  expect(chooseFeeRate(1, new Map([[144, 3]]), BOUNDS)?.feeRate).toBe(6);
});

test("a source that calls the faster cheaper is not believed", () => {
  const odd = new Map([
    [1, 2],
    [6, 25],
  ]);
  expect(chooseFeeRate(1, odd, BOUNDS)?.feeRate).toBe(50);
});

test("the schedule leaves at least twice its target, until that cannot be", () => {
  for (let left = 2; left < 60; left++) expect(urgencyOf(left).targetBlocks * 2).toBeLessThanOrEqual(left);
  for (let left = -3; left < 60; left++) expect(FEE_TARGETS).toContain(urgencyOf(left).targetBlocks);
});

test("fewer blocks left never give a lower rate, whatever the source says", () => {
  const estimates = fc
    .array(fc.tuple(fc.constantFrom(1, 2, 3, 4, 6, 12, 144), fc.double({ min: 0.1, max: 500, noNaN: true })), {
      minLength: 1,
    })
    .map((pairs) => new Map(pairs));
  const ceiling = fc.integer({ min: 1, max: 1000 });
  fc.assert(
    fc.property(estimates, ceiling, (given, most) => {
      const bounds = { floor: 1, ceiling: most };
      const rates = Array.from({ length: 40 }, (_, left) => chooseFeeRate(left, given, bounds)?.feeRate ?? NaN);
      for (const [left, rate] of rates.entries()) {
        expect(rate).toBeGreaterThanOrEqual(rates[left + 1] ?? chooseFeeRate(null, given, bounds)?.feeRate ?? NaN);
        expect(rate).toBeLessThanOrEqual(most);
        expect(rate).toBeGreaterThanOrEqual(Math.min(1, most));
      }
    }),
  );
});
