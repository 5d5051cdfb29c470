/** How large proofs are, how many questions they take, and how long one takes to check. */
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { nodeClient } from "../../src/lightnode/node-client.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { writeBundle } from "../../src/verify/bundle-file.ts";
import type { ProofBundle, ProofLevel } from "../../src/verify/bundle.ts";
import { proveBundle } from "../../src/verify/prove-bundle.ts";
import { verifyBundle } from "../../src/verify/verify-bundle.ts";
import type { BenchSize, Benchmark } from "./benchmark.ts";
import { buildChain } from "./built-chain.ts";
import { CHAIN_NETWORK } from "./name-chain.ts";
import { originalCost } from "./original-light-client.ts";
import { type ProofChain, proofChain } from "./proof-chain.ts";
import { SeededRandom } from "./random.ts";
import { median } from "./rounds.ts";
import { serveStore } from "./served-store.ts";

const SIZES = { tiny: { blocks: 600, targets: 5 }, full: { blocks: 300_000, targets: 1000 } } as const;
/** Blocks of a day: how far back the operation is of which a complete proof is measured. */
const DAY = 144;

let known: { readonly size: BenchSize; readonly chain: ProofChain } | null = null;

/** One chain serves all benchmarks of a run. */
function chainAt(size: BenchSize): ProofChain {
  if (known?.size !== size) known = { size, chain: proofChain(SIZES[size].blocks) };
  return known.chain;
}

const pinOf = (chain: ProofChain) => ({
  height: blockHeight(chain.tip),
  consensusHash: chain.consensusHashAt(chain.tip),
});

/** A proof of the name that is updated in a block; it is checked, so that nothing false is measured. */
function proofOf(chain: ProofChain, height: number, level: ProofLevel, attached = false): ProofBundle {
  const pin = pinOf(chain);
  const mostListed = { blocks: 10_000, characters: 10_000_000 };
  const made = proveBundle({ name: chain.nameAt(height), pin, at: pin.height, level, attached, mostListed }, chain);
  if (made.kind !== "made") throw new Error(made.because);
  const held = attached ? { spine: chain.spine, log: chain.log } : {};
  const outcome = verifyBundle(made.bundle, pin, CHAIN_NETWORK, held);
  if (outcome.kind !== "proven" || outcome.value.level !== level)
    throw new Error(`no ${level} proof: ${JSON.stringify(outcome)}`);
  return made.bundle;
}

const bytesOf = (bundle: ProofBundle): number => new TextEncoder().encode(writeBundle(bundle)).length;

function targetsOf(chain: ProofChain, size: BenchSize): readonly number[] {
  const random = new SeededRandom(20_160_101);
  return Array.from({ length: SIZES[size].targets }, () => chain.busy(random.below(1_000_000) / 1_000_000));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

interface Exchange {
  readonly requests: number;
  /** Of requests and answers, without the bodies of answers. */
  readonly headBytes: number;
}

/** What our client and our node send each other for one proof, over a real connection. */
async function exchange(): Promise<Exchange> {
  const { store } = buildChain({ blocks: 20, births: 1 });
  const served = await serveStore(store);
  const sent: Buffer[] = [];
  const came: Buffer[] = [];
  const sockets = new Set<Socket>();
  const { hostname, port } = new URL(served.url);
  const between = createServer((client) => {
    const node = connect(Number(port), hostname);
    for (const socket of [client, node]) sockets.add(socket.on("error", () => socket.destroy()));
    client.on("data", (part: Buffer) => sent.push(part)).pipe(node);
    node.on("data", (part: Buffer) => came.push(part)).pipe(client);
  });
  await new Promise<void>((resolve) => between.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
    const client = nodeClient({ url, own: false }, CHAIN_NETWORK);
    const name = store.rows("names").map((row) => String(row["name"]))[0] ?? "";
    const given = await client.proof(name as Parameters<typeof client.proof>[0], { level: "included" });
    if (given.kind !== "given") throw new Error(given.because);
    const requests = Buffer.concat(sent).toString("latin1");
    const bytes = Buffer.concat(sent).length + Buffer.concat(came).length;
    return {
      requests: requests.match(/^(?:GET|POST) /gmu)?.length ?? 0,
      headBytes: bytes - bytesOf(given.bundle),
    };
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => between.close(resolve));
    await served.stop();
    store.close();
  }
}

export const proofBytesVsOriginal: Benchmark = {
  name: "proof-bytes-vs-original",
  unit: "bytes",
  aim: { atMost: 0.3 },
  async measure(size) {
    const chain = chainAt(size);
    const { headBytes } = await exchange();
    const targets = targetsOf(chain, size);
    return {
      value: mean(targets.map((height) => headBytes + bytesOf(proofOf(chain, height, "included")))),
      limit: mean(targets.map((height) => originalCost(chain.tip, height, chain.firstBlock, chain.fields).bytes)),
    };
  },
};

export const proofRoundTrips: Benchmark = {
  name: "proof-round-trips",
  unit: "requests",
  aim: { atMost: 1 },
  measure: async () => ({ value: (await exchange()).requests, limit: 1 }),
};

/** The most that checking one attached proof may take. */
const MOST_MS = 1;

export const placedVerifyMs: Benchmark = {
  name: "placed-verify-ms",
  unit: "ms",
  aim: { atMost: 1 },
  measure: (size) => {
    const chain = chainAt(size);
    const pin = pinOf(chain);
    const bundles = targetsOf(chain, size).map((height) => proofOf(chain, height, "placed", true));
    const times = bundles.map((bundle) => {
      const start = performance.now();
      const outcome = verifyBundle(bundle, pin, CHAIN_NETWORK, { spine: chain.spine });
      if (outcome.kind !== "proven") throw new Error("an attached proof does not hold");
      return performance.now() - start;
    });
    return Promise.resolve({ value: median(times), limit: MOST_MS });
  },
};

/** The size of a proof, as a value: over random targets, or of an operation that is a day old where all since are listed. */
function sizeOf(name: string, level: ProofLevel, attached: boolean): Benchmark {
  return {
    name,
    unit: "bytes",
    aim: null,
    measure: (size) => {
      const chain = chainAt(size);
      const recent = chain.tip - DAY - ((chain.tip - DAY) % 3);
      const targets = level === "complete" && !attached ? [recent] : targetsOf(chain, size);
      const bytes = targets.map((height) => bytesOf(proofOf(chain, height, level, attached)));
      return Promise.resolve({ value: mean(bytes), limit: null });
    },
  };
}

export const proofSizes: readonly Benchmark[] = [
  sizeOf("proof-bytes-included", "included", false),
  sizeOf("proof-bytes-placed", "placed", false),
  sizeOf("proof-bytes-complete-day", "complete", false),
  sizeOf("proof-bytes-placed-attached", "placed", true),
  sizeOf("proof-bytes-complete-attached", "complete", true),
];
