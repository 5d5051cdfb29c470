/** How fast and with how much memory a data directory is indexed: the whole pipeline, with its database on the disk. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { BlockFiles } from "../../src/chain/block-files/block-files.ts";
import { deobfuscate } from "../../src/chain/block-files/obfuscated-file.ts";
import { blockFileSource, usualThreads } from "../../src/fullnode/block-file-source.ts";
import { catchUp } from "../../src/fullnode/follow.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import type { Benchmark } from "./benchmark.ts";
import { type DirectorySize, type WrittenDirectory, writeBlockDirectory } from "./block-directory.ts";
import { CHAIN_NETWORK } from "./name-chain.ts";
import { inTurns } from "./rounds.ts";

/** At full size more than 2 GB. */
const SIZES = {
  tiny: { blocks: 24, transactions: 40, empty: 200 },
  full: { blocks: 1750, transactions: 2300, empty: 0 },
} as const satisfies Record<string, DirectorySize>;
/** Empty blocks as many as mainnet has headers, which are what memory could grow with. */
const LONG = { tiny: 200, full: 900_000 } as const;
const ROUNDS = { tiny: { warmUp: 0, counted: 1 }, full: { warmUp: 1, counted: 3 } } as const;
const PARENT = "node_modules/.cache/bsk-bench";
/** Read at once by whoever does nothing but read. */
const CHUNK = 4 * 1024 * 1024;
/** Bytes of blocks that mainnet had in 2025. */
const MAINNET_BYTES = 700e9;
const MEGABYTE = 1e6;
/** Megabytes that indexing may take. */
const MEMORY_LIMIT = 400;

async function withDirectory<T>(size: DirectorySize, work: (written: WrittenDirectory) => Promise<T>): Promise<T> {
  mkdirSync(PARENT, { recursive: true });
  const path = mkdtempSync(join(PARENT, "blocks-"));
  try {
    return await work(writeBlockDirectory(path, size));
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Indexes the directory into a database, and looks whether it came to the right end. */
async function index(written: WrittenDirectory, database: string): Promise<void> {
  const files = new BlockFiles({ path: written.path, bitcoin: CHAIN_NETWORK.bitcoin });
  const store = NodeStore.open(database, CHAIN_NETWORK);
  try {
    await catchUp({
      source: blockFileSource({ files, threads: usualThreads(), checkMerkle: false }),
      store,
      machine: bnsMachine(CHAIN_NETWORK),
      signal: new AbortController().signal,
      events: { progress: () => undefined, reorg: () => undefined },
      clock: () => performance.now(),
    });
    const came = store.consensusHashAt(written.lastBusyHeight);
    if (store.tip()?.height !== written.height || came !== written.consensusHash) {
      throw new Error(`indexing came to ${String(came)} instead of "${written.consensusHash}"`);
    }
  } finally {
    store.close();
    files.close();
  }
}

/** Reads the files, undoes the XOR and searches once for what is not there. */
function readOnly({ files, key }: WrittenDirectory): void {
  const chunk = Buffer.alloc(CHUNK);
  const needle = Buffer.from("id\u0000never");
  for (const path of files) {
    const file = openSync(path, "r");
    for (let position = 0; ;) {
      const bytes = chunk.subarray(0, readSync(file, chunk, 0, CHUNK, position));
      if (bytes.length === 0) break;
      deobfuscate(bytes, position, key);
      if (bytes.includes(needle)) throw new Error("the blocks hold what they should not");
      position += bytes.length;
    }
    closeSync(file);
  }
}

export const indexVsRead: Benchmark = {
  name: "index-vs-read",
  unit: "MB/s",
  aim: { atLeast: 0.5 },
  measure: (size) =>
    withDirectory(SIZES[size], async (written) => {
      let runs = 0;
      const { ours, theirs } = await inTurns(
        { work: () => index(written, join(written.path, `${runs++}.db`)) },
        { work: () => readOnly(written) },
        ROUNDS[size],
      );
      const hours = (MAINNET_BYTES / (written.bytes / ours) / 3600).toFixed(2);
      process.stderr.write(
        `  ${written.operations} operations in ${written.height} blocks, ${Math.round(written.operations / ours)} a second; ` +
          `at this speed 700 GB take ${hours} hours\n`,
      );
      return { value: written.bytes / ours / MEGABYTE, limit: written.bytes / theirs / MEGABYTE };
    }),
};

/** The most memory that `bsk node start --blocks` held until it was at the end of the chain, in bytes. */
async function peakOf({ path, height }: WrittenDirectory): Promise<number> {
  const report = resolve(path, "peak");
  const probe = resolve(path, "probe.cjs");
  const told = `require("node:fs").writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS))`;
  writeFileSync(probe, `process.on("exit", () => ${told})`);
  const home = join(path, "home");
  const env = { PATH: process.env["PATH"], HOME: home, BSK_HOME: home, NODE_OPTIONS: `--require=${probe}` };
  const args = ["bin/bsk", "node", "start", "--network", "regtest", "--port", "0", "--blocks", path];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  await new Promise<void>((done, fail) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-1000);
      if (output.includes(`"height":${height},`)) child.kill("SIGTERM");
    });
    child.on("error", fail).on("close", (code) => {
      if (code === 0) done();
      else fail(new Error(`bsk node start ended with ${String(code)}: ${output}`));
    });
  });
  return 1024 * Number(readFileSync(report, "utf8"));
}

export const indexPeak: Benchmark = {
  name: "index-peak-mb",
  unit: "MB",
  aim: { atMost: 1 },
  measure: (size) =>
    withDirectory({ ...SIZES[size], empty: LONG[size] }, async (written) => {
      const start = performance.now();
      const value = (await peakOf(written)) / MEGABYTE;
      const seconds = Math.round((performance.now() - start) / 1000);
      process.stderr.write(`  ${written.height} blocks in ${seconds} s\n`);
      return { value, limit: MEMORY_LIMIT };
    }),
};
