import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { toHex } from "../../src/primitives/bytes.ts";
import { entropyOf, mnemonicOf, parseMnemonic, seedOf } from "../../src/wallet/mnemonic.ts";

const ABANDON = `${"abandon ".repeat(11)}about`;

function failureOf(text: string): BskError {
  try {
    parseMnemonic(text);
  } catch (error) {
    if (error instanceof BskError) return error;
  }
  throw new Error(`"${text}" was taken`);
}

describe("mnemonic", () => {
  // BIP 39, test vectors of the reference implementation (trezor/python-mnemonic, vectors.json), empty passphrase.
  test("known entropy, phrase and seed", () => {
    expect(mnemonicOf(new Uint8Array(16))).toBe(ABANDON);
    expect(mnemonicOf(new Uint8Array(32))).toBe(`${"abandon ".repeat(23)}art`);
    expect(mnemonicOf(new Uint8Array(16).fill(0x7f))).toBe(
      "legal winner thank year wave sausage worth useful legal winner thank yellow",
    );
    expect(toHex(seedOf(parseMnemonic(ABANDON)))).toBe(
      "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4",
    );
  });

  test("any case and white space", () => {
    expect(parseMnemonic(`  ${ABANDON.toUpperCase().replaceAll(" ", "\n\t ")} `)).toBe(ABANDON);
  });

  test("entropy and phrase are inverse", () => {
    const entropy = fc.oneof(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
    );
    fc.assert(
      fc.property(entropy, (bytes) => {
        const phrase = mnemonicOf(bytes);
        expect(entropyOf(parseMnemonic(phrase))).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  test("an unknown word is named, with its place and its neighbours", () => {
    const error = failureOf(ABANDON.replace("abandon abandon", "abandon abandn"));
    expect(error.kind).toBe("wallet");
    expect(error.message).toContain('word 2 of the recovery phrase, "abandn"');
    expect(error.hint).toContain("abandon");
    expect(failureOf(`${ABANDON} ${"x".repeat(500)}`).message.length).toBeLessThan(100);
  });

  test("a wrong checksum is said, without repeating the phrase", () => {
    const error = failureOf(ABANDON.replace("about", "abandon"));
    expect(error.message).toContain("checksum");
    expect(`${error.message} ${error.hint ?? ""}`).not.toContain("abandon");
  });

  test("a wrong count is said", () => {
    expect(failureOf("abandon about").message).toContain("not 2");
    expect(failureOf("").message).toContain("not 0");
    expect(() => mnemonicOf(new Uint8Array(15))).toThrow(BskError);
  });
});
