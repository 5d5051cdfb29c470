import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { satoshiOfBtc } from "../../src/chain/btc-amount.ts";
import { rateFor, reasonOf } from "../../src/chain/esplora.ts";
import { parseServerUrl } from "../../src/chain/http.ts";
import { hexBytes, outputsOf, txidOfRaw } from "../../src/chain/raw-transaction.ts";
import { ParseError } from "../../src/errors.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { txid } from "../../src/primitives/hash.ts";
import { MAX_MONEY, toBtc } from "../../src/primitives/units.ts";

describe("an amount in BTC as a JSON number", () => {
  test("is exact for every amount that exists", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, MAX_MONEY), (amount) => {
        expect(satoshiOfBtc(JSON.parse(toBtc(amount)) as number)).toBe(amount);
      }),
      { numRuns: 5000 },
    );
    for (const amount of [0n, 1n, MAX_MONEY - 1n, MAX_MONEY])
      expect(satoshiOfBtc(JSON.parse(toBtc(amount)) as number)).toBe(amount);
  });

  test("that cannot be is refused", () => {
    for (const wrong of [-0.00000001, 21_000_000.00000001, 0.000000001, 1.123456789, NaN, Infinity])
      expect(() => satoshiOfBtc(wrong)).toThrow(ParseError);
  });
});

describe("fee estimates by target", () => {
  const estimates = { "1": 50, "3": 20, "25": 4 };
  test("take the longest target that is soon enough, else the shortest there is", () => {
    expect([1, 2, 3, 24, 25, 1000].map((target) => rateFor(target, estimates))).toEqual([50, 50, 20, 20, 4, 4]);
    expect(rateFor(1, { "6": 9 })).toBe(9);
  });
  test("are none without a usable figure", () => {
    for (const none of [{}, { x: 5 }, { "0": 5 }, { "-1": 5 }, { "2": 0 }, { "2": -3 }, { "2": NaN }])
      expect(rateFor(6, none)).toBeNull();
  });
});

test("the node's words are taken out of Esplora's", () => {
  expect(reasonOf('sendrawtransaction RPC error: {"code":-26,"message":"dust"}')).toBe("dust");
  expect(reasonOf('RPC error: {"code":-26,"message":"a \\"quoted\\" word"}')).toBe('a \\"quoted\\" word');
  expect(reasonOf("  plain words\n")).toBe("plain words");
  expect(reasonOf("x".repeat(5000))).toHaveLength(300);
});

describe("a server's address", () => {
  test("is split from its secrets", () => {
    expect(parseServerUrl("http://us%40er:p%3Aw@127.0.0.1:8332/")).toEqual({
      url: "http://127.0.0.1:8332",
      user: "us@er",
      password: "p:w",
    });
    expect(parseServerUrl("https://blockstream.info/testnet/api/?x=1#y")).toEqual({
      url: "https://blockstream.info/testnet/api",
      user: undefined,
      password: undefined,
    });
  });
  test("that is none is not repeated in the error", () => {
    for (const wrong of ["user:secret@host", "ftp://user:secret@host"]) {
      expect(() => parseServerUrl(wrong)).toThrow(expect.objectContaining({ kind: "usage" }));
      expect(() => parseServerUrl(wrong)).not.toThrow(/secret/u);
    }
  });
});

describe("raw transactions", () => {
  // genesis block of Bitcoin, its only transaction
  const raw = hexBytes(
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65" +
      "732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f7220" +
      "62616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc" +
      "3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000",
  );
  const id = txid("4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b");

  test("have their id and outputs", () => {
    expect(txidOfRaw(raw)).toBe(id);
    const [output] = outputsOf(raw, id);
    expect(output?.value).toBe(5_000_000_000n);
    expect(toHex(output?.script ?? new Uint8Array())).toMatch(/^4104678afdb0.*ac$/u);
  });
  test("under another id, cut short or too long are not taken", () => {
    const flipped = Uint8Array.from(raw);
    flipped[200] = (flipped[200] ?? 0) ^ 1;
    for (const wrong of [flipped, raw.subarray(0, -1), Uint8Array.from([...raw, 0]), new Uint8Array()])
      expect(() => outputsOf(wrong, id)).toThrow(expect.objectContaining({ kind: "refuted", rule: "txid-mismatch" }));
    expect(() => txidOfRaw(raw.subarray(1))).toThrow(ParseError);
  });
  test("hex of half a byte, or of other letters", () => {
    for (const wrong of ["0", "0g", "zz", "00 0"]) expect(() => hexBytes(wrong)).toThrow(ParseError);
    expect(hexBytes("")).toEqual(new Uint8Array());
  });
});
