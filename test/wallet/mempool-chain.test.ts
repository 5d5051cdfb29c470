import { expect, test } from "vitest";
import { type Txid, txid } from "../../src/primitives/hash.ts";
import { outpointText } from "../../src/primitives/outpoint.ts";
import { crowdedCoins, type WaitingTransaction } from "../../src/wallet/mempool-chain.ts";
import { anyScript, coin } from "./purse.ts";

const id = (n: number): Txid => txid(n.toString(16).padStart(2, "0").repeat(32));
const waiting = (n: number, parents: readonly number[], size = 250): WaitingTransaction => ({
  txid: id(n),
  size,
  parents: parents.map(id),
});
/** One behind the other, the first on a block. */
const chain = (length: number, size?: number) =>
  Array.from({ length }, (_, i) => waiting(i + 1, i === 0 ? [200] : [i], size));
const change = (n: number, height: number | null = null) => coin(n, 10_000, anyScript(1), height);
const crowded = (coins: readonly ReturnType<typeof change>[], transactions: readonly WaitingTransaction[]) =>
  [...crowdedCoins(coins, transactions)].sort();

test("24 transactions behind each other take a 25th, 25 take none", () => {
  expect(crowded([change(24)], chain(24))).toEqual([]);
  expect(crowded([change(25)], chain(25))).toEqual([outpointText(change(25))]);
});

test("all outputs of a full chain are stuck, also the first one's", () => {
  const coins = [change(1), change(12), change(25)];
  expect(crowded(coins, chain(25))).toEqual(coins.map(outpointText).sort());
});

test("the descendants of an ancestor count, on whatever branch", () => {
  const fan = [waiting(1, []), ...Array.from({ length: 24 }, (_, i) => waiting(i + 2, [1]))];
  expect(crowded([change(2), change(9)], fan)).toEqual([change(2), change(9)].map(outpointText).sort());
  expect(crowded([change(2)], fan.slice(0, 24))).toEqual([]);
});

test("a parent that is reached twice counts once", () => {
  const diamond = [waiting(1, []), waiting(2, [1]), waiting(3, [1]), waiting(4, [2, 3])];
  const longer = Array.from({ length: 20 }, (_, i) => waiting(i + 5, [i + 4]));
  expect(crowded([change(24)], [...diamond, ...longer])).toEqual([]);
  expect(crowded([change(25)], [...diamond, ...longer, waiting(25, [24])])).toEqual([outpointText(change(25))]);
});

test("bytes count as well, with room for the next transaction", () => {
  expect(crowded([change(3)], chain(3, 30_000))).toEqual([]);
  expect(crowded([change(3)], chain(3, 30_334))).toEqual([outpointText(change(3))]);
});

test("a coin in a block, or of a transaction that is not ours, is not stuck", () => {
  expect(crowded([change(25, 100), change(99)], chain(25))).toEqual([]);
});
