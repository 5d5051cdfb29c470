/** How long whole processes take: the shipped command line against a Node that does nothing. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Benchmark, Measured } from "./benchmark.ts";
import { buildChain } from "./built-chain.ts";
import { inTurns } from "./rounds.ts";
import { serveStore } from "./served-store.ts";

const ROUNDS = { tiny: { warmUp: 1, counted: 1 }, full: { warmUp: 3, counted: 25 } } as const;
const PROGRAM = "bin/bsk";
const PARENT = "node_modules/.cache/bsk-bench";
/** Blocks and births of the chain that `price` asks about: enough for the namespace to be open. */
const CHAIN = { blocks: 10, births: 1 };

/** Runs Node with these arguments to its end. Rejects unless it exits with 0 and prints `wanted`. */
function run(args: readonly string[], wanted: string, home: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env["PATH"], HOME: home, BSK_HOME: home, NO_COLOR: "1" };
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (output += part.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0 && output.includes(wanted)) resolve();
      else reject(new Error(`"node ${args.join(" ")}" ended with ${String(code)}: ${output}`));
    });
  });
}

async function measureRuns(args: readonly string[], wanted: string, size: keyof typeof ROUNDS): Promise<Measured> {
  mkdirSync(PARENT, { recursive: true });
  const home = mkdtempSync(join(PARENT, "home-"));
  try {
    const { ours, theirs } = await inTurns(
      { work: () => run([PROGRAM, ...args], wanted, home) },
      { work: () => run(["-e", "0"], "", home) },
      ROUNDS[size],
    );
    return { value: ours * 1000, limit: theirs * 1000 };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

export const cliVersionVsNode: Benchmark = {
  name: "cli-version-vs-node",
  unit: "ms",
  aim: { atMost: 1.3 },
  measure: (size) => measureRuns(["--version"], ".", size),
};

export const cliPriceVsNode: Benchmark = {
  name: "cli-price-vs-node",
  unit: "ms",
  aim: { atMost: 2.5 },
  async measure(size) {
    const { store } = buildChain(CHAIN);
    const server = await serveStore(store);
    try {
      const args = ["price", "satoshi.bench", "--network", "regtest", "--node", server.url];
      return await measureRuns(args, "satoshi.bench", size);
    } finally {
      await server.stop();
      store.close();
    }
  },
};
