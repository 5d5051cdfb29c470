import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressOf, scriptHex } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import {
  classifyScript,
  decidingNulldata,
  decodeScript,
  lastPush,
  nulldataOf,
  p2pkhScript,
  p2shScript,
  scriptKindAndHash,
} from "../../src/bitcoin/script.ts";
import { fromHex, fromLatin1, toHex } from "../../src/primitives/bytes.ts";
import { rowsOf } from "../support/vectors.ts";

type Row = [hex: string, template: string | null, tokens: (string | number | null)[], address: string | null];

describe.each([
  ["test", BITCOIN_CHAINS.regtest],
  ["mainnet", BITCOIN_CHAINS.bitcoin],
] as const)("scripts of %s", (mode, parameters) => {
  test.each(rowsOf(mode, "scripts") as Row[])("%s", (hex, template, tokens, address) => {
    const script = fromHex(hex);
    expect(classifyScript(script)).toBe(template);
    const shown = decodeScript(script).map((token) => {
      switch (token.kind) {
        case "data":
          return toHex(token.data);
        case "opcode":
          return token.opcode;
        case "number":
          return token.value;
        case "empty":
          return null;
      }
    });
    expect(shown).toEqual(tokens);
    // The original also knows native segwit addresses; none of them can own a name.
    const isSegwit = template === "p2wpkh" || template === "p2wsh";
    expect(addressOf(scriptHex(script), parameters)).toBe(isSegwit ? null : address);
  });
});

test("the last nulldata output decides, and one without a single push silences the others", () => {
  const good = fromHex("6a0161");
  const other = fromHex("6a0162");
  const payment = fromHex("76a914000000000000000000000000000000000000000088ac");
  expect(decidingNulldata([])).toBeNull();
  expect(decidingNulldata([payment, good, payment])).toEqual(fromLatin1("a"));
  expect(decidingNulldata([good, other])).toEqual(fromLatin1("b"));
  for (const silencer of ["6a", "6a00", "6a51", "6a01610162"]) {
    expect(decidingNulldata([good, fromHex(silencer)])).toBeNull();
    expect(decidingNulldata([fromHex(silencer), good])).toEqual(fromLatin1("a"));
  }
});

test("all four push forms carry data, and a push that runs past the end carries what is there", () => {
  for (const hex of ["6a0161", "6a4c0161", "6a4d010061", "6a4e0100000061", "6a0561"]) {
    expect(nulldataOf(fromHex(hex))).toEqual(fromLatin1("a"));
  }
});

test("no bytes make the decoder fail", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (script) => {
      expect(decodeScript(script).length).toBeLessThanOrEqual(script.length);
      classifyScript(script);
    }),
  );
});

describe("p2pkh and p2sh", () => {
  const hash = Uint8Array.from({ length: 20 }, (_, i) => i);

  test("are made of a hash, which is read from them again", () => {
    for (const [kind, make] of [
      ["p2pkh", p2pkhScript],
      ["p2sh", p2shScript],
    ] as const) {
      expect(classifyScript(make(hash))).toBe(kind);
      expect(scriptKindAndHash(make(hash))).toEqual({ kind, hash });
    }
    expect(scriptKindAndHash(Uint8Array.of(0, 20, ...hash))).toBeNull();
  });

  test.each([
    ["a signature and a key", [2, 7, 7, 3, 1, 2, 3], [1, 2, 3]],
    ["a redeem script behind numbers", [0x00, 0x51, 0x60, 1, 9], [9]],
    ["a push by length", [0x4c, 2, 5, 6], [5, 6]],
    ["a number last", [1, 9, 0x51], null],
    ["an opcode anywhere", [1, 9, 0x76, 1, 8], null],
    ["nothing", [], null],
    ["an empty push last", [1, 9, 0], null],
  ])("%s: what is pushed last", (_, script, last) => {
    expect(lastPush(Uint8Array.from(script))).toEqual(last === null ? null : Uint8Array.from(last));
  });
});
