/** `kill -9` at random moments of a sync and of reorgs, again and again: the node goes on, and ends with the right hashes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { type NetworkDefinition, networkOf } from "../../src/protocol/network-definition.ts";
import { formatNetworkDefinition } from "../../src/protocol/network-json.ts";
import { BIN, sandbox } from "../support/bsk.ts";
import { serveChain, wholeChain } from "../support/chain-rpc.ts";
import { freshDigest, storedState, until } from "../support/indexed.ts";
import type { RpcServer } from "../support/rpc-proxy.ts";
import type { TestChain } from "../support/test-chain.ts";
import { vectorFiles } from "../support/vector.ts";

const KILLS = env["BSK_LONG"] === "1" ? 200 : 20;
/** The database is looked into after so many kills; in between, the next node finds it as the last one left it. */
const LOOK_EVERY = 5;

const home = mkdtempSync(join(tmpdir(), "bsk-test-kill-"));
let file: ReplayFile;
let chain: TestChain;
let rpc: RpcServer;
let running: ChildProcess | null = null;
/** Counted by the chain's server: kills are placed by what the node does, not by how fast the machine is. */
let blocksAsked = 0;

beforeAll(async () => {
  const opened = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!.path);
  const definition: NetworkDefinition = { ...opened.network, name: "kill" };
  file = { ...opened, network: networkOf(definition) };
  mkdirSync(join(home, "networks"), { recursive: true });
  writeFileSync(join(home, "networks", "kill.json"), formatNetworkDefinition(definition));
  const whole = await wholeChain(file);
  chain = whole.chain;
  rpc = await serveChain(whole, file, async () => {
    blocksAsked++;
    await sleep(2);
  });
});
afterAll(async () => {
  running?.kill("SIGKILL");
  await rpc.close();
});

/** The same numbers on every run. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
}

/** Starts the node; `told` grows with what it logs. */
function start(): { readonly child: ChildProcess; readonly told: () => string } {
  const options = ["--network", "kill", "--port", "0", "--source", `rpc:${rpc.url}`, "--max-reorg", "1000"];
  const child = spawn(process.execPath, [BIN, "node", "start", ...options], {
    env: { ...sandbox(), BSK_HOME: home },
    stdio: ["ignore", "ignore", "pipe"],
  });
  running = child;
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  return { child, told: () => told };
}

function tipOf(directory: string): string | null {
  const store = NodeStore.open(join(directory, "node.db"), file.network);
  const hash = store.tip()?.hash ?? null;
  store.close();
  return hash;
}

test(`${KILLS} kills`, { timeout: 1_800_000 }, async () => {
  const below = numbersFrom(9);
  const directory = join(home, "kill", "node");
  /** Hashes of every block that was ever on the chain: what is stored is one of them. */
  const known = new Set<string>();
  let inReorgs = 0;
  let inSyncs = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    // Most of the time another branch, now and then from before the first block; else the chain grows or stays.
    if (below(4) > 0) {
      const { height, firstBlock, fileHeight } = chain;
      const depth = below(8) === 0 ? height - firstBlock + 1 : 1 + below(40);
      const fork = Math.max(firstBlock - 1, height - depth);
      chain.reorganise(fork, below(3), Math.min(fileHeight + 3, Math.max(fork + 1, height - 2 + below(6))));
    }
    for (let height = chain.firstBlock; height <= chain.height; height++) known.add((await chain.blockHashAt(height))!);
    blocksAsked = 0;
    const { child, told } = start();
    // After the start, where blocks are taken back, or after so many blocks; where there is none to read, soon.
    const blocks = below(3) === 0 ? 0 : 1 + below(below(2) === 0 ? 10 : chain.height - chain.firstBlock + 20);
    await until("the start", () => told().includes('"started"') || child.exitCode !== null);
    for (let idle = 0, last = -1; blocksAsked < blocks && idle < 15;) {
      idle = blocksAsked === last ? idle + 1 : 0;
      last = blocksAsked;
      await sleep(10);
    }
    await sleep(below(blocks === 0 ? 150 : 20));
    expect(child.exitCode, told()).toBeNull();
    child.kill("SIGKILL");
    await once(child, "close");
    if (told().includes('"fork-seen"')) inReorgs++;
    if (blocksAsked > 0 && blocksAsked >= blocks) inSyncs++;
    if (kill % LOOK_EVERY === 0) {
      storedState(directory, file.network);
      const hash = tipOf(directory);
      expect(hash === null || known.has(hash)).toBe(true);
    }
  }
  // Not all of them came before or after everything.
  expect(inReorgs).toBeGreaterThan(KILLS / 10);
  expect(inSyncs).toBeGreaterThan(KILLS / 10);

  const { child, told } = start();
  const { height, hash } = await chain.tip();
  await until("the start", () => told().includes('"started"') || child.exitCode !== null);
  const url = /"url":"([^"]+)"/u.exec(told())?.[1] ?? "";
  await until("the tip", async () => (await (await fetch(`${url}/v2/info`)).text()).includes(hash));
  child.kill("SIGTERM");
  await once(child, "close");
  expect(child.exitCode, told()).toBe(0);
  expect(tipOf(directory)).toBe(hash);
  expect(storedState(directory, file.network)).toEqual({ height, digest: await freshDigest(chain, file.network) });
});
