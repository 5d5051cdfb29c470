/**
 * A private Bitcoin chain (regtest) for tests and trials: the embedded node, or the user's own bitcoind.
 *
 * Both run as a child of dist/devnet-node.cjs, which ends them when this process goes away, however that happens.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { BITCOIN_CHAINS } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import type { BlockHash } from "../primitives/hash.ts";
import { blockHashField } from "./answer.ts";
import { bitcoindBlocks, type BitcoindBlocks } from "./bitcoind-blocks.ts";
import { bitcoindCoins } from "./bitcoind-coins.ts";
import { bitcoindRpc, chainCheck, type BitcoindRpc } from "./bitcoind-rpc.ts";
import { notStarted, startNodeProcess, type NodeProcess } from "./devnet-process.ts";
import type { CoinSource } from "./source.ts";

export interface DevnetOptions {
  /** Made if missing. Holds the chain, so that a devnet started here again goes on, and `.cookie` while it runs. */
  readonly dir: string;
  /** Loopback port; a free one if not given. */
  readonly port?: number | undefined;
  /** The user's own bitcoind instead of the embedded node. */
  readonly bitcoindPath?: string | undefined;
  /** Stops the devnet. */
  readonly signal?: AbortSignal | undefined;
}

export interface Devnet {
  readonly description: string;
  readonly rpc: { readonly url: string; readonly user: string; readonly password: string };
  /** Holds `user:password` in Bitcoin Core's form, for other processes. */
  readonly cookieFile: string;
  /** Any RPC method of the node. */
  readonly node: BitcoindRpc;
  readonly blocks: BitcoindBlocks;
  readonly coins: CoinSource;
  /** Mines blocks whose reward goes to an address. Returns their hashes. */
  mine(blocks: number, toAddress: string): Promise<readonly BlockHash[]>;
  /** Ends the node and waits until it is gone; harmless when repeated. */
  stop(): Promise<void>;
}

interface Started {
  readonly child: NodeProcess;
  readonly port: number;
}

const USER = "__cookie__";
const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 100;
const MINE_TIMEOUT_MS = 600_000;
const MINE_PORTION = 500;

/** Starts a node and waits until it answers. @throws BskError `machine`; nothing is left running then. */
export async function startDevnet(options: DevnetOptions): Promise<Devnet> {
  options.signal?.throwIfAborted();
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString("hex");
  const cookieFile = join(dir, ".cookie");
  const { child, port } =
    options.bitcoindPath === undefined
      ? await embedded(dir, options.port ?? 0, password)
      : await bitcoind(options.bitcoindPath, dir, options.port ?? (await freePort()), password);
  const stop = async () => {
    options.signal?.removeEventListener("abort", onAbort);
    await child.stop();
    await rm(cookieFile, { force: true });
  };
  const onAbort = () => void stop();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    options.signal?.throwIfAborted();
    const rpc = { url: `http://127.0.0.1:${port}`, user: USER, password };
    const node = bitcoindRpc({ ...rpc, timeoutMs: MINE_TIMEOUT_MS });
    await answering(node, child);
    await chainCheck(node, BITCOIN_CHAINS.regtest)(); // never a real network, whatever was started
    await writeFile(cookieFile, `${USER}:${password}`, { mode: 0o600 });
    return {
      description: `devnet at ${rpc.url}`,
      rpc,
      cookieFile,
      node,
      blocks: bitcoindBlocks(rpc, BITCOIN_CHAINS.regtest),
      coins: bitcoindCoins(rpc, BITCOIN_CHAINS.regtest),
      mine: (blocks, toAddress) => mine(node, blocks, toAddress),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function mine(node: BitcoindRpc, blocks: number, toAddress: string): Promise<readonly BlockHash[]> {
  const hashes: BlockHash[] = [];
  while (hashes.length < blocks) {
    const portion = Math.min(blocks - hashes.length, MINE_PORTION);
    hashes.push(...(await node.call("generatetoaddress", [portion, toAddress], v.array(blockHashField))));
  }
  return hashes;
}

async function embedded(dir: string, port: number, password: string): Promise<Started> {
  const child = await startNodeProcess({ port, password, dir });
  return { child, port: child.port ?? port };
}

async function bitcoind(path: string, dir: string, port: number, password: string): Promise<Started> {
  const data = join(dir, "bitcoind");
  await mkdir(data, { recursive: true, mode: 0o700 });
  // in a file, not in the arguments: those are visible to every user of the machine
  await writeFile(join(data, "bitcoin.conf"), `[regtest]\nrpcuser=${USER}\nrpcpassword=${password}\n`, { mode: 0o600 });
  const args = [
    ...["-regtest", `-datadir=${data}`, "-server", "-listen=0", "-connect=0", "-dnsseed=0", "-fixedseeds=0"],
    ...["-discover=0", "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1", `-rpcport=${port}`, "-txindex=1", "-rest=1"],
    ...["-acceptnonstdtxn=0", "-printtoconsole=0"],
  ];
  return { child: await startNodeProcess({ guard: { command: path, args } }), port };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Waits until the node answers anything but silence. */
async function answering(node: BitcoindRpc, child: NodeProcess): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const ended = child.ended();
    if (ended !== null) throw notStarted(ended);
    try {
      await node.call("getblockcount", [], v.number());
      return;
    } catch (error) {
      if (waitedMs >= READY_TIMEOUT_MS || !(error instanceof BskError) || error.rule !== "unreachable") throw error;
    }
    await sleep(POLL_MS);
  }
}
