import fc from "fast-check";
import { expect, test } from "vitest";
import { txid } from "../../src/primitives/hash.ts";
import { type Ancestor, inNeedOfHelp, leastChildFee, packageFeeRate } from "../../src/wallet/package-fee.ts";

const id = (n: number) => txid(n.toString(16).padStart(64, "0"));
const waiting = (n: number, fee: number, size: number, ...parents: number[]): Ancestor => ({
  txid: id(n),
  fee: BigInt(fee),
  size,
  parents: parents.map(id),
});

test("the rate of a package is its fees over its sizes", () => {
  expect(packageFeeRate([])).toBe(0);
  expect(packageFeeRate([waiting(1, 200, 200), waiting(2, 1800, 200)])).toBe(5);
});

test("a child pays what its parents miss", () => {
  // 400 bytes at 10 satoshis are 4000, of which the parent has paid 200
  expect(leastChildFee([waiting(1, 200, 200)], 200, 10)).toBe(3800n);
  expect(leastChildFee([], 200, 10)).toBe(2000n);
});

test.each([
  ["a rich parent is no gift", [waiting(1, 50_000, 200)], [], 2000n],
  ["a rich parent of a poor one is no gift either", [waiting(1, 50_000, 200), waiting(2, 200, 200, 1)], [2], 3800n],
  ["a rich one that already helps its poor parent", [waiting(1, 200, 200), waiting(2, 3800, 200, 1)], [], 2000n],
  ["one that helps, but not enough", [waiting(1, 200, 200), waiting(2, 3000, 200, 1)], [1, 2], 2800n],
  ["two poor parents", [waiting(1, 200, 200), waiting(2, 400, 200)], [1, 2], 5400n],
])("%s", (_, ancestors, helped, fee) => {
  expect(inNeedOfHelp(ancestors, 10).map((each) => each.txid)).toEqual(helped.map(id));
  expect(leastChildFee(ancestors, 200, 10)).toBe(fee);
});

test("a child never pays less than its own rate, and the package that it helps reaches the rate", () => {
  const chain = fc.array(fc.record({ fee: fc.nat(20_000), size: fc.integer({ min: 100, max: 500 }) }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(chain, fc.integer({ min: 100, max: 400 }), fc.integer({ min: 1, max: 60 }), (links, size, rate) => {
      const ancestors = links.map((each, i) => waiting(i + 1, each.fee, each.size, ...(i === 0 ? [] : [i])));
      const fee = leastChildFee(ancestors, size, rate);
      const child = { ...waiting(99, 0, size), fee };
      const helped = inNeedOfHelp(ancestors, rate);
      expect(packageFeeRate([...helped, child])).toBeGreaterThanOrEqual(rate);
      expect(packageFeeRate([child])).toBeGreaterThanOrEqual(rate);
      // without what it pays for others, one of them stays below the rate
      for (const each of helped) expect(packageFeeRate(upTo(each, helped))).toBeLessThan(rate);
    }),
  );
});

/** In a chain: a transaction and those before it. */
function upTo(last: Ancestor, chain: readonly Ancestor[]): readonly Ancestor[] {
  return chain.slice(0, chain.indexOf(last) + 1);
}
