import { join } from "node:path";
import { address, type Address, addressOf } from "../bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../bitcoin/parameters.ts";
import { faucet, type Faucet } from "../chain/devnet-faucet.ts";
import { writeDevnetFile } from "../chain/devnet-file.ts";
import { mineForEver } from "../chain/devnet-miner.ts";
import { startDevnet } from "../chain/devnet.ts";
import { command } from "../cli/command.ts";
import { eventLog } from "../cli/event-log.ts";
import { showAmount } from "../cli/amount.ts";
import { lockDirectory } from "../cli/lock.ts";
import { integer, option, optionOr, path } from "../cli/parameter.ts";
import type { Ports } from "../cli/ports.ts";
import { VERSION } from "../cli/version.ts";
import { BskError } from "../errors.ts";
import { startNode } from "../fullnode/node.ts";
import { satoshi } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";

/** What an address is given: enough for a namespace of four letters and many names. */
const FUNDS = satoshi(1_000_000_000n);
/** Between two looks of the full node at the chain; a mined block is told to it at once. */
const POLL_MS = 500;

function regtestAddress(text: string): Address {
  return address(text, BITCOIN_CHAINS.regtest);
}

/** @throws BskError usage where it is no network on regtest: a devnet never touches a real chain. */
async function regtestNetwork(ports: Ports): Promise<Network> {
  const network = await ports.network();
  if (network.chain === "regtest") return network;
  throw new BskError("usage", `the network "${network.name}" is on ${network.chain}: a devnet is a regtest chain`, {
    hint: "bsk devnet --network regtest, or a network made with bsk network new --chain regtest",
  });
}

/** Gives coins to an address, once. */
async function fund(to: Address, money: Faucet): Promise<void> {
  await money.pay([{ to, value: FUNDS }]);
  await money.mine(1);
}

/** The first payment address of this network's wallet; null where there is no wallet yet. */
async function walletAddress(ports: Ports, { bitcoin }: Network): Promise<Address | null> {
  const wallet = await ports.wallet();
  if (!wallet.exists()) return null;
  const first = wallet.scripts().find(({ path: { purpose, index } }) => purpose === "payment" && index === 0);
  return first === undefined ? null : addressOf(first.script, bitcoin);
}

export const devnetCommand = command({
  path: "devnet",
  summary: "Run a private Bitcoin chain with a full node on it, for tests and trials",
  description: [
    "Starts a Bitcoin node on regtest (the embedded one, or your own with --bitcoind) and a full node that indexes it, mines a block whenever a transaction waits for one and every --block-time seconds, and gives coins to the wallet of the network as soon as there is one.",
    "While it runs, commands with --network regtest find it by themselves. The chain stays in the data directory and goes on the next time.",
    "It never touches a real network. SIGINT and SIGTERM stop it.",
  ],
  examples: [
    { text: "In one terminal", command: "bsk devnet" },
    { text: "Then in another", command: "bsk wallet create --network regtest" },
  ],
  network: "regtest",
  options: {
    bitcoind: option(path, "this bitcoind instead of the embedded node", { placeholder: "PATH", completes: "file" }),
    blockTime: optionOr("10", integer(1, 86_400), "seconds between blocks when nothing waits", {
      placeholder: "SECONDS",
    }),
    fund: option(regtestAddress, "give coins to this address too", { placeholder: "ADDRESS" }),
    port: option(integer(0, 65_535), "port of the full node's API; 0 takes a free one"),
  },
  run: async ({ bitcoind, blockTime, fund: funded, port }, ports) => {
    const { terminal, clock, signal, config } = ports;
    const network = await regtestNetwork(ports);
    const data = ports.directories.data(network.name);
    const directory = join(data, "devnet");
    ports.atEnd(lockDirectory(directory, "bsk devnet"));
    const log = eventLog(terminal, clock);
    const tell = (event: string, fields: Record<string, string | number>, words: string): void => {
      if (terminal.interactive) terminal.note(words);
      else log({ level: "info", event, fields });
    };

    const devnet = await startDevnet({ dir: join(directory, "bitcoin"), bitcoindPath: bitcoind });
    ports.atEnd(() => devnet.stop());
    const money = faucet(devnet);
    if ((await devnet.coins.tip()).height < network.firstBlock) await money.mine(network.firstBlock);
    const node = await startNode({
      network,
      directory,
      source: devnet.blocks,
      host: config.get("host") ?? "127.0.0.1",
      port: port ?? config.get("port") ?? network.apiPort,
      version: VERSION,
      log: (event) => {
        if (event.level !== "info") log(event);
      },
      progress: () => undefined,
      now: () => clock.now().getTime(),
      pollMs: POLL_MS,
    });
    ports.atEnd(() => node.stop());
    const { url: bitcoindUrl } = devnet.rpc;
    const { cookieFile } = devnet;
    ports.atEnd(writeDevnetFile(data, { pid: process.pid, bitcoindUrl, cookieFile, nodeUrl: node.url }));

    const give = async (to: Address, whose: string): Promise<void> => {
      await fund(to, money);
      node.poke();
      tell("funded", { address: to, satoshis: Number(FUNDS) }, `gave ${showAmount(FUNDS)} to ${whose} ${to}`);
    };
    if (funded !== undefined) await give(funded, "the address");
    let walletFunded = false;
    const fundWallet = async (): Promise<void> => {
      const own = walletFunded ? null : await walletAddress(ports, network);
      if (own === null) return;
      walletFunded = true;
      await give(own, "the wallet's address");
    };
    await fundWallet();
    await node.waitForHeight((await devnet.coins.tip()).height);
    const named = `--network ${network.name}`;
    tell(
      "ready",
      { network: network.name, nodeUrl: node.url, bitcoindUrl, cookieFile, directory },
      [
        `full node     ${node.url}`,
        `Bitcoin node  ${bitcoindUrl} (cookie: ${cookieFile})`,
        `Use it with ${named}, for example: bsk wallet create ${named}; bsk node status ${named}`,
        "Ctrl-C stops it; the chain is kept.",
      ].join("\n"),
    );
    const mining = mineForEver(devnet, money, {
      blockTimeMs: blockTime * 1000,
      signal,
      sleep: (ms) => clock.sleep(ms),
      now: () => performance.now(),
      mined: () => {
        node.poke();
      },
      tick: fundWallet,
    });
    await Promise.race([mining, node.ended]);
    return { network: network.name, height: node.store.tip()?.height ?? null, directory };
  },
  text: ({ height, directory }) => `stopped at block ${height ?? 0}; the chain is in ${directory}`,
});
