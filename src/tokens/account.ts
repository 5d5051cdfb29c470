/** What is in an account: two totals that only grow, and their difference (spec 02 §10). */
import type { Txid } from "../primitives/hash.ts";
import { type TokenAmount, tokenAmount, type TokenType } from "../primitives/token-amount.ts";
import type { BlockHeight } from "../primitives/units.ts";

/**
 * Who holds tokens: an address of the chain, or a word like `treasury` that the initial allocation gives tokens to and
 * that nobody can spend for.
 */
export type AccountAddress = string;

/** Accounts are kept for each address and kind of token. */
export interface AccountKey {
  readonly address: AccountAddress;
  readonly type: TokenType;
}

/** The place in the chain that changed an account. */
export interface AccountChange {
  readonly txid: Txid;
  readonly blockNumber: BlockHeight;
  /** 0 for what the initial allocation gave: no operation stands in a coinbase. */
  readonly vtxindex: number;
}

/** An account as its last change left it. */
export interface AccountRecord extends AccountKey, AccountChange {
  /** All that ever came in. */
  readonly credit: TokenAmount;
  /** All that ever went out. */
  readonly debit: TokenAmount;
  /** Height from which tokens can be sent. They can pay for names at any. */
  readonly lockTransferBlockId: number;
  /** May others send to it? */
  readonly receiveWhitelisted: boolean;
}

export function balanceOf({ credit, debit }: AccountRecord): bigint {
  return BigInt(credit) - BigInt(debit);
}

/** The account with an amount more; a new one where there was none. */
export function credited(
  { address, type }: AccountKey,
  before: AccountRecord | null,
  amount: TokenAmount,
  change: AccountChange,
): AccountRecord {
  const old = before ?? { credit: "0", debit: tokenAmount(0n), lockTransferBlockId: 0, receiveWhitelisted: true };
  return { ...old, address, type, credit: tokenAmount(BigInt(old.credit) + BigInt(amount)), ...placeOf(change) };
}

/** The account with an amount less, which it must hold. */
export function debited(before: AccountRecord, amount: TokenAmount, change: AccountChange): AccountRecord {
  if (balanceOf(before) < BigInt(amount)) throw new Error("an account is debited what the rules saw in it");
  return { ...before, debit: tokenAmount(BigInt(before.debit) + BigInt(amount)), ...placeOf(change) };
}

function placeOf({ txid, blockNumber, vtxindex }: AccountChange): AccountChange {
  return { txid, blockNumber, vtxindex };
}
