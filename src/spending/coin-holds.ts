/** What transactions of ours that are under way mean for single coins. */
import type { CoinSource } from "../chain/source.ts";
import { type Entry, type Variant, variantsOf } from "../journal/entry.ts";
import { type Coin, type OutpointText, outpointText } from "../wallet/coins.ts";
import { crowdedCoins, type WaitingTransaction } from "../wallet/mempool-chain.ts";

/** Pending coins that no mempool lets us spend before a block comes. `live`: the entries that may still move. */
export async function crowdedOf(
  source: Pick<CoinSource, "transactionStatus">,
  coins: readonly Coin[],
  live: readonly Entry[],
): Promise<ReadonlySet<OutpointText>> {
  if (coins.every(({ height }) => height !== null)) return new Set();
  const waiting: WaitingTransaction[] = [];
  for (const { txid, size, spends, sent } of live.flatMap(variantsOf)) {
    if (sent === null || (await source.transactionStatus(txid)).kind !== "mempool") continue;
    waiting.push({ txid, size, parents: spends.map((spent) => spent.txid) });
  }
  return crowdedCoins(coins, waiting);
}

/** What the journal holds a coin for: an entry spends it, or made it and may still replace it; null if none does. */
export function purposeHolding(outpoint: OutpointText, entries: readonly Entry[]): string | null {
  const touches = ({ txid, spends, returns }: Variant): boolean =>
    [...spends, ...returns.map(({ index }) => ({ txid, index }))].some((each) => outpointText(each) === outpoint);
  return entries.find((entry) => variantsOf(entry).some(touches))?.purpose ?? null;
}
