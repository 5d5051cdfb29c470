/** What names and namespaces cost (spec 02 §7, §8). Epochs 1 to 3: IEEE doubles in the original's order of operations. */
import type { NamespaceParameters } from "../ops/operation.ts";
import { epochAt } from "../protocol/epoch.ts";
import type { NetworkDefinition } from "../protocol/network-definition.ts";

/** The unit that the price curve of a version 3 namespace counts in, in millionths of a token. */
const TOKEN_COST_UNIT = 1733;

/** The exponent of the last bucket holds for every longer label. */
const BUCKETS = 16;

/** Only the larger of the two discounts counts: they do not multiply. */
function discountOf(label: string, { noVowelDiscount, nonalphaDiscount }: NamespaceParameters): number {
  const noVowel = /[aeiouy]/u.test(label) ? 1 : noVowelDiscount;
  const nonalpha = /[0-9_-]/u.test(label) ? nonalphaDiscount : 1;
  return Math.max(1, noVowel, nonalpha);
}

/**
 * Satoshis as a double, possibly with a fraction: coeff · base^exponent / discount · unit, at least one unit, times the
 * epoch's factor. A fee pays if it is not less than this. Null in an epoch whose prices are not in bitcoin doubles.
 */
export function namePrice(
  label: string,
  namespace: NamespaceParameters,
  { epochs, nameCostUnit }: Pick<NetworkDefinition, "epochs" | "nameCostUnit">,
  height: number,
): number | null {
  const { priceMultiplier } = epochAt(epochs, height);
  if (priceMultiplier === null) return null;
  const exponent = namespace.buckets[Math.min(label.length, BUCKETS) - 1] ?? 0;
  const curve = Number(BigInt(namespace.coeff) * BigInt(namespace.base) ** BigInt(exponent));
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
