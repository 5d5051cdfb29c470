/** Is a name paid for, and to whom (spec 02 §9)? Epochs 1 to 3: bitcoin only. */
import type { Address } from "../bitcoin/address.ts";
import type { NamespaceRecord } from "../ops/record.ts";
import { labelOf, type Name } from "../primitives/name.ts";
import type { Epoch } from "../protocol/epoch.ts";
import { enables } from "../protocol/epoch.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { BlockState } from "./block-state.ts";
import { namePrice } from "./price.ts";
import { type BnsVerdict, reject } from "./verdict.ts";

/** A burn as an operation shows it. */
interface Payment {
  /** Satoshis. */
  readonly opFee: number;
  readonly burnAddress: Address;
}

/** Where names of a namespace are paid to at a height: for a time to the creator, if its version says so. */
export function burnAddressAt(
  namespace: NamespaceRecord,
  height: number,
  epoch: Epoch,
  { burnAddress }: Pick<Network, "burnAddress">,
): string {
  const paysCreator = namespace.version === 2 && namespace.revealBlock + epoch.receiveFeesPeriod >= height;
  return paysCreator ? namespace.address : burnAddress;
}

/**
 * Null if the payment is right. The price is that of `pricedAt` (the preorder's height, or a renewal's own); who is paid
 * is judged now.
 */
export function checkPayment(
  name: Name,
  namespace: NamespaceRecord,
  { opFee, burnAddress }: Payment,
  pricedAt: number,
  state: BlockState,
): BnsVerdict | null {
  const { at, epoch, network } = state;
  if (namespace.version === 2 && !enables(epoch, "NAMESPACE_BURN_TO_CREATOR")) {
    return reject(
      "namespace-version",
      `namespace "${namespace.namespaceId}" is of version 2, which comes with epoch 3`,
    );
  }
  const due = burnAddressAt(namespace, at, epoch, network);
  if (burnAddress !== due) return reject("wrong-burn-address", `the burn goes to "${burnAddress}", not to "${due}"`);
  const price = namePrice(labelOf(name), namespace, network, pricedAt);
  if (price === null) return reject("epoch-not-supported", `"${name}" has no price in bitcoin at height ${pricedAt}`);
  if (opFee < price)
    return reject("insufficient-burn", `${opFee} satoshis burned, "${name}" costs ${Math.ceil(price)}`);
  return null;
}
