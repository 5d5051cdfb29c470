/** Prices in tokens, from epoch 4 on: whole millionths, rounded down at each step (spec 02 §7, §8). */
import type { NamespaceParameters } from "../ops/operation.ts";
import { epochAt } from "../protocol/epoch.ts";
import type { NetworkDefinition } from "../protocol/network-definition.ts";
import { curvePrice, TOKEN_COST_UNIT } from "./price.ts";

/** Millionths of a token for a satoshi: 6.5 US dollars for 100 000 satoshis, 0.15 for a token (original: `config.py`). */
const TOKENS_OF = 650n;
const SATOSHIS = 15n;

/** What a name costs if it is paid in tokens; null in an epoch without them. */
export function nameTokenPrice(
  label: string,
  namespace: NamespaceParameters,
  network: Pick<NetworkDefinition, "epochs" | "nameCostUnit">,
  height: number,
): bigint | null {
  const { tokens } = epochAt(network.epochs, height);
  if (tokens === undefined) return null;
  if (namespace.version === 3) return curvePrice(label, namespace, TOKEN_COST_UNIT);
  const satoshis = curvePrice(label, namespace, network.nameCostUnit) / BigInt(tokens.nameDivisor);
  return (satoshis * TOKENS_OF) / SATOSHIS;
}

/** What a namespace costs in tokens, by the length of its id; null in an epoch without them. */
export function namespaceTokenPrice(
  id: string,
  { epochs }: Pick<NetworkDefinition, "epochs">,
  height: number,
): bigint | null {
  const price = epochAt(epochs, height).tokens?.namespacePrices[id.length];
  return id.length === 0 || price === undefined ? null : BigInt(price);
}
