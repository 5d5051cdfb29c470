import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ScriptHex } from "../../src/bitcoin/address.ts";
import { BskError } from "../../src/errors.ts";
import { balanceOf, type Coin, coinsOf, outpointText, payerCoins, payWith } from "../../src/wallet/coins.ts";
import { fund, type FundingRequest } from "../../src/wallet/fund.ts";
import { dustLimit, feeFor, virtualSize } from "../../src/wallet/size.ts";
import { anyScript, coin, purse } from "./purse.ts";

const OWNER = anyScript(1);
const PAYER = anyScript(2);
const P2SH = `a914${"11".repeat(20)}87` as ScriptHex;
const P2WPKH = `0014${"22".repeat(20)}` as ScriptHex;
const P2WSH = `0020${"33".repeat(32)}` as ScriptHex;
const P2TR = `5120${"44".repeat(32)}` as ScriptHex;

describe("purse", () => {
  const owned = coin(1, 100_000, OWNER);
  const locked = coin(2, 2000, PAYER);
  const segwit = [coin(3, 400, P2WPKH), coin(4, 500, P2WSH), coin(5, 600, P2TR)];
  const small = coin(6, 3000, PAYER);
  const large = coin(7, 9000, PAYER);
  const nested = coin(8, 5000, P2SH);
  const pending = coin(9, 70_000, PAYER, null);
  const all = purse([pending, owned, small, ...segwit, locked, large, nested], {
    kept: new Set([OWNER]),
    locked: new Set([outpointText(locked)]),
  });

  test("four balances, each coin in exactly one", () => {
    expect(balanceOf(all)).toEqual({ confirmed: 17_000n, pending: 70_000n, locked: 101_500n, reserved: 2000n });
  });

  test("only what may pay is offered: confirmed first, larger first", () => {
    expect(payerCoins(all)).toEqual([large, nested, small, pending]);
  });

  test("what the user sets aside is locked, and pays nothing", () => {
    const setAside = new Set([outpointText(large), outpointText(locked)]);
    // what the journal holds too counts once, as reserved
    expect(balanceOf({ ...all, setAside })).toMatchObject({ confirmed: 8000n, locked: 110_500n, reserved: 2000n });
    expect(payerCoins({ ...all, setAside })).toEqual([nested, small, pending]);
    expect(coinsOf(PAYER, { ...all, setAside })).toEqual([small, pending]);
  });

  test("a coin on a full chain of waiting transactions counts, and is not offered", () => {
    const crowded = new Set([outpointText(pending)]);
    expect(balanceOf({ ...all, crowded })).toEqual(balanceOf(all));
    expect(payerCoins({ ...all, crowded })).toEqual([large, nested, small]);
  });

  test("every coin counts in exactly one of the four sums, whatever holds it", () => {
    const outpoints = all.coins.map(outpointText);
    fc.assert(
      fc.property(fc.subarray(outpoints), fc.subarray(outpoints), (setAside, journal) => {
        const held = { ...all, setAside: new Set(setAside), locked: new Set(journal) };
        const { confirmed, pending: waits, locked: kept, reserved } = balanceOf(held);
        expect(confirmed + waits + kept + reserved).toBe(all.coins.reduce((sum, { value }) => sum + value, 0n));
        for (const paying of payerCoins(held)) {
          expect([...setAside, ...journal]).not.toContain(outpointText(paying));
          expect(paying.script).not.toBe(OWNER);
        }
      }),
    );
  });

  describe("coins that the user names", () => {
    test("pay alone, also from the address of a name", () => {
      expect(payerCoins(payWith(all, [outpointText(owned), outpointText(small)]))).toEqual([owned, small]);
      expect(payWith(all, [])).toBe(all);
      expect(payerCoins(all)).not.toContain(owned);
    });

    test("do not keep an owner from operating on the name", () => {
      expect(coinsOf(OWNER, payWith(all, [outpointText(small)]))).toEqual([owned]);
    });

    test.each([
      ["held by the journal", locked, "is held by what is under way"],
      ["native segwit", segwit[0]!, "is of a kind that would make an operation void"],
      ["not ours", coin(77, 1, PAYER), "is not in the wallet"],
    ])("not one that is %s", (_, named, because) => {
      expect(() => payWith(all, [outpointText(named)])).toThrow(
        expect.objectContaining({ kind: "usage", message: expect.stringContaining(because) as string }) as Error,
      );
    });

    test("not one that the user set aside", () => {
      const setAside = new Set([outpointText(small)]);
      expect(() => payWith({ ...all, setAside }, [outpointText(small)])).toThrow(/is locked/u);
    });
  });

  test("the order does not depend on the order of the answer", () => {
    const twins = [coin(5, 10, PAYER), coin(4, 10, PAYER), coin(4, 10, PAYER, 100, 3)];
    expect(payerCoins(purse(twins)).map(outpointText)).toEqual(payerCoins(purse(twins.toReversed())).map(outpointText));
  });

  test("coins of an owner: smallest first, locked ones never", () => {
    const more = [coin(1, 9, OWNER), coin(2, 5, OWNER, null), coin(3, 7, OWNER), coin(4, 1, OWNER)];
    const found = coinsOf(OWNER, purse(more, { locked: new Set([outpointText(coin(4, 1, OWNER))]) }));
    expect(found.map(({ value }) => value)).toEqual([7n, 9n, 5n]);
    expect(coinsOf(P2WPKH, all)).toEqual([]);
  });
});

describe("size", () => {
  // Spec 08 §7: the original's sizes are those of its signed transactions or one byte less where a signature is short.
  const burn = anyScript(0);
  const data = (bytes: number): ScriptHex =>
    `6a${bytes.toString(16).padStart(2, "0")}${"00".repeat(bytes)}` as ScriptHex;
  test.each([
    ["preorder", [PAYER], [data(39), PAYER, burn], 276],
    ["register with hash", [PAYER], [data(60), OWNER, PAYER], 297],
    ["update", [OWNER, PAYER], [data(39), OWNER, PAYER], 424],
    ["payment", [PAYER], [PAYER, PAYER], 226],
  ])("%s", (_, inputs, outputs, size) => {
    expect(virtualSize(inputs, outputs)).toBe(size);
  });

  test("nested segwit counts witness bytes at a quarter", () => {
    // 1 input, 2 p2pkh outputs: 10 + 64 + 68 = 142 bytes, witness 2 + 108 units.
    expect(virtualSize([P2SH], [PAYER, PAYER])).toBe(142 + Math.ceil(110 / 4));
    expect(() => virtualSize([P2WPKH], [PAYER])).toThrow(BskError);
  });

  test("dust limits are those of Bitcoin Core", () => {
    expect([PAYER, P2SH, P2WPKH, P2WSH, P2TR].map(dustLimit)).toEqual([546n, 540n, 294n, 330n, 330n]);
    expect(dustLimit(data(39))).toBe(0n);
  });
});

describe("fund", () => {
  type Out = { readonly script: ScriptHex; readonly value: bigint };
  const paying = (value: bigint, more: Partial<FundingRequest<Out>> = {}): FundingRequest<Out> => ({
    fixed: [],
    candidates: [],
    feeRate: 10,
    changeRequired: false,
    changeMinimum: 546n,
    outputs: ([first], change) => [
      { script: OWNER, value },
      ...(change === null ? [] : [{ script: first.script, value: change }]),
    ],
    ...more,
  });

  test("the smallest coin that suffices alone", () => {
    const candidates = payerCoins(purse([coin(1, 900_000, PAYER), coin(2, 50_000, PAYER), coin(3, 7000, PAYER)]));
    const { inputs, outputs, fee, size } = fund(paying(10_000n, { candidates }));
    expect(inputs.map(({ value }) => value)).toEqual([50_000n]);
    expect({ fee, size }).toEqual({ fee: 2260n, size: 226 });
    expect(outputs.map(({ value }) => value)).toEqual([10_000n, 37_740n]);
  });

  test("confirmed coins together are better than one pending coin", () => {
    const candidates = payerCoins(purse([coin(1, 900_000, PAYER, null), coin(2, 9000, PAYER), coin(3, 9000, PAYER)]));
    expect(fund(paying(10_000n, { candidates })).inputs.map(({ height }) => height)).toEqual([100, 100]);
    expect(fund(paying(20_000n, { candidates })).inputs.map(({ height }) => height)).toEqual([null]);
  });

  test("change that nodes would not relay goes to the miner; one satoshi more is change", () => {
    // 1 input, 1 output: 192 bytes. With change 226.
    const exact = 10_000n + 2260n + 546n;
    const dropped = fund(paying(10_000n, { candidates: [coin(1, exact - 1n, PAYER)] }));
    expect(dropped.outputs).toHaveLength(1);
    expect(dropped.fee).toBe(2260n + 545n);
    const kept = fund(paying(10_000n, { candidates: [coin(1, exact, PAYER)] }));
    expect(kept.outputs.at(1)?.value).toBe(546n);
    expect(kept.fee).toBe(2260n);
  });

  test("where change is required, one satoshi too little is an error that says so", () => {
    const request = paying(10_000n, { changeRequired: true });
    expect(() => fund({ ...request, candidates: [coin(1, 12_805, PAYER)] })).toThrow("1 satoshis (0.00000001 BTC)");
    expect(fund({ ...request, candidates: [coin(1, 12_806, PAYER)] }).outputs).toHaveLength(2);
  });

  test("an empty purse names the whole amount", () => {
    try {
      fund(paying(10_000n));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(BskError);
      expect((error as BskError).kind).toBe("wallet");
      expect((error as BskError).message).toContain("11920 satoshis (0.00011920 BTC)");
    }
  });

  test("coins that cost more than they bring are not added", () => {
    const dusty = Array.from({ length: 20 }, (_, i) => coin(i + 1, 1480, PAYER));
    expect(() => fund(paying(1000n, { candidates: payerCoins(purse(dusty)) }))).toThrow(/missing/u);
  });

  test("fixed inputs stay first", () => {
    const owner = coin(1, 5500, OWNER);
    const candidates = [coin(2, 90_000, PAYER)];
    const { inputs } = fund(paying(10_000n, { fixed: [owner], candidates }));
    expect(inputs).toEqual([owner, ...candidates]);
  });

  test("for any coins: money is neither made nor lost, the rate is paid, and no more than the dust is given away", () => {
    const anyCoins = fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 1, max: 255 }),
        value: fc.integer({ min: 1, max: 60_000 }),
        fresh: fc.boolean(),
      }),
      { selector: ({ id }) => id, maxLength: 12 },
    );
    fc.assert(
      fc.property(
        anyCoins,
        fc.integer({ min: 600, max: 100_000 }),
        fc.integer({ min: 1, max: 50 }),
        (made, value, feeRate) => {
          const coins = made.map(({ id, value: held, fresh }) => coin(id, held, PAYER, fresh ? null : 5));
          const candidates = payerCoins(purse(coins));
          let funding;
          try {
            funding = fund(paying(BigInt(value), { candidates, feeRate }));
          } catch (error) {
            expect(error).toBeInstanceOf(BskError);
            return;
          }
          const sum = (of: readonly { readonly value: bigint }[]): bigint => of.reduce((a, b) => a + b.value, 0n);
          expect(sum(funding.inputs)).toBe(sum(funding.outputs) + funding.fee);
          expect(new Set(funding.inputs.map(outpointText)).size).toBe(funding.inputs.length);
          const atLeast = feeFor(funding.size, feeRate);
          expect(funding.fee >= atLeast).toBe(true);
          // 34 bytes of a change output that was not made, and less than its dust limit.
          expect(funding.fee < atLeast + 546n + feeFor(34, feeRate) + 1n).toBe(true);
          expect(funding.outputs[0]?.value).toBe(BigInt(value));
        },
      ),
    );
  });
});

test("a list of coins is never changed", () => {
  const coins: Coin[] = [coin(2, 5, PAYER), coin(1, 9, PAYER)];
  const before = [...coins];
  payerCoins(purse(coins));
  expect(coins).toEqual(before);
});
