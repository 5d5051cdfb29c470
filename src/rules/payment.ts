/** Is a name paid for, and to whom (spec 02 §9)? Bitcoin only in epochs 1 to 3; tokens are judged in `token-payment.ts`. */
import type { Address } from "../bitcoin/address.ts";
import type { NamespaceRecord } from "../ops/record.ts";
import { labelOf, type Name } from "../primitives/name.ts";
import type { Epoch } from "../protocol/epoch.ts";
import { enables } from "../protocol/epoch.ts";
import type { TokenAmount } from "../primitives/token-amount.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { BlockState } from "./block-state.ts";
import { namePrice } from "./price.ts";
import { checkTokensPaid } from "./token-payment.ts";
import { type BnsVerdict, reject } from "./verdict.ts";

/** A burn as an operation shows it. */
interface Payment {
  /** Satoshis. */
  readonly opFee: number;
  readonly burnAddress: Address;
  /** Tokens paid instead; absent: none. */
  readonly tokenFee?: TokenAmount;
}

/** Where names of a namespace are paid to at a height: for a time to the creator, if its version says so. */
export function burnAddressAt(
  namespace: NamespaceRecord,
  height: number,
  epoch: Epoch,
  { burnAddress }: Pick<Network, "burnAddress">,
): string {
  return paysCreatorAt(namespace, height, epoch) ? namespace.address : burnAddress;
}

function paysCreatorAt({ version, revealBlock }: NamespaceRecord, height: number, epoch: Epoch): boolean {
  return version === 2 && revealBlock + epoch.receiveFeesPeriod >= height;
}

/**
 * Null if the payment is right. The price is that of `pricedAt` (the preorder's height, or a renewal's own); who is paid
 * is judged now.
 */
export function checkPayment(
  name: Name,
  namespace: NamespaceRecord,
  { opFee, burnAddress, tokenFee }: Payment,
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
  if (namespace.version === 3 && !enables(epoch, "NAMESPACE_PAY_WITH_STACKS")) {
    return reject(
      "namespace-version",
      `namespace "${namespace.namespaceId}" is of version 3, which comes with epoch 4`,
    );
  }
  const due = burnAddressAt(namespace, at, epoch, network);
  if (burnAddress !== due) return reject("wrong-burn-address", `the burn goes to "${burnAddress}", not to "${due}"`);
  if (tokenFee !== undefined) {
    return paysCreatorAt(namespace, at, epoch)
      ? reject("tokens-not-accepted", `names of namespace "${namespace.namespaceId}" pay its creator, in bitcoin`)
      : checkTokensPaid(name, namespace, tokenFee, pricedAt, state);
  }
  const price = namePrice(labelOf(name), namespace, network, pricedAt);
  if (price === null) return reject("tokens-required", `"${name}" is paid in tokens only`);
  if (opFee < price)
    return reject("insufficient-burn", `${opFee} satoshis burned, "${name}" costs ${Math.ceil(price)}`);
  return null;
}
