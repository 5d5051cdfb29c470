import { expect, test } from "vitest";
import type { CoinSource } from "../../src/chain/source.ts";
import type { EntryStep, Variant } from "../../src/journal/entry.ts";
import { purseOf } from "../../src/spending/purse.ts";
import type { OwnScript } from "../../src/wallet/addresses.ts";
import { balanceOf, type Coin, outpointText } from "../../src/wallet/coins.ts";
import type { Purpose } from "../../src/wallet/derivation.ts";
import { anEntry, aStep } from "../support/fake-desk.ts";
import { anyScript, coin } from "../wallet/purse.ts";

const own = (purpose: Purpose, index: number, n: number): OwnScript => ({
  script: anyScript(n),
  path: { purpose, index },
  used: true,
});
const SCRIPTS = [own("payment", 0, 1), own("change", 0, 2), own("owner", 0, 3)];
const [PAYMENT, CHANGE, OWNER] = [anyScript(1), anyScript(2), anyScript(3)];
const STRANGER = anyScript(9);

/** A chain with these coins, and these outputs of transactions that wait. */
function sourceOf(
  confirmed: readonly Coin[],
  waiting: readonly Coin[] = [],
): CoinSource & { readonly asked: string[] } {
  const asked: string[] = [];
  const refuse = () => Promise.reject(new Error("not asked by a purse"));
  return {
    asked,
    description: "a test",
    coins: (scripts) => Promise.resolve(confirmed.filter(({ script }) => scripts.includes(script))),
    unspent: (outpoint) => {
      asked.push(outpointText(outpoint));
      return Promise.resolve(
        [...confirmed, ...waiting].find((each) => outpointText(each) === outpointText(outpoint)) ?? null,
      );
    },
    tip: refuse,
    outpointFate: refuse,
    transactionStatus: refuse,
    rawTransaction: refuse,
    feeRate: refuse,
    mempool: refuse,
    rawBlockAt: refuse,
    testAccept: refuse,
    broadcast: refuse,
  };
}

const SENT = { at: "2026-01-01T00:00:00.000Z", height: 100 };
const returning = (id: number, of: Partial<Variant>) => aStep("single", id, { sent: SENT, ...of });
const idOf = ({ variants: [first] }: EntryStep) => first?.txid ?? expect.fail("a step has a variant");

test("what the chain holds for our scripts, and nobody else's", async () => {
  const purse = await purseOf(sourceOf([coin(1, 1000, PAYMENT), coin(2, 500, STRANGER)]), SCRIPTS, []);
  expect(purse.coins).toEqual([coin(1, 1000, PAYMENT)]);
  expect(purse.locked.size).toBe(0);
  expect([...purse.kept]).toEqual([OWNER]);
});

test("change that no block holds yet is there, pending; what was spent for it is reserved", async () => {
  const spent = coin(1, 1000, PAYMENT);
  const change = coin(7, 400, CHANGE, null);
  const live = anEntry([returning(7, { spends: [spent], returns: [{ index: 0, value: 400, script: CHANGE }] })]);
  // the source still lists the spent coin, as one does that looks at blocks alone
  const purse = await purseOf(sourceOf([spent], [change]), SCRIPTS, [live]);
  expect(purse.coins).toEqual([spent, change]);
  expect(balanceOf(purse)).toEqual({ confirmed: 0n, pending: 400n, locked: 0n, reserved: 1000n });
});

test("change of a transaction that is not sent yet is no coin", async () => {
  const live = anEntry([returning(7, { returns: [{ index: 0, value: 400, script: CHANGE }], sent: null })]);
  const source = sourceOf([], [coin(7, 400, CHANGE, null)]);
  expect((await purseOf(source, SCRIPTS, [live])).coins).toEqual([]);
  expect(source.asked).toEqual([]);
});

test("change that our own next transaction spends is not offered, nor asked for", async () => {
  const first = returning(7, { returns: [{ index: 0, value: 400, script: CHANGE }] });
  const second = returning(8, {
    spends: [{ txid: idOf(first), index: 0 }],
    returns: [{ index: 1, value: 100, script: CHANGE }],
  });
  const source = sourceOf([], [coin(7, 400, CHANGE, null), coin(8, 100, CHANGE, null, 1)]);
  const purse = await purseOf(source, SCRIPTS, [anEntry([first, second])]);
  expect(purse.coins).toEqual([coin(8, 100, CHANGE, null, 1)]);
  expect(purse.locked.has(outpointText({ txid: idOf(first), index: 0 }))).toBe(true);
  expect(source.asked).toEqual([outpointText({ txid: idOf(second), index: 1 })]);
});

test("a coin that the source lists already is counted once", async () => {
  const known = coin(7, 400, CHANGE, 120);
  const live = anEntry([returning(7, { returns: [{ index: 0, value: 400, script: CHANGE }] })]);
  const source = sourceOf([known]);
  expect((await purseOf(source, SCRIPTS, [live])).coins).toEqual([known]);
  expect(source.asked).toEqual([]);
});

test("an output that the journal calls ours, of a script that is not, is left out", async () => {
  const live = anEntry([returning(7, { returns: [{ index: 0, value: 400, script: STRANGER }] })]);
  expect((await purseOf(sourceOf([], [coin(7, 400, STRANGER, null)]), SCRIPTS, [live])).coins).toEqual([]);
});

test("change that another version of its transaction may still replace is reserved until a block holds it", async () => {
  const returns = [{ index: 0, value: 400, script: CHANGE }];
  const [step, dearer] = [returning(7, { returns }), returning(8, { returns })];
  const live = anEntry([{ role: "preorder", variants: [...step.variants, ...dearer.variants] }]);
  const waiting = await purseOf(sourceOf([], [coin(7, 400, CHANGE, null)]), SCRIPTS, [live]);
  expect(balanceOf(waiting)).toMatchObject({ pending: 0n, reserved: 400n });
  const confirmed = await purseOf(sourceOf([coin(7, 400, CHANGE, 120)]), SCRIPTS, [live]);
  expect(balanceOf(confirmed)).toMatchObject({ confirmed: 400n, reserved: 0n });
});

test("an entry that is done holds the coins of what it sent, and frees the rest; a failed one frees all", async () => {
  const [spent, kept] = [coin(1, 1000, PAYMENT), coin(2, 500, PAYMENT)];
  const steps = [returning(7, { spends: [spent] }), returning(8, { spends: [kept], sent: null })];
  const reserved = async (state: "done" | "failed" | "sent") =>
    balanceOf(await purseOf(sourceOf([spent, kept]), SCRIPTS, [anEntry(steps, { state })])).reserved;
  expect([await reserved("sent"), await reserved("done"), await reserved("failed")]).toEqual([1500n, 1000n, 0n]);
});
