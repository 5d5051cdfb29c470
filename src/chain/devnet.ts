/**
 * A private Bitcoin chain (regtest) for tests and trials: the embedded node, or the user's own bitcoind.
 *
 * Both run as a child of dist/devnet-node.cjs, which ends them when this process goes away, however that happens.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { dirname, join, resolve } from "node:path";
import { env, execPath } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { BITCOIN_CHAINS } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import type { BlockHash } from "../primitives/hash.ts";
import { blockHashField } from "./answer.ts";
import { bitcoindBlocks, type BitcoindBlocks } from "./bitcoind-blocks.ts";
import { bitcoindCoins } from "./bitcoind-coins.ts";
import { bitcoindRpc, chainCheck, type BitcoindRpc } from "./bitcoind-rpc.ts";
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

const USER = "__cookie__";
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
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
  const child = spawnNode();
  const stop = stopper(child, cookieFile);
  const onAbort = () => void stop();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const port =
      options.bitcoindPath === undefined
        ? await startEmbedded(child, { port: options.port ?? 0, password, blockFile: join(dir, "blocks.dat") })
        : await startBitcoind(child, options.bitcoindPath, dir, options.port ?? (await freePort()), password);
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
      stop: async () => {
        options.signal?.removeEventListener("abort", onAbort);
        await stop();
      },
    };
  } catch (error) {
    options.signal?.removeEventListener("abort", onAbort);
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

/** dist/devnet-node.cjs of the package that this file (or the bundle with it) belongs to. */
function nodeScript(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  const script = join(folder, "dist", "devnet-node.cjs");
  if (existsSync(script)) return script;
  throw new BskError("machine", `the embedded Bitcoin node is missing: "${script}"`, {
    rule: "devnet-not-built",
    hint: "in a clone, run npm run build",
  });
}

type NodeProcess = ChildProcess & {
  stdin: NonNullable<ChildProcess["stdin"]>;
  stdout: NonNullable<ChildProcess["stdout"]>;
};

function spawnNode(): NodeProcess {
  return spawn(execPath, ["--no-deprecation", nodeScript()], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...env, NODE_OPTIONS: "" }, // a debugger or loader of ours is not for the node
    windowsHide: true,
  });
}

/** Sends the settings and waits for the first line of the answer. */
async function settingsTo(child: NodeProcess, settings: unknown): Promise<unknown> {
  child.stdin.on("error", () => undefined); // it ended already: told below
  child.stdin.write(`${JSON.stringify(settings)}\n`);
  const ended = once(child, "exit").then(() => null);
  let text = "";
  child.stdout.setEncoding("utf8");
  while (!text.includes("\n")) {
    const data = (await Promise.race([once(child.stdout, "data"), ended])) as readonly string[] | null;
    if (data === null) break;
    text += data.join("");
  }
  try {
    return JSON.parse(text.slice(0, text.indexOf("\n"))) as unknown;
  } catch {
    return { error: "it ended at once" };
  }
}

const startedSchema = v.object({ port: v.optional(v.number()), error: v.optional(v.string()) });

async function startEmbedded(
  child: NodeProcess,
  settings: { port: number; password: string; blockFile: string },
): Promise<number> {
  const { port, error } = v.parse(startedSchema, await settingsTo(child, settings));
  if (port !== undefined) return port;
  throw notStarted("the embedded Bitcoin node", error ?? "no port");
}

async function startBitcoind(child: NodeProcess, path: string, dir: string, port: number, password: string) {
  const data = join(dir, "bitcoind");
  await mkdir(data, { recursive: true, mode: 0o700 });
  // in a file, not in the arguments: those are visible to every user of the machine
  await writeFile(join(data, "bitcoin.conf"), `[regtest]\nrpcuser=${USER}\nrpcpassword=${password}\n`, { mode: 0o600 });
  const flags = [
    ...["-regtest", `-datadir=${data}`, "-server", "-listen=0", "-connect=0", "-dnsseed=0", "-fixedseeds=0"],
    ...["-discover=0", "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1", `-rpcport=${port}`, "-txindex=1"],
    ...["-acceptnonstdtxn=0", "-printtoconsole=0"],
  ];
  const { error } = v.parse(startedSchema, await settingsTo(child, { guard: { command: path, args: flags } }));
  if (error !== undefined) throw notStarted(`"${path}"`, error);
  return port;
}

function notStarted(what: string, because: string): BskError {
  return new BskError("machine", `${what} did not start: ${because}`, { rule: "devnet-not-started" });
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

async function answering(node: BitcoindRpc, child: NodeProcess): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    if (child.exitCode !== null) throw notStarted(node.description, `it ended with code ${child.exitCode}`);
    try {
      await node.call("getblockcount", [], v.number());
      return;
    } catch (error) {
      if (waitedMs >= READY_TIMEOUT_MS || !(error instanceof BskError) || error.rule !== "unreachable") throw error;
    }
    await sleep(POLL_MS);
  }
}

function stopper(child: NodeProcess, cookieFile: string): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  const end = async () => {
    if (!gone()) {
      const ended = once(child, "exit");
      child.stdin.end();
      const limit = new AbortController();
      await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { signal: limit.signal }).catch(() => undefined)]);
      limit.abort();
      if (!gone()) {
        child.kill("SIGKILL");
        await ended;
      }
    }
    await rm(cookieFile, { force: true });
  };
  return () => (stopping ??= end());
}
