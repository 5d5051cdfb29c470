import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { txid } from "../../src/primitives/hash.ts";
import {
  checkReplacement,
  type Conflict,
  leastReplacementFee,
  type Original,
  type Replacement,
  signalsReplacement,
} from "../../src/wallet/replacement.ts";

const id = (n: number) => txid(n.toString(16).padStart(64, "0"));
const CONFIRMED = { txid: id(900), index: 0, confirmed: true };
const PENDING = { txid: id(901), index: 1, confirmed: false };

/** 200 virtual bytes at 5 satoshis. */
function original(change: Partial<Original> = {}): Original {
  return { txid: id(1), fee: 1000n, size: 200, inputs: [CONFIRMED, PENDING], signals: true, ...change };
}

function conflict(change: Partial<Original> = {}, descendants: Conflict["descendants"] = []): Conflict {
  return { originals: [original(change)], descendants };
}

function replacement(change: Partial<Replacement> = {}): Replacement {
  return { fee: 1200n, size: 200, inputs: [CONFIRMED, PENDING], ...change };
}

test("BIP 125: a sequence below 0xfffffffe signals", () => {
  expect(signalsReplacement([0xffffffff, 0xfffffffd])).toBe(true);
  expect(signalsReplacement([0xffffffff, 0xfffffffe])).toBe(false);
  expect(signalsReplacement([])).toBe(false);
});

describe("each rule, at its edge", () => {
  test.each([
    ["the same payload for 1 satoshi a byte more", conflict(), replacement(), { kind: "passes" }],
    ["one satoshi less", conflict(), replacement({ fee: 1199n }), { rule: "bandwidth", missing: 1n, leastFee: 1200n }],
    ["less than it replaces", conflict(), replacement({ fee: 999n }), { rule: "fee-rate", missing: 2n }],
    [
      "a smaller one with a higher rate and a lower fee",
      conflict(),
      replacement({ fee: 900n, size: 100 }),
      { rule: "total-fee", missing: 100n, leastFee: 1100n },
    ],
    [
      "a larger one must still have a higher rate",
      conflict(),
      replacement({ fee: 1500n, size: 300 }),
      { rule: "fee-rate", missing: 1n, leastFee: 1501n },
    ],
    [
      "it pays for descendants too",
      conflict({}, [{ txid: id(2), fee: 5000n, size: 100 }]),
      replacement({ fee: 6199n }),
      { rule: "bandwidth", missing: 1n, leastFee: 6200n },
    ],
    ["no signal", conflict({ signals: false }), replacement({ fee: 9999n }), { rule: "no-signal", leastFee: null }],
    [
      "another unconfirmed input",
      conflict(),
      replacement({ inputs: [CONFIRMED, { ...PENDING, index: 2 }] }),
      { rule: "new-unconfirmed", missing: null },
    ],
    [
      "another confirmed input",
      conflict(),
      replacement({ inputs: [CONFIRMED, { ...CONFIRMED, index: 5 }] }),
      { kind: "passes" },
    ],
    [
      "an output of what it replaces",
      conflict({}, [{ txid: id(2), fee: 0n, size: 100 }]),
      replacement({ inputs: [{ txid: id(2), index: 0, confirmed: false }] }),
      { rule: "spends-replaced", leastFee: null },
    ],
  ])("%s", (_, from, to, expected) => {
    expect(checkReplacement(from, to)).toMatchObject(expected);
  });

  test("100 transactions may leave the mempool, 101 may not", () => {
    const descendants = (n: number) => Array.from({ length: n }, (_, i) => ({ txid: id(10 + i), fee: 1n, size: 100 }));
    expect(checkReplacement(conflict({}, descendants(99)), replacement({ fee: 9999n }))).toEqual({ kind: "passes" });
    expect(checkReplacement(conflict({}, descendants(100)), replacement({ fee: 9999n }))).toMatchObject({
      rule: "too-many-replaced",
      leastFee: null,
    });
  });

  test("each of several originals counts, and each must signal", () => {
    const both = { originals: [original(), original({ txid: id(2), fee: 4000n })], descendants: [] };
    expect(leastReplacementFee(both, 200)).toBe(5200n);
    const second = { originals: [original(), original({ txid: id(2), signals: false })], descendants: [] };
    expect(checkReplacement(second, replacement({ fee: 9999n }))).toMatchObject({ rule: "no-signal" });
  });

  test("a node that asks more is obeyed", () => {
    expect(leastReplacementFee(conflict(), 200, { floor: 1, increment: 5 })).toBe(2000n);
    expect(leastReplacementFee(conflict({ fee: 1n }), 200, { floor: 20, increment: 1 })).toBe(4000n);
  });
});

test("the least fee passes and one satoshi less does not, for any sizes and fees", () => {
  const waiting = fc.record({ fee: fc.bigInt(0n, 1_000_000n), size: fc.integer({ min: 60, max: 100_000 }) });
  const policy = fc.record({ floor: fc.constantFrom(0.1, 1, 3), increment: fc.constantFrom(0.1, 1, 5) });
  fc.assert(
    fc.property(
      fc.array(waiting, { minLength: 1, maxLength: 3 }),
      fc.array(waiting, { maxLength: 5 }),
      fc.integer({ min: 60, max: 100_000 }),
      policy,
      (originals, descendants, size, asked) => {
        const from: Conflict = {
          originals: originals.map((each, i) => original({ ...each, txid: id(i + 1) })),
          descendants: descendants.map((each, i) => ({ ...each, txid: id(i + 50) })),
        };
        const fee = leastReplacementFee(from, size, asked);
        expect(checkReplacement(from, replacement({ fee, size }), asked)).toEqual({ kind: "passes" });
        const less = checkReplacement(from, replacement({ fee: fee - 1n, size }), asked);
        expect(less).toMatchObject({ kind: "fails", missing: 1n, leastFee: fee });
        // what no rounding of ours decides: the rate is above that of each original
        for (const each of from.originals) expect(fee * BigInt(each.size) > each.fee * BigInt(size)).toBe(true);
      },
    ),
  );
});
