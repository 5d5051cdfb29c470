/** Coins of the wallet: which may be spent, in which order, and what they sum to. */
import type { ScriptHex } from "../bitcoin/address.ts";
import type { Txid } from "../primitives/hash.ts";
import type { BlockHeight, Satoshi } from "../primitives/units.ts";
import { satoshi } from "../primitives/units.ts";
import { isSpendable } from "./size.ts";

/** An unspent output of the wallet, as coin sources give it. */
export interface Coin {
  readonly txid: Txid;
  readonly index: number;
  readonly value: Satoshi;
  readonly script: ScriptHex;
  /** Height of the block that holds it, null in the mempool. */
  readonly height: BlockHeight | null;
}

/** "txid:index" */
export type OutpointText = `${Txid}:${number}`;

export function outpointText({ txid, index }: { readonly txid: Txid; readonly index: number }): OutpointText {
  return `${txid}:${index}`;
}

/** What the wallet holds, and what of it is not to be touched. */
export interface Purse {
  readonly coins: readonly Coin[];
  /** Scripts of owners and revealers: what they hold is never fee money. */
  readonly kept: ReadonlySet<ScriptHex>;
  /** Outputs that transactions under way already spend or have set aside. */
  readonly locked: ReadonlySet<OutpointText>;
}

/** Every coin counts in exactly one of the four; all in satoshis. */
export interface Balance {
  /** Can be spent now. */
  readonly confirmed: Satoshi;
  /** Can be spent, but no block holds it yet. */
  readonly pending: Satoshi;
  /** Held by transactions under way. */
  readonly locked: Satoshi;
  /** On addresses of owners and revealers (kept for the names), or of a kind that would make an operation invalid. */
  readonly reserved: Satoshi;
}

export function balanceOf(purse: Purse): Balance {
  const sums = { confirmed: 0n, pending: 0n, locked: 0n, reserved: 0n };
  for (const coin of purse.coins) sums[partOf(coin, purse)] += coin.value;
  const { confirmed, pending, locked, reserved } = sums;
  return {
    confirmed: satoshi(confirmed),
    pending: satoshi(pending),
    locked: satoshi(locked),
    reserved: satoshi(reserved),
  };
}

/** Which of the four balances a coin counts in. */
export function partOf(coin: Coin, { kept, locked }: Purse): keyof Balance {
  if (locked.has(outpointText(coin))) return "locked";
  if (kept.has(coin.script) || !isSpendable(coin.script)) return "reserved";
  return coin.height === null ? "pending" : "confirmed";
}

/** Coins that may pay fees, burns and outputs: confirmed before pending, then larger before smaller, then by outpoint. */
export function payerCoins(purse: Purse): readonly Coin[] {
  return purse.coins
    .filter((coin) => ["confirmed", "pending"].includes(partOf(coin, purse)))
    .toSorted(byConfirmation(largerFirst));
}

/** Coins of one script that no transaction under way holds: confirmed before pending, then smaller before larger. */
export function coinsOf(script: ScriptHex, { coins, locked }: Purse): readonly Coin[] {
  return coins
    .filter((coin) => coin.script === script && isSpendable(script) && !locked.has(outpointText(coin)))
    .toSorted(byConfirmation((a, b) => -largerFirst(a, b)));
}

type Order = (a: Coin, b: Coin) => number;

const largerFirst: Order = (a, b) => (a.value === b.value ? 0 : a.value > b.value ? -1 : 1);

/** A total order: the same coins give the same transaction, in whatever order they came. */
function byConfirmation(then: Order): Order {
  return (a, b) =>
    Number(a.height === null) - Number(b.height === null) ||
    then(a, b) ||
    (a.txid === b.txid ? a.index - b.index : a.txid < b.txid ? -1 : 1);
}
