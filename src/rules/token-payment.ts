/** Names and namespaces that are paid in tokens (spec 02 §5.1, §6.1, §9): taken from the account at once, and destroyed. */
import type { Address } from "../bitcoin/address.ts";
import type { NamespaceRecord } from "../ops/record.ts";
import { labelOf, type Name } from "../primitives/name.ts";
import { STACKS, type TokenAmount, type TokenType } from "../primitives/token-amount.ts";
import { balanceOf } from "../tokens/account.ts";
import type { BlockState } from "./block-state.ts";
import { nameTokenPrice } from "./token-price.ts";
import { type BnsVerdict, reject } from "./verdict.ts";

/** Null if the account can give the amount. */
export function checkFunds(
  address: Address,
  type: TokenType,
  amount: TokenAmount,
  state: BlockState,
): BnsVerdict | null {
  const account = state.account({ address, type });
  if (account === null) return reject("no-account", `"${address}" has no account of ${type} tokens`);
  const balance = balanceOf(account);
  if (balance >= BigInt(amount)) return null;
  return reject("insufficient-balance", `"${address}" holds ${balance} ${type} tokens, ${amount} are due`);
}

/** Null if a preorder's payer can pay what it says. Whether that is enough, only the registration shows. */
export function checkPreorderFunds(
  {
    address,
    tokenFee,
    tokenUnits,
    burnAddress,
  }: {
    readonly address: Address;
    readonly tokenFee?: TokenAmount;
    readonly tokenUnits?: TokenType;
    readonly burnAddress: Address;
  },
  state: BlockState,
): BnsVerdict | null {
  if (tokenFee === undefined || tokenUnits === undefined) return null;
  const due = state.network.burnAddress;
  if (burnAddress !== due) return reject("wrong-burn-address", `the burn goes to "${burnAddress}", not to "${due}"`);
  if (tokenUnits !== STACKS) return reject("wrong-token", `"${tokenUnits}" tokens do not pay for names`);
  return checkFunds(address, tokenUnits, tokenFee, state);
}

/** Null if the tokens are enough for a name, priced as of a height. */
export function checkTokensPaid(
  name: Name,
  namespace: NamespaceRecord,
  paid: TokenAmount,
  pricedAt: number,
  state: BlockState,
): BnsVerdict | null {
  const price = nameTokenPrice(labelOf(name), namespace, state.network, pricedAt);
  if (price !== null && BigInt(paid) >= price) return null;
  return reject("insufficient-tokens", `${paid} millionths of a token paid, "${name}" costs ${String(price)}`);
}
