/** Undo data: what the chain has, cases derived by hand from Bitcoin Core's compressor.cpp and serialize.h, and damage. */
import { describe, expect, test } from "vitest";
import { spentScriptsIn } from "../../src/bitcoin/block-undo.ts";
import { concat, fromHex, toHex } from "../../src/primitives/bytes.ts";
import { compressAmount, compressScript, undoOfBlock, varInt } from "../support/undo-writer.ts";

const scriptsOf = (hex: string, ...wanted: number[]) =>
  spentScriptsIn(fromHex(hex), wanted).map((scripts) => scripts.map(toHex));

/** An x on the curve: that of the key of block 9's coinbase, whose y is odd. */
const X = "11db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5c";
const Y = "b2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b8643f656b412a3";
const HASH = "00112233445566778899aabbccddeeff00112233";

test("mainnet's block 170, which spends the coinbase of block 9: 50 bitcoin to an uncompressed key", () => {
  // One transaction of one input: 2 * 9 + 1, version 0, 50 bitcoin, kind 5 (odd y), x.
  expect(scriptsOf(`01 01 13 00 32 05 ${X}`.replaceAll(" ", ""), 1)).toEqual([[`41 04${X}${Y}ac`.replace(" ", "")]]);
});

describe("derived by hand", () => {
  test.each([
    ["p2pkh", `00${HASH}`, `76a914${HASH}88ac`],
    ["p2sh, also of nested segwit", `01${HASH}`, `a914${HASH}87`],
    ["compressed key, even", `02${X}`, `2102${X}ac`],
    ["compressed key, odd", `03${X}`, `2103${X}ac`],
    ["uncompressed key, odd", `05${X}`, `4104${X}${Y}ac`],
    ["p2wpkh: 6 + 22", `1c0014${HASH}`, `0014${HASH}`],
    ["p2wsh: 6 + 34", `280020${HASH}${HASH.slice(0, 24)}`, `0020${HASH}${HASH.slice(0, 24)}`],
    ["nothing: 6 + 0", "06", ""],
    ["122 bytes: 128 takes two digits", `8000${"51".repeat(122)}`, "51".repeat(122)],
  ])("%s", (_what, compressed, script) => {
    // Height 1000: VARINT 2000 is 0x8e50 (14 * 128 + 128 + 80). Amount 1 satoshi: 1.
    expect(scriptsOf(`01018e500001${compressed}`, 1)).toEqual([[script]]);
  });

  test("the even uncompressed key is the other point of the same x", () => {
    const [[script]] = scriptsOf(`010113003204${X}`, 1) as [[string]];
    expect(script.slice(0, 68)).toBe(`4104${X}`);
    expect(Number.parseInt(script.slice(-4, -2), 16) % 2).toBe(0);
    expect(BigInt(`0x${script.slice(68, -2)}`) + BigInt(`0x${Y}`)).toBe(2n ** 256n - 2n ** 32n - 977n);
  });

  test("a script that is too long to be spent is a lone OP_RETURN", () => {
    // 10001 bytes: VARINT 10007 is 0xcd17 (77 * 128 + 128 + 23).
    expect(scriptsOf(`01018e500001cd17${"51".repeat(10_001)}`, 1)).toEqual([["6a"]]);
  });

  test("before 0.15 an output that was not its transaction's last had height 0, and no version behind it", () => {
    const old = `00 32 00${HASH}`.replaceAll(" ", "");
    expect(scriptsOf(`0102${old}13003201${HASH}`, 1)).toEqual([[`76a914${HASH}88ac`, `a914${HASH}87`]]);
  });

  test("and a version of two digits, as such a transaction could have, is stepped over", () => {
    expect(scriptsOf(`01018e508e500100${HASH}`, 1)).toEqual([[`76a914${HASH}88ac`]]);
  });

  test("other transactions are stepped over", () => {
    const input = (fill: string) => `8e50000100${fill.repeat(20)}`;
    const undo = `0301${input("aa")}02${input("bb")}${input("cc")}01${input("dd")}`;
    const p2pkh = (fill: string) => `76a914${fill.repeat(20)}88ac`;
    expect(scriptsOf(undo, 2)).toEqual([[p2pkh("bb"), p2pkh("cc")]]);
    expect(scriptsOf(undo, 1, 3)).toEqual([[p2pkh("aa")], [p2pkh("dd")]]);
    expect(scriptsOf(undo)).toEqual([]);
  });
});

describe("refused", () => {
  const whole = fromHex(`02018e50000100${HASH}0113003205${X}`);

  test("cut anywhere", () => {
    for (let size = 0; size < whole.length; size++) {
      expect(() => spentScriptsIn(whole.subarray(0, size), [1, 2])).toThrow(
        expect.objectContaining({ name: "ParseError" }) as Error,
      );
    }
    expect(spentScriptsIn(whole, [1, 2])).toHaveLength(2);
  });

  test("of a block with fewer transactions", () => {
    expect(() => spentScriptsIn(whole, [3])).toThrow("other transactions");
  });

  test("with an x that is on no curve", () => {
    expect(() => scriptsOf(`010113003205${"00".repeat(31)}05`, 1)).toThrow("not on the curve");
  });
});

test("the writer of these tests writes what Bitcoin Core would", () => {
  // serialize.h gives these as examples of VARINT; compress_tests.cpp those of amounts.
  const numbers = {
    0: "00",
    127: "7f",
    128: "8000",
    255: "807f",
    256: "8100",
    16383: "fe7f",
    16384: "ff00",
    65535: "82fe7f",
  };
  for (const [value, hex] of Object.entries(numbers)) expect(toHex(varInt(Number(value)))).toBe(hex);
  expect(toHex(varInt(2n ** 32n))).toBe("8efefeff00");
  const amounts = [
    [0n, 0n],
    [1n, 1n],
    [1_000_000n, 7n],
    [100_000_000n, 9n],
    [5_000_000_000n, 50n],
    [2_100_000_000_000_000n, 21_000_000n],
  ];
  for (const [satoshis, compressed] of amounts) expect(compressAmount(satoshis!)).toBe(compressed);
  const key = fromHex(`4104${X}${Y}ac`);
  expect(toHex(compressScript(key))).toBe(`05${X}`);
  const notOnCurve = concat(key.subarray(0, 65), Uint8Array.of(0, 0xac));
  expect(compressScript(notOnCurve)).toHaveLength(68);
  const spent = [{ value: 5_000_000_000n, script: key, height: 9, coinbase: true }];
  expect(toHex(undoOfBlock([spent]))).toBe(`010113003205${X}`);
});
