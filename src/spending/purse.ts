/**
 * The coins of a wallet as they really stand: what the chain confirms, and what our own transactions in flight return;
 * what these spend is locked (users.md: a balance must not read 0 while change is unconfirmed).
 */
import type { CoinSource } from "../chain/source.ts";
import type { Entry } from "../journal/entry.ts";
import { satoshi } from "../primitives/units.ts";
import { keptScripts, type OwnScript } from "../wallet/addresses.ts";
import { type Coin, outpointText, type Purse } from "../wallet/coins.ts";

/** Asks for every coin of these scripts. `live`: the entries of the journal that may still move. */
export async function purseOf(
  source: CoinSource,
  scripts: readonly OwnScript[],
  live: readonly Entry[],
): Promise<Purse> {
  const own = new Set(scripts.map(({ script }) => script));
  const known = new Map<string, Coin>((await source.coins([...own])).map((coin) => [outpointText(coin), coin]));
  const transactions = live.flatMap((entry) => entry.transactions);
  const locked = new Set(transactions.flatMap(({ spends }) => spends.map(outpointText)));

  for (const { txid, returns } of transactions) {
    for (const { index, script, value } of returns) {
      const outpoint = { txid, index };
      if (!own.has(script) || known.has(outpointText(outpoint)) || locked.has(outpointText(outpoint))) continue;
      const coin = await source.unspent(outpoint);
      if (coin !== null) known.set(outpointText(outpoint), { ...coin, script, value: satoshi(value) });
    }
  }
  return { coins: [...known.values()], kept: keptScripts(scripts), locked };
}
