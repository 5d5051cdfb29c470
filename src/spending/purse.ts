/**
 * The coins of a wallet as they really stand: what the chain confirms, and what our own transactions in flight return;
 * what these spend is locked (users.md: a balance must not read 0 while change is unconfirmed).
 */
import type { CoinSource } from "../chain/source.ts";
import { type Entry, isLive, type Variant, variantsOf } from "../journal/entry.ts";
import { satoshi } from "../primitives/units.ts";
import { keptScripts, type OwnScript } from "../wallet/addresses.ts";
import { type Coin, outpointText, type Purse } from "../wallet/coins.ts";

/** Asks for every coin of these scripts. `entries`: of the journal; failed ones hold no coins. */
export async function purseOf(
  source: CoinSource,
  scripts: readonly OwnScript[],
  entries: readonly Entry[],
): Promise<Purse> {
  const own = new Set(scripts.map(({ script }) => script));
  const known = new Map<string, Coin>((await source.coins([...own])).map((coin) => [outpointText(coin), coin]));
  const locked = new Set(entries.flatMap(heldBy).flatMap(({ spends }) => spends.map(outpointText)));

  for (const { variants } of entries.filter(isLive).flatMap(({ steps }) => steps)) {
    for (const { txid, returns, sent } of variants) {
      for (const { index, script, value } of returns) {
        const outpoint = { txid, index };
        const name = outpointText(outpoint);
        if (!own.has(script) || locked.has(name)) continue;
        if (sent !== null && !known.has(name)) {
          const coin = await source.unspent(outpoint);
          if (coin !== null) known.set(name, { ...coin, script, value: satoshi(value) });
        }
        // What another variant may still replace takes its change with it: a block decides.
        if (variants.length > 1 && known.get(name)?.height === null) locked.add(name);
      }
    }
  }
  return { coins: [...known.values()], kept: keptScripts(scripts), locked };
}

/** The transactions whose coins an entry holds: all while it lives; what was sent when it is done, should a block go. */
function heldBy(entry: Entry): readonly Variant[] {
  if (entry.state === "failed") return [];
  return isLive(entry) ? variantsOf(entry) : variantsOf(entry).filter(({ sent }) => sent !== null);
}
