/** Chooses where coins, fees and broadcast come from. */
import type { CoinSource } from "../chain/source.ts";
import type { Network } from "../protocol/network-definition.ts";
import { bitcoindOptions, namesBitcoind, type Surroundings } from "./bitcoind.ts";

/** A Bitcoin node that the settings name, else an Esplora server that they name, else Bitcoin Core's usual place here. */
export async function coinSource(network: Network, around: Surroundings): Promise<CoinSource> {
  const esplora = around.config.get("esplora.url");
  if (esplora !== undefined && !namesBitcoind(around.config)) {
    const { esploraCoins } = await import("../chain/esplora.ts");
    return esploraCoins({ url: esplora }, network.bitcoin);
  }
  const { bitcoindCoins } = await import("../chain/bitcoind-coins.ts");
  return bitcoindCoins(await bitcoindOptions(network, around), network.bitcoin);
}
