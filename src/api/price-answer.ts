/** What names and namespaces cost, as clients of the original read it (spec 10 A2). */
import type { NamespaceParameters } from "../ops/operation.ts";
import { labelOf, type Name, type NamespaceId } from "../primitives/name.ts";
import { STACKS } from "../primitives/token-amount.ts";
import { isNamespaceReady, isNamespaceRevealedAt, type NamespaceLife } from "../protocol/lifetime.ts";
import type { Network } from "../protocol/network-definition.ts";
import { namePrice, namespacePrice } from "../rules/price.ts";
import { namespaceTokenPrice, nameTokenPrice } from "../rules/token-price.ts";
import { type ApiResponse, type Json, ok, refuse } from "./route.ts";

/** After which block a price is asked for. */
interface At {
  readonly height: number;
  readonly network: Network;
}

/** The height that a preorder sent now would be judged at the earliest is one more; the original asks at the last block. */
function priceHeight({ height, network }: At): number {
  return Math.max(height, network.firstBlock);
}

/** Is the namespace ready, or revealed and still within its time? */
export function isThere(namespace: NamespaceLife, { height, network }: At): boolean {
  return isNamespaceReady(namespace) || isNamespaceRevealedAt(namespace, height, network);
}

/**
 * Prices are shown in whole satoshis, rounded up: what is paid must not be less than the price. In millionths of a token
 * where bitcoin is not taken.
 */
function priceJson(satoshis: number | null, tokens: bigint | null): Readonly<Record<string, Json>> | null {
  if (satoshis !== null) {
    const amount = Math.ceil(satoshis);
    return { amount: BigInt(amount).toString(), units: "BTC", satoshis: amount };
  }
  return tokens === null ? null : { amount: tokens.toString(), units: STACKS };
}

const NO_PRICE = "It has no price in this epoch";

/** `namespace`: of the name, as it stood after the block; null where there is none. */
export function namePriceAnswer(
  name: Name,
  namespace: (NamespaceParameters & NamespaceLife) | null,
  at: At,
): ApiResponse {
  if (namespace === null || !isThere(namespace, at)) return refuse(404, "Unknown/invalid namespace");
  const of = [labelOf(name), namespace, at.network, priceHeight(at)] as const;
  const price = priceJson(namePrice(...of), nameTokenPrice(...of));
  return price === null ? refuse(404, NO_PRICE) : ok({ name_price: price });
}

/** `namespace`: as it stood after the block; null where there is none. */
export function namespacePriceAnswer(id: NamespaceId, namespace: NamespaceLife | null, at: At): ApiResponse {
  const of = [id, at.network, priceHeight(at)] as const;
  const price = priceJson(namespacePrice(...of), namespaceTokenPrice(...of));
  if (price === null) return refuse(404, NO_PRICE);
  const opened = namespace !== null && isNamespaceReady(namespace);
  const warning = opened ? { warning: "Namespace already exists" } : {};
  return ok({ ...price, ...warning });
}
