import { expect, test } from "vitest";
import type { TransactionStatus } from "../../src/chain/source.ts";
import { outpointText } from "../../src/primitives/outpoint.ts";
import { crowdedOf, purposeHolding } from "../../src/spending/coin-holds.ts";
import { anEntry, aStep } from "../support/fake-desk.ts";
import { anyScript, coin } from "../wallet/purse.ts";

const SENT = { at: "2026-01-01T00:00:00.000Z", height: 100 };
const MINE = anyScript(1);

/** 25 transactions of the journal, each spending the change of the one before. */
const chain = Array.from({ length: 25 }, (_, i) =>
  aStep("single", i + 1, { sent: SENT, size: 250, spends: i === 0 ? [] : [coin(i, 1, MINE)] }),
);
const last = coin(25, 10_000, MINE, null);
const statuses = (of: (txid: string) => TransactionStatus) => ({
  transactionStatus: (txid: string) => Promise.resolve(of(txid)),
});

test("change behind 25 transactions of the journal that wait is crowded, until a block takes one", async () => {
  const all = statuses(() => ({ kind: "mempool" }));
  expect(await crowdedOf(all, [last], [anEntry(chain)])).toEqual(new Set([outpointText(last)]));
  const first = statuses((txid) => ({ kind: txid.startsWith("01") ? "unknown" : "mempool" }));
  expect(await crowdedOf(first, [last], [anEntry(chain)])).toEqual(new Set());
});

test("nobody is asked where no coin waits, nor for what was never sent", async () => {
  const nobody = statuses(() => expect.fail("not asked"));
  expect(await crowdedOf(nobody, [coin(25, 1, MINE, 90)], [anEntry(chain)])).toEqual(new Set());
  const unsent = aStep("single", 1, { sent: null });
  expect(await crowdedOf(nobody, [last], [anEntry([unsent])])).toEqual(new Set());
});

test("what the journal holds a coin for: what it spends, and its own change", () => {
  const spent = coin(40, 1, MINE);
  const step = aStep("single", 7, { spends: [spent], returns: [{ index: 2, value: 5, script: MINE }] });
  const entries = [anEntry([aStep("single", 3)], { purpose: "other" }), anEntry([step], { purpose: "update a.test" })];
  expect(purposeHolding(outpointText(spent), entries)).toBe("update a.test");
  expect(purposeHolding(outpointText(coin(7, 5, MINE, null, 2)), entries)).toBe("update a.test");
  expect(purposeHolding(outpointText(coin(7, 5, MINE, null, 1)), entries)).toBeNull();
});
