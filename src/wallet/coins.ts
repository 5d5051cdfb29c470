/** Coins of the wallet: which may be spent, in which order, and what they sum to. */
import type { ScriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import type { Txid } from "../primitives/hash.ts";
import { type OutpointText, outpointText } from "../primitives/outpoint.ts";
import type { BlockHeight, Satoshi } from "../primitives/units.ts";
import { satoshi } from "../primitives/units.ts";
import { isSpendable } from "./size.ts";

export { type OutpointText, outpointText } from "../primitives/outpoint.ts";

/** An unspent output of the wallet, as coin sources give it. */
export interface Coin {
  readonly txid: Txid;
  readonly index: number;
  readonly value: Satoshi;
  readonly script: ScriptHex;
  /** Height of the block that holds it, null in the mempool. */
  readonly height: BlockHeight | null;
}

/** What the wallet holds, and what of it is not to be touched. */
export interface Purse {
  readonly coins: readonly Coin[];
  /** Scripts of owners and revealers: what they hold is never fee money. */
  readonly kept: ReadonlySet<ScriptHex>;
  /** Outputs that entries of the journal spend or have set aside. */
  readonly locked: ReadonlySet<OutpointText>;
  /** Outputs that the user set aside. */
  readonly setAside?: ReadonlySet<OutpointText>;
  /** The only outputs that may pay, where the user named some, also on addresses of names; null: all that are free. */
  readonly named?: ReadonlySet<OutpointText> | null;
  /** Pending outputs that no mempool lets us spend before a block comes (see `crowdedCoins`). */
  readonly crowded?: ReadonlySet<OutpointText>;
}

/** Every coin counts in exactly one of the four; all in satoshis. */
export interface Balance {
  /** Can be spent now. */
  readonly confirmed: Satoshi;
  /** Can be spent, but no block holds it yet. */
  readonly pending: Satoshi;
  /** Set aside: by the user, for the name whose address holds it, or since its kind would make an operation invalid. */
  readonly locked: Satoshi;
  /** Held by entries of the journal. */
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

/** Why a coin is not spent, as a word for scripts. */
export type Hold = "journal" | "user" | "owner" | "kind";

/** What holds a coin, null if nothing does. */
export function holdOf(coin: Coin, { kept, locked, setAside }: Purse): Hold | null {
  const outpoint = outpointText(coin);
  if (locked.has(outpoint)) return "journal";
  if (setAside?.has(outpoint) === true) return "user";
  if (kept.has(coin.script)) return "owner";
  return isSpendable(coin.script) ? null : "kind";
}

const HELD: Readonly<Record<Hold, string>> = {
  journal: "is held by what is under way",
  user: "is locked: bsk wallet coins unlock frees it",
  owner: "lies on the address of a name",
  kind: "is of a kind that would make an operation void",
};

/**
 * The purse where only the named coins may pay; none named: as it was.
 * @throws BskError usage for a coin that is not there, or that is held for more than the name on whose address it lies
 */
export function payWith(purse: Purse, named: readonly OutpointText[]): Purse {
  for (const outpoint of named) {
    const coin = purse.coins.find((each) => outpointText(each) === outpoint);
    const hold = coin === undefined ? null : holdOf(coin, purse);
    if (coin !== undefined && (hold === null || hold === "owner")) continue;
    throw new BskError("usage", `the coin "${outpoint}" ${hold === null ? "is not in the wallet" : HELD[hold]}`, {
      rule: "no-such-coin",
      hint: "bsk wallet coins lists them",
    });
  }
  return named.length === 0 ? purse : { ...purse, named: new Set(named) };
}

/** Which of the four balances a coin counts in. */
export function partOf(coin: Coin, purse: Purse): keyof Balance {
  const hold = holdOf(coin, purse);
  if (hold !== null) return hold === "journal" ? "reserved" : "locked";
  return coin.height === null ? "pending" : "confirmed";
}

/**
 * Coins that may pay fees, burns and outputs: confirmed before pending, then larger before smaller, then by outpoint. A
 * coin on the address of a name only where the user named the coin.
 */
export function payerCoins(purse: Purse): readonly Coin[] {
  return purse.coins.filter((coin) => mayPay(coin, purse)).toSorted(byConfirmation(largerFirst));
}

function mayPay(coin: Coin, purse: Purse): boolean {
  const { named, crowded } = purse;
  const outpoint = outpointText(coin);
  const hold = holdOf(coin, purse);
  if (crowded?.has(outpoint) === true) return false;
  if (named === undefined || named === null) return hold === null;
  return named.has(outpoint) && (hold === null || hold === "owner");
}

/**
 * Coins of one script that nothing holds, whose name may be operated on with them: confirmed before pending, then smaller
 * before larger.
 */
export function coinsOf(script: ScriptHex, purse: Purse): readonly Coin[] {
  const owned = purse.kept.has(script);
  return purse.coins
    .filter((coin) => coin.script === script)
    .filter((coin) => (owned ? isFree(coin, purse) : mayPay(coin, purse)))
    .toSorted(byConfirmation((a, b) => -largerFirst(a, b)));
}

/** May a coin on the address of a name be input 0 of an operation on that name? */
function isFree(coin: Coin, purse: Purse): boolean {
  const hold = holdOf(coin, purse);
  return (
    (hold === null || hold === "owner") && isSpendable(coin.script) && purse.crowded?.has(outpointText(coin)) !== true
  );
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
