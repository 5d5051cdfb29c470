import { beforeAll, describe, expect, test } from "vitest";
import { type Bundle, encodeBundle, parseBundle } from "../../src/bundle/bundle.ts";
import { checkBundle } from "../../src/bundle/check.ts";
import { BskError, ParseError } from "../../src/errors.ts";
import { concat, fromHex, toHex } from "../../src/primitives/bytes.ts";
import { zonefileHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";
import { REGTEST } from "../support/fake-node.ts";
import { payerOf, signedBundle, withRaw } from "../support/signed-bundle.ts";

const LONG = process.env["BSK_LONG"] === "1";
let bundle: Bundle;
beforeAll(() => {
  bundle = signedBundle({ zonefileHash: zonefileHash("ab".repeat(20)) });
});

const registerOf = ({ register }: Bundle) => {
  if (register === null) throw new Error("it has one");
  return register;
};

/** The error of a bundle that is changed, its checksum made right again. */
function refusal(changed: Bundle): unknown {
  try {
    checkBundle(parseBundle(encodeBundle(changed)), REGTEST);
    return "it passes";
  } catch (error) {
    return error;
  }
}

function expectRefuted(changed: Bundle, because?: string): void {
  const error = refusal(changed);
  if (error instanceof ParseError) return;
  expect(error).toBeInstanceOf(BskError);
  expect(error).toMatchObject({ kind: "refuted", rule: "bundle-refuted" });
  if (because !== undefined) expect(String(error)).toContain(because);
}

describe("a bundle", () => {
  test("is 4 preorders by 6 registers and as many spares, each ladder from the present fee to eight times that", () => {
    const { preorder, register, split } = checkBundle(bundle, REGTEST);
    expect(split).not.toBeNull();
    expect(preorder.variants).toHaveLength(4);
    expect(register?.variants).toHaveLength(6);
    expect(register?.spares).toHaveLength(6);
    for (const variants of [preorder.variants, register?.variants ?? []]) {
      const rates = variants.map(({ fee, size }) => Number(fee) / size);
      expect(rates[0]).toBeGreaterThanOrEqual(5);
      expect(rates.at(-1)).toBeGreaterThanOrEqual(40);
      expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    }
    expect(new Set(preorder.variants.map(({ txid }) => txid)).size).toBe(4);
  });

  test("passes without its register, with nested segwit coins, and with coins that need no split", () => {
    const { coins } = bundle;
    expect(checkBundle({ ...bundle, register: null }, REGTEST).register).toBeNull();
    expect(coins).toHaveLength(1);
    expect(checkBundle(signedBundle({ nested: true }), REGTEST).preorder.variants).toHaveLength(4);
  });

  test("reads back as it was written, and has one spelling", () => {
    const text = encodeBundle(bundle);
    expect(parseBundle(text)).toEqual(bundle);
    for (const other of [
      text.trim(),
      ` ${text}`,
      text.replaceAll("\n", "\r\n"),
      text.replace('"version": 1', '"version": 1.0'),
      text.replace('"split"', '"more": 1,\n "split"'),
      JSON.stringify(JSON.parse(text)),
      text.replace(/[0-9a-f]{40}/u, (hex) => hex.toUpperCase()),
    ]) {
      expect(() => parseBundle(other)).toThrow(ParseError);
    }
    expect(() => parseBundle(text.replace('"version": 1', '"version": 2'))).toThrow(/version/u);
    expect(() => parseBundle("{}")).toThrow(/format/u);
    expect(() => parseBundle("")).toThrow(/not JSON/u);
  });

  test("is refused on another network", () => {
    const other = networkOf(newNetworkDefinition("other", "regtest", 1, "id"));
    expect(() => checkBundle(bundle, other)).toThrow(/another network/u);
  });
});

describe("a damaged file", () => {
  test("any flipped bit of it is refused", () => {
    const text = encodeBundle(bundle);
    const step = LONG ? 1 : 97;
    for (let at = 0; at < text.length; at += step) {
      for (const bit of LONG ? [1, 2, 4, 8, 16, 32] : [1, 4]) {
        const changed = `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ bit)}${text.slice(at + 1)}`;
        expect(() => parseBundle(changed), `byte ${at}, bit ${bit}`).toThrow(ParseError);
      }
    }
  });
});

describe("a dishonest relay, which makes the checksum right again", () => {
  test.each(["preorder", "register"] as const)(
    "any flipped byte of a %s: refused, or its signature is invalid",
    (which) => {
      const [raw = ""] = which === "preorder" ? bundle.preorder.variants : registerOf(bundle).variants;
      const step = LONG ? 1 : 5;
      for (let at = 0; at < raw.length / 2; at += step) {
        for (const bit of LONG ? [1, 2, 4, 8, 16, 32, 64, 128] : [1, 128]) {
          const flipped = withRaw(bundle, (bytes) => bytes.map((byte, i) => (i === at ? byte ^ bit : byte)), which);
          expectRefuted(flipped);
        }
      }
    },
  );

  test("any flipped byte of a nested segwit transaction, witness included", () => {
    const nested = signedBundle({ nested: true });
    const [raw = ""] = nested.preorder.variants;
    for (let at = 0; at < raw.length / 2; at += LONG ? 1 : 5) {
      expectRefuted(withRaw(nested, (bytes) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)), "preorder"));
    }
  });

  test("cannot say another name, owner, zone file, price, hash or coin than was signed", () => {
    const register = registerOf(bundle);
    const { preorder, coins } = bundle;
    const otherOwner = "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8";
    const lies: readonly (readonly [Bundle, string])[] = [
      [{ ...bundle, register: { ...register, name: name("mallory.test") } }, "another name"],
      [{ ...bundle, register: { ...register, owner: otherOwner } }, "another recipientAddress"],
      [{ ...bundle, register: { ...register, zonefileHash: null } }, "another zonefileHash"],
      [{ ...bundle, preorder: { ...preorder, burned: preorder.burned + 1 } }, "another opFee"],
      [{ ...bundle, preorder: { ...preorder, burnAddress: register.owner } }, "another burnAddress"],
      [{ ...bundle, preorder: { ...preorder, preorderHash: preorder.preorderHash.replace(/./u, "e") as never } }, "another preorderHash"],
      [{ ...bundle, preorder: { ...preorder, consensusHash: "ff".repeat(16) as never } }, "another consensusHash"],
      [{ ...bundle, coins: coins.map((coin) => ({ ...coin, script: payerOf(7).script })) }, "no valid signature"],
      [{ ...bundle, coins: coins.map((coin) => ({ ...coin, index: 1 })) }, "does not list"],
      [{ ...bundle, coins: [...coins, { ...coins[0] as (typeof coins)[number], index: 5 }] }, "nothing spends"],
      [{ ...bundle, coins: [...coins, ...coins] }, "listed twice"],
      [{ ...bundle, coins: coins.map((coin) => ({ ...coin, value: 1000 })) }, "more than it has"],
      [{ ...bundle, split: null }, "does not list"],
    ]; // prettier-ignore
    for (const [lie, because] of lies) expectRefuted(lie, because);
  });

  test("cannot mix the parts of two bundles, reorder a ladder, or double a part", () => {
    const register = registerOf(bundle);
    const other = signedBundle({ name: "bob.test", secret: 2 });
    const coins = [...bundle.coins, ...other.coins];
    const mixed = { ...bundle, coins, split: bundle.split };
    expectRefuted({ ...mixed, preorder: { ...bundle.preorder, variants: other.preorder.variants } });
    expectRefuted({ ...mixed, register: other.register });
    const reversed = bundle.preorder.variants.toReversed();
    expectRefuted({ ...bundle, preorder: { ...bundle.preorder, variants: reversed } }, "order of their fees");
    expectRefuted({ ...bundle, register: { ...register, variants: register.spares, spares: register.spares } }, "spends a coin of its register");
    expectRefuted({ ...bundle, register: { ...register, variants: bundle.preorder.variants } }, "another operation");
    expectRefuted({ ...bundle, preorder: { ...bundle.preorder, variants: register.variants } }, "another operation");
    const [first = ""] = register.variants;
    expectRefuted({ ...bundle, register: { ...register, variants: [first, ...register.spares.slice(1)] } }, "exclude");
  }); // prettier-ignore

  test("cannot spell a transaction otherwise, or hang something behind it", () => {
    // The number of inputs, in three bytes instead of one.
    const longer = (bytes: Uint8Array) => concat(bytes.subarray(0, 4), Uint8Array.of(0xfd, 1, 0), bytes.subarray(5));
    expectRefuted(withRaw(bundle, longer, "preorder"), "not spelled as nodes do");
    expectRefuted(
      withRaw(bundle, (bytes) => concat(bytes, Uint8Array.of(0)), "register"),
      "no transaction",
    );
  });

  test("cannot follow a preorder with a register of another name, signed by the same wallet for the same coins", () => {
    const other = signedBundle({ name: "carol.test", zonefileHash: zonefileHash("ab".repeat(20)) });
    expect(other.split).toBe(bundle.split); // names of one length: the same coins
    expect(other.register).not.toEqual(bundle.register);
    expectRefuted({ ...bundle, register: other.register }, "not what its preorder was for");
  });

  test("can change its copy's death height: it then deceives itself alone, since no transaction changes", () => {
    const later = { ...bundle, deathHeight: blockHeight(bundle.deathHeight + 5) };
    const checked = checkBundle(parseBundle(encodeBundle(later)), REGTEST);
    const raws = checked.preorder.variants.map(({ raw }) => toHex(raw));
    expect(raws).toEqual(bundle.preorder.variants.map((hex) => toHex(fromHex(hex))));
  });
});
