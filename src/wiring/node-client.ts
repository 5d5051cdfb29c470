/** Which bsk nodes this call asks. */
import { isLoopback } from "../chain/loopback.ts";
import type { Configuration } from "../cli/config.ts";
import { type NodeClient, nodeClient } from "../lightnode/node-client.ts";
import type { Network } from "../protocol/network-definition.ts";

/**
 * A client for each node of the settings; else for the devnet that runs on this data directory; else for the node on this
 * machine. The first is the one that is asked. Nothing is sent yet.
 */
export async function nodeClients(
  network: Network,
  config: Configuration,
  dataDirectory: string,
): Promise<readonly [NodeClient, ...NodeClient[]]> {
  return clientsAt(await nodeUrls(network, config, dataDirectory), network, config);
}

/** Of the nodes that `nodeClients` makes clients for. */
export async function nodeUrls(
  network: Network,
  config: Configuration,
  dataDirectory: string,
): Promise<readonly [string, ...string[]]> {
  return config.get("node") ?? [await localNode(network, config, dataDirectory)];
}

/** A client for each URL, of an http or https server. */
export function clientsAt(
  [first, ...rest]: readonly [string, ...string[]],
  network: Network,
  config: Configuration,
): readonly [NodeClient, ...NodeClient[]] {
  const socks = config.get("proxy");
  const client = (url: string): NodeClient =>
    nodeClient({ url, own: config.get("own-node") === true || isLoopback(new URL(url).hostname), socks }, network);
  return [client(first), ...rest.map(client)];
}

async function localNode(network: Network, config: Configuration, dataDirectory: string): Promise<string> {
  const port = config.get("port");
  if (network.chain === "regtest" && port === undefined) {
    const { readDevnetFile } = await import("../chain/devnet-file.ts");
    const devnet = readDevnetFile(dataDirectory);
    if (devnet !== null) return devnet.nodeUrl;
  }
  return `http://127.0.0.1:${port ?? network.apiPort}`;
}
