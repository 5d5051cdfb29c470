import { describe, expect, test } from "vitest";
import type { NamespaceParameters } from "../../src/ops/operation.ts";
import { MAINNET, type NetworkDefinition } from "../../src/protocol/network-definition.ts";
import { namePrice, namespacePrice } from "../../src/rules/price.ts";
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

type NameRow = [label: string, namespace: number, epoch: number, type: string, repr: string];

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

  test("namespaces, by the length of their id", () => {
    // In the original's test mode, ids of one character are cheaper.
    const prices = PRIMITIVES[mode]["epochs"] as unknown as { namespace_prices: number[] | null }[];
    const network: NetworkDefinition = {
      ...MAINNET,
      epochs: MAINNET.epochs.map((epoch, i) => ({ ...epoch, namespacePrices: prices[i]?.namespace_prices ?? null })),
    };
    for (const [length, epoch, units, price] of rowsOf(mode, "price_namespace") as [number, number, string, number][]) {
      if (units !== "BTC") continue;
      expect(namespacePrice("a".repeat(length), network, HEIGHTS[epoch - 1]!)).toBe(price);
      if (mode === "mainnet") expect(namespacePrice("a".repeat(length), MAINNET, HEIGHTS[epoch - 1]!)).toBe(price);
    }
  });
});

test("there is no price in bitcoin doubles from epoch 4 on", () => {
  expect(namePrice("a", NAMESPACES[0]!, MAINNET, HEIGHTS[3])).toBeNull();
});

test("the two discounts do not multiply", () => {
  const namespace: NamespaceParameters = { ...NAMESPACES[0]!, noVowelDiscount: 10, nonalphaDiscount: 10 };
  expect(namePrice("j0hn_1", namespace, MAINNET, HEIGHTS[0])).toBe(10_000);
});
