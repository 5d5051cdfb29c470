import { describe, expect, test } from "vitest";
import { decodeC32Address } from "../../src/encoding/c32check.ts";
import { decodeBase58Check } from "../../src/encoding/base58check.ts";
import { ParseError } from "../../src/errors.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { rowsOf } from "../support/vectors.ts";

type Row = readonly [base58: string, again: string, hash160: string, c32: string];
const ROWS = [...rowsOf("mainnet", "addresses"), ...rowsOf("test", "addresses")] as unknown as readonly Row[];
const VERSIONS: Readonly<Record<number, number>> = { 22: 0, 20: 5, 26: 111, 21: 196 };

describe("c32check", () => {
  test.each(ROWS)("the original's %s", (base58, _again, hash160, c32) => {
    const { version, hash } = decodeC32Address(c32);
    expect(toHex(hash)).toBe(hash160);
    expect(VERSIONS[version]).toBe(decodeBase58Check(base58).version);
    expect(decodeC32Address(`S${c32.slice(1).toLowerCase()}`)).toEqual({ version, hash });
  });

  test("zero bytes in front are zeros in front", () => {
    // The well-known address of a hash of zeros.
    expect(toHex(decodeC32Address("SP000000000000000000002Q6VF78").hash)).toBe("00".repeat(20));
  });

  test("one changed character is noticed at each place", () => {
    const [, , , c32] = ROWS[0]!;
    for (let at = 1; at < c32.length; at++) {
      const other = c32[at] === "7" ? "8" : "7";
      expect(() => decodeC32Address(c32.slice(0, at) + other + c32.slice(at + 1))).toThrow(ParseError);
    }
    for (const wrong of [
      "",
      "S",
      "SP",
      "SP2",
      `${c32}0`,
      "SPU0000000000000000000000",
      "XP2J6ZY48GV1EZ5V2V5RB9MP66SW86",
    ]) {
      expect(() => decodeC32Address(wrong)).toThrow(ParseError);
    }
  });
});
