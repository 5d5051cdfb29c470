/**
 * What names and namespaces cost in bitcoin (spec 02 §7, §8). Epochs 1 to 3: IEEE doubles in the original's order of
 * operations; from epoch 4 on whole numbers. Prices in tokens are in `token-price.ts`.
 */
import type { NamespaceParameters } from "../ops/operation.ts";
import { epochAt } from "../protocol/epoch.ts";
import type { NetworkDefinition } from "../protocol/network-definition.ts";

/** The unit that the price curve of a version 3 namespace counts in, in millionths of a token. */
export const TOKEN_COST_UNIT = 1733;

/** The exponent of the last bucket holds for every longer label. */
const BUCKETS = 16;

/** Only the larger of the two discounts counts: they do not multiply. */
function discountOf(label: string, { noVowelDiscount, nonalphaDiscount }: NamespaceParameters): number {
  const noVowel = /[aeiouy]/u.test(label) ? 1 : noVowelDiscount;
  const nonalpha = /[0-9_-]/u.test(label) ? nonalphaDiscount : 1;
  return Math.max(1, noVowel, nonalpha);
}

function curveOf(label: string, namespace: NamespaceParameters): bigint {
  const exponent = namespace.buckets[Math.min(label.length, BUCKETS) - 1] ?? 0;
  return BigInt(namespace.coeff) * BigInt(namespace.base) ** BigInt(exponent);
}

/** coeff · base^exponent · unit / discount, rounded down, at least one unit: the curve in whole numbers. */
export function curvePrice(label: string, namespace: NamespaceParameters, unit: number): bigint {
  const price = (curveOf(label, namespace) * BigInt(unit)) / BigInt(discountOf(label, namespace));
  return price < BigInt(unit) ? BigInt(unit) : price;
}

/**
 * Satoshis as a double, in epochs 1 to 3 possibly with a fraction: coeff · base^exponent / discount · unit, at least one
 * unit, times the epoch's factor. A fee pays if it is not less than this. Later a whole number, exact as far as there is
 * bitcoin; null where names are paid in tokens only.
 */
export function namePrice(
  label: string,
  namespace: NamespaceParameters,
  { epochs, nameCostUnit }: Pick<NetworkDefinition, "epochs" | "nameCostUnit">,
  height: number,
): number | null {
  const { priceMultiplier, tokens } = epochAt(epochs, height);
  if (tokens !== undefined) {
    if (namespace.version === 3) return null;
    return Number(curvePrice(label, namespace, nameCostUnit) / BigInt(tokens.nameDivisor));
  }
  if (priceMultiplier === null) return null;
  const curve = Number(curveOf(label, namespace));
  // Version 3 counts in tokens, whose factor was always one; it cannot be revealed in these epochs.
  const [unit, factor] = namespace.version === 3 ? [TOKEN_COST_UNIT, 1] : [nameCostUnit, priceMultiplier];
  const price = (curve / discountOf(label, namespace)) * unit;
  return Math.max(price, unit) * factor;
}

/** Satoshis for a namespace id by its length; null where it has no price in bitcoin. */
export function namespacePrice(
  id: string,
  { epochs }: Pick<NetworkDefinition, "epochs">,
  height: number,
): number | null {
  return id.length === 0 ? null : (epochAt(epochs, height).namespacePrices?.[id.length] ?? null);
}
