/** What a name or a namespace costs on a network, and who is paid: the rules' answer in whole satoshis. */
import { type Address, address } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import type { NamespaceRecord } from "../ops/record.ts";
import { labelOf, type Name, type NamespaceId } from "../primitives/name.ts";
import { type Satoshi, satoshi } from "../primitives/units.ts";
import { epochAt } from "../protocol/epoch.ts";
import type { Network } from "../protocol/network-definition.ts";
import { burnAddressAt } from "../rules/payment.ts";
import { namePrice, namespacePrice } from "../rules/price.ts";

export interface Burn {
  /** The network's burn address, or the creator of a young version 2 namespace. */
  readonly address: Address;
  readonly price: Satoshi;
}

/**
 * The burn that a name needs: `pricedAt` is the height of the preorder (or renewal), `paidAt` that of the registration
 * (or renewal), which judges who is paid.
 * @throws BskError (rejected) where names have no price in bitcoin.
 */
export function nameBurn(
  name: Name,
  namespace: NamespaceRecord,
  network: Network,
  { pricedAt, paidAt }: { readonly pricedAt: number; readonly paidAt: number },
): Burn {
  const price = namePrice(labelOf(name), namespace, network, pricedAt);
  const to = burnAddressAt(namespace, paidAt, epochAt(network.epochs, paidAt), network);
  return { address: address(to, network.bitcoin), price: wholePrice(price, name) };
}

/**
 * The burn that a namespace needs; the price is judged at the height of the reveal.
 * @throws BskError (rejected) where namespaces have no price in bitcoin.
 */
export function namespaceBurn(id: NamespaceId, network: Network, revealedAt: number): Burn {
  const price = wholePrice(namespacePrice(id, network, revealedAt), id);
  return { address: address(network.burnAddress, network.bitcoin), price };
}

/** Prices are doubles, perhaps with a fraction of a satoshi: the next whole one is enough. */
function wholePrice(price: number | null, of: string): Satoshi {
  if (price !== null) return satoshi(BigInt(Math.ceil(price)));
  throw new BskError("rejected", `"${of}" has no price in bitcoin at this height`, {
    rule: "tokens-required",
    hint: "the network wants tokens for it, and this wallet pays in bitcoin only",
  });
}
