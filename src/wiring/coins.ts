/** Chooses where coins, fees and broadcast come from. */
import { type TransportsOptions, transports } from "../chain/transports.ts";
import type { CoinSource } from "../chain/source.ts";
import type { Network } from "../protocol/network-definition.ts";
import { bitcoindOptions, namesBitcoind, type Surroundings } from "./bitcoind.ts";

/**
 * A Bitcoin node that the settings name, else an Esplora server that they name, else Bitcoin Core's usual place here. All
 * that the settings name carry transactions.
 */
export async function coinSource(
  network: Network,
  around: Surroundings,
  options: TransportsOptions,
): Promise<CoinSource> {
  const { config } = around;
  const servers = await esploras(network, config);
  const [firstServer, ...otherServers] = servers;
  if (firstServer !== undefined && !namesBitcoind(config)) return transports(firstServer, otherServers, options);
  const { bitcoindCoins } = await import("../chain/bitcoind-coins.ts");
  const node = bitcoindCoins(await bitcoindOptions(network, around), network.bitcoin);
  return transports(node, servers, options);
}

async function esploras(network: Network, config: Surroundings["config"]): Promise<readonly CoinSource[]> {
  const urls = config.get("esplora.url") ?? [];
  if (urls.length === 0) return [];
  const { esploraCoins } = await import("../chain/esplora.ts");
  return urls.map((url) => esploraCoins({ url, socks: config.get("proxy") }, network.bitcoin));
}
