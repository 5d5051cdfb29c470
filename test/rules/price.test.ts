import { describe, expect, test } from "vitest";
import type { NamespaceParameters } from "../../src/ops/operation.ts";
import { MAINNET, type NetworkDefinition } from "../../src/protocol/network-definition.ts";
import { namePrice, namespacePrice } from "../../src/rules/price.ts";
import { namespaceTokenPrice, nameTokenPrice } from "../../src/rules/token-price.ts";
import { PRIMITIVES, rowsOf } from "../support/vectors.ts";

/** One height in each of mainnet's epochs 1 to 4. */
const HEIGHTS = [373_601, 436_651, 488_501, 547_922] as const;

interface Row {
  readonly base: number;
  readonly buckets: number[];
  readonly coeff: number;
  readonly no_vowel_discount: number;
  readonly nonalpha_discount: number;
  readonly version: number;
}

const NAMESPACES = (PRIMITIVES.mainnet["price_name"]!["namespaces"] as Row[]).map(
  ({ base, buckets, coeff, no_vowel_discount, nonalpha_discount, version }): NamespaceParameters => ({
    base,
    buckets,
    coeff,
    noVowelDiscount: no_vowel_discount,
    nonalphaDiscount: nonalpha_discount,
    version,
    lifetime: 1,
  }),
);

type NameRow = [
  label: string,
  namespace: number,
  epoch: number,
  type: string,
  repr: string,
  text: string,
  tokenType: string,
  tokens: string,
];

/** A large whole number in Python 2 is shown with an L behind it. */
const digits = (repr: string): string => repr.replace(/L$/u, "");

describe.each(["test", "mainnet"] as const)("prices of %s", (mode) => {
  test("names in epochs 1 to 3, to the last bit of the double", () => {
    const rows = (rowsOf(mode, "price_name") as readonly NameRow[]).filter(([, , epoch]) => epoch <= 3);
    expect(rows.length).toBeGreaterThan(4000);
    for (const [label, namespace, epoch, , repr] of rows) {
      expect([label, epoch, namePrice(label, NAMESPACES[namespace]!, MAINNET, HEIGHTS[epoch - 1]!)]).toEqual([
        label,
        epoch,
        Number(repr),
      ]);
    }
  });

  test("names in epoch 4, in bitcoin and in tokens, to the last unit", () => {
    const rows = (rowsOf(mode, "price_name") as readonly NameRow[]).filter(([, , epoch]) => epoch === 4);
    expect(rows.length).toBeGreaterThan(1000);
    for (const [label, index, , , repr, , , tokens] of rows) {
      const namespace = NAMESPACES[index]!;
      const bitcoin = namePrice(label, namespace, MAINNET, HEIGHTS[3]);
      // The original's price of a version 3 name is in tokens.
      expect([label, index, bitcoin]).toEqual([label, index, namespace.version === 3 ? null : Number(digits(repr))]);
      const price = nameTokenPrice(label, namespace, MAINNET, HEIGHTS[3]);
      expect([label, index, String(price)]).toEqual([label, index, digits(tokens)]);
    }
    expect(nameTokenPrice("abc", NAMESPACES[0]!, MAINNET, HEIGHTS[2])).toBeNull();
  });

  test("namespaces, by the length of their id", () => {
    // In the original's test mode, ids of one character are cheaper.
    const prices = PRIMITIVES[mode]["epochs"] as unknown as { namespace_prices: number[] | null }[];
    const network: NetworkDefinition = {
      ...MAINNET,
      epochs: MAINNET.epochs.map((epoch, i) => ({ ...epoch, namespacePrices: prices[i]?.namespace_prices ?? null })),
    };
    for (const [length, epoch, units, price] of rowsOf(mode, "price_namespace") as [number, number, string, number][]) {
      if (units !== "BTC") {
        const due = epoch === 4 ? price : null;
        const ours = namespaceTokenPrice("a".repeat(length), MAINNET, HEIGHTS[epoch - 1]!);
        if (length !== 1 || mode === "mainnet") expect(ours).toBe(due === null ? null : BigInt(due));
        continue;
      }
      expect(namespacePrice("a".repeat(length), network, HEIGHTS[epoch - 1]!)).toBe(price);
      if (mode === "mainnet") expect(namespacePrice("a".repeat(length), MAINNET, HEIGHTS[epoch - 1]!)).toBe(price);
    }
  });
});

test("the two discounts do not multiply", () => {
  const namespace: NamespaceParameters = { ...NAMESPACES[0]!, noVowelDiscount: 10, nonalphaDiscount: 10 };
  expect(namePrice("j0hn_1", namespace, MAINNET, HEIGHTS[0])).toBe(10_000);
});
