/**
 * The coins of a wallet as they really stand: what the chain confirms, less what our own transactions in flight spend,
 * plus what these return (users.md: a balance must not read 0 while change is unconfirmed).
 */
import type { ScriptHex } from "../bitcoin/address.ts";
import type { Coin, CoinSource } from "../chain/source.ts";
import type { Entry } from "../journal/entry.ts";
import { satoshi } from "../primitives/units.ts";

export interface WalletCoins {
  /** Unspent, and not promised to a transaction of the journal. */
  readonly free: readonly Coin[];
  /** Unspent, but promised to a transaction that is planned or on its way. */
  readonly reserved: readonly Coin[];
}

/** `txid:index`, the key that coins are compared by. */
export function outpointKey({ txid, index }: { readonly txid: string; readonly index: number }): string {
  return `${txid}:${index}`;
}

/** Every coin of these scripts, split by what the live entries of the journal have promised. */
export async function walletCoins(
  source: CoinSource,
  scripts: readonly ScriptHex[],
  live: readonly Entry[],
): Promise<WalletCoins> {
  const known = new Map((await source.coins(scripts)).map((coin) => [outpointKey(coin), coin]));
  const mine = new Set<string>(scripts);
  const transactions = live.flatMap((entry) => entry.transactions);
  const promised = new Set(transactions.flatMap(({ spends }) => spends.map(outpointKey)));

  for (const { txid, returns } of transactions) {
    for (const { index, script, value } of returns) {
      const outpoint = { txid, index };
      if (!mine.has(script) || known.has(outpointKey(outpoint)) || promised.has(outpointKey(outpoint))) continue;
      const coin = await source.unspent(outpoint);
      if (coin !== null) known.set(outpointKey(outpoint), { ...coin, script, value: satoshi(value) });
    }
  }
  const coins = [...known.values()];
  return {
    free: coins.filter((coin) => !promised.has(outpointKey(coin))),
    reserved: coins.filter((coin) => promised.has(outpointKey(coin))),
  };
}
