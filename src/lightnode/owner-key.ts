/**
 * The public key of a name's owner. A p2pkh address is the hash of one key, so whoever gives a key that hashes to it has
 * given the right one: nobody needs to be believed. The keys in records are candidates and no more, since they may be the
 * preorderer's, the importer's or an earlier owner's (spec 03 §4).
 */
import { type Address, p2pkhAddress, scriptOf } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { parseTransaction } from "../bitcoin/transaction.ts";
import type { CoinSource } from "../chain/source.ts";
import { ParseError } from "../errors.ts";
import { senderPublicKey } from "../ops/sender-key.ts";
import { fromHex } from "../primitives/bytes.ts";
import { hash160 } from "../primitives/digest.ts";
import type { Name } from "../primitives/name.ts";
import type { HistoryEntry } from "./answers.ts";
import type { NameSource } from "./name-source.ts";

export type OwnerKey =
  /** Hex, compressed or not: in the form that the address was made of. `from`: what showed it. */
  | { readonly kind: "key"; readonly publicKey: string; readonly from: "record" | "transaction" }
  /** The owner is a script, of several keys mostly: its address is the hash of no key. */
  | { readonly kind: "script" }
  /** Nothing that was looked at shows it. An address that never spent a coin has never shown its key to anybody. */
  | { readonly kind: "not-seen" };

/** Names of the same owner whose records are looked at, and transactions. */
const MOST_NAMES = 20;
const MOST_TRANSACTIONS = 20;

/** `transactions`: where the owner's operations can be had, whose inputs show the key; null: nowhere. */
export async function ownerKey(
  name: Name,
  address: Address,
  source: NameSource,
  transactions: Pick<CoinSource, "rawTransaction"> | null,
  on: BitcoinParameters,
): Promise<OwnerKey> {
  const script = scriptOf(address, on);
  if (!script.startsWith("76a914")) return { kind: "script" };
  const others = (await source.namesOf(address)).filter((other) => other !== name).slice(0, MOST_NAMES);
  const histories: (readonly HistoryEntry[])[] = [];
  for (const of of [name, ...others]) {
    const history = await source.history(of);
    const publicKey = history.flatMap((entry) => entry.publicKey ?? []).find((key) => isKeyOf(address, key, on));
    if (publicKey !== undefined) return { kind: "key", publicKey, from: "record" };
    histories.push(history);
  }
  if (transactions === null) return { kind: "not-seen" };
  for (const txid of histories.flatMap((history) => spentBy(address, history)).slice(0, MOST_TRANSACTIONS)) {
    const raw = await transactions.rawTransaction(txid);
    const publicKey = raw === null ? null : senderPublicKey(inputsOf(raw), script);
    if (publicKey !== null) return { kind: "key", publicKey, from: "transaction" };
  }
  return { kind: "not-seen" };
}

/** Does the key hash to the address? Malformed keys do not. */
function isKeyOf(address: Address, publicKey: string, on: BitcoinParameters): boolean {
  return p2pkhAddress(hash160(fromHex(publicKey)), on) === address;
}

/** Operations that only the owner can have signed: those on a name that was the address's before. Newest first. */
function spentBy(address: Address, history: readonly HistoryEntry[]) {
  const own = history.filter((_, i) => history[i - 1]?.address === address);
  return own.map(({ txid }) => txid).reverse();
}

/** None where a source gives no transaction: a lie that shows no key. */
function inputsOf(raw: Uint8Array) {
  try {
    return parseTransaction(raw).inputs;
  } catch (error) {
    if (error instanceof ParseError) return [];
    throw error;
  }
}
