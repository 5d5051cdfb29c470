/** Which Bitcoin node a network is followed and served with. */
import { homedir, platform } from "node:os";
import { join } from "node:path";
import type { Chain } from "../bitcoin/parameters.ts";
import type { BitcoindOptions } from "../chain/bitcoind-rpc.ts";
import { readDevnetFile } from "../chain/devnet-file.ts";
import type { Configuration } from "../cli/config.ts";
import type { Environment } from "../cli/directories.ts";
import type { Files } from "../cli/files.ts";
import type { SettingKey } from "../cli/settings.ts";
import { BskError } from "../errors.ts";
import type { Network } from "../protocol/network-definition.ts";

export interface Surroundings {
  readonly config: Configuration;
  readonly files: Files;
  readonly environment: Environment;
  /** Of this network. */
  readonly dataDirectory: string;
}

/** RPC ports that Bitcoin Core uses unless told otherwise (chainparamsbase.cpp). */
const CORE_PORTS: Readonly<Record<Chain, number>> = {
  bitcoin: 8332,
  testnet3: 18332,
  testnet4: 48332,
  signet: 38332,
  regtest: 18443,
};

const BITCOIND_KEYS: readonly SettingKey[] = [
  "bitcoind.url",
  "bitcoind.cookie",
  "bitcoind.user",
  "bitcoind.password-file",
];

/** Did the user say anything about the Bitcoin node? */
export function namesBitcoind(config: Configuration): boolean {
  return BITCOIND_KEYS.some((key) => config.origin(key) !== null);
}

/**
 * The node of the settings, else the devnet that runs on this data directory; what the settings leave out is as Bitcoin
 * Core has it on this machine.
 * @throws BskError usage for a user without a password file
 */
export async function bitcoindOptions(network: Network, around: Surroundings): Promise<BitcoindOptions> {
  const { config, files, environment, dataDirectory } = around;
  const devnet = network.chain === "regtest" && !namesBitcoind(config) ? readDevnetFile(dataDirectory) : null;
  if (devnet !== null) return { url: devnet.bitcoindUrl, cookieFile: devnet.cookieFile };
  const { chain, coreDirectory: directory } = network.bitcoin;
  const url = config.get("bitcoind.url") ?? `http://127.0.0.1:${CORE_PORTS[chain]}`;
  const socks = config.get("proxy");
  const user = config.get("bitcoind.user");
  const passwordFile = config.get("bitcoind.password-file");
  if (user === undefined && passwordFile === undefined) {
    return {
      url,
      socks,
      cookieFile: config.get("bitcoind.cookie") ?? join(coreDirectory(environment), directory, ".cookie"),
    };
  }
  if (user === undefined || passwordFile === undefined) {
    throw new BskError("usage", "bitcoind.user and bitcoind.password-file go together", {
      hint: "set both, or neither to use the node's cookie file",
    });
  }
  const password = (await files.readText(passwordFile, 64 * 1024)).split(/\r?\n/u, 1)[0] ?? "";
  return { url, socks, user, password };
}

/** Where Bitcoin Core keeps its data by default (doc/files.md). */
function coreDirectory(environment: Environment): string {
  if (platform() === "darwin") return join(homedir(), "Library", "Application Support", "Bitcoin");
  if (platform() === "win32") return join(environment["LOCALAPPDATA"] ?? homedir(), "Bitcoin");
  return join(environment["HOME"] ?? homedir(), ".bitcoin");
}
