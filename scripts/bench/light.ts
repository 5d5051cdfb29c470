/** A light node's first sync of a chain as long as mainnet's, what it takes on the disk, and one answer out of it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openLightDirectory } from "../../src/lightnode/light-directory.ts";
import { syncLight } from "../../src/lightnode/light-sync.ts";
import { tileSource } from "../../src/lightnode/tile-source.ts";
import { fromHex } from "../../src/primitives/bytes.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { EMPTY_OPS_HASH } from "../../src/verify/ops-hash.ts";
import { encodeLogTile, encodeSpineTile } from "../../src/verify/tile.ts";
import { tilePath, type TileIndex, tileRanges, writeTileIndex } from "../../src/verify/tile-index.ts";
import type { BenchSize, Benchmark } from "./benchmark.ts";
import { type LightChain, lightChain } from "./light-chain.ts";
import { CHAIN_NETWORK } from "./name-chain.ts";
import { median } from "./rounds.ts";

const SIZES = {
  tiny: { blocks: 2500, operations: 600, lookups: 3 },
  full: { blocks: 300_000, operations: 500_000, lookups: 31 },
} as const;

interface Synced {
  readonly seconds: number;
  readonly bytes: number;
  /** To open the directory and find the last operation on a name, each time as a process does that has just begun. */
  readonly lookupMs: number;
}

let known: { readonly size: BenchSize; readonly synced: Promise<Synced> } | null = null;

/** One sync serves all benchmarks of a run. */
function syncedAt(size: BenchSize): Promise<Synced> {
  if (known?.size !== size) known = { size, synced: syncOnce(size) };
  return known.synced;
}

async function syncOnce(size: BenchSize): Promise<Synced> {
  const { blocks, operations, lookups } = SIZES[size];
  const { firstBlock } = CHAIN_NETWORK;
  const height = firstBlock + blocks - 1;
  const tiles = mkdtempSync(join(tmpdir(), "bsk-bench-tiles-"));
  const directory = mkdtempSync(join(tmpdir(), "bsk-bench-light-"));
  try {
    const chain = lightChain(firstBlock, blocks, operations);
    writeTiles(chain, height, tiles);
    const pin = {
      network: CHAIN_NETWORK.id,
      height: blockHeight(height),
      consensusHash: chain.spine.consensusHashAt(height),
      source: { kind: "hand" },
      since: "2026-01-02T03:04:05.000Z",
    } as const;
    const { names } = chain;
    const start = performance.now();
    const signal = new AbortController().signal;
    const { light } = await syncLight({ directory, network: CHAIN_NETWORK, pin, sources: [tileSource(tiles)], signal });
    const seconds = (performance.now() - start) / 1000;
    const times = Array.from({ length: lookups }, (_, i) => {
      const name = names[Math.floor((i * names.length) / lookups)] ?? "";
      const began = performance.now();
      const found = openLightDirectory(directory, CHAIN_NETWORK).log?.latestOn(name, height) ?? null;
      const ms = performance.now() - began;
      if (found === null) throw new Error(`"${name}" is not found`);
      return ms;
    });
    return { seconds, bytes: light.bytes(), lookupMs: median(times) };
  } finally {
    for (const each of [tiles, directory]) rmSync(each, { recursive: true, force: true });
  }
}

function writeTiles({ firstBlock, spine, blocks }: LightChain, height: number, to: string): void {
  const ranges = tileRanges(firstBlock, height);
  for (const format of ["spine", "oplog"]) mkdirSync(join(to, format));
  for (const { first, last } of ranges) {
    const texts = blocks.slice(first - firstBlock, last - firstBlock + 1);
    const hashes = texts.map((_, i) => spine.opsHashAt(first + i));
    const opsHashes = hashes.map((hash) => (hash === EMPTY_OPS_HASH ? null : fromHex(hash)));
    writeFileSync(join(to, tilePath("spine", { first, last })), gzipSync(encodeSpineTile({ first, opsHashes })));
    writeFileSync(join(to, tilePath("oplog", { first, last })), gzipSync(encodeLogTile({ first, blocks: texts })));
  }
  const index: TileIndex = {
    network: CHAIN_NETWORK.id,
    firstBlock,
    height,
    formats: ["spine", "oplog"],
    consensusHashes: ranges.map(({ last }) => spine.consensusHashAt(last)),
  };
  writeFileSync(join(to, "index.json"), writeTileIndex(index));
}

/** Tiles in a directory, an empty light directory: what a first sync takes without the network. */
export const lightSyncSeconds: Benchmark = {
  name: "light-sync-seconds",
  unit: "s",
  aim: null,
  measure: async (size) => ({ value: (await syncedAt(size)).seconds, limit: null }),
};

export const lightBytes: Benchmark = {
  name: "light-bytes",
  unit: "bytes",
  aim: null,
  measure: async (size) => ({ value: (await syncedAt(size)).bytes, limit: null }),
};

export const lightLookupMs: Benchmark = {
  name: "light-lookup-ms",
  unit: "ms",
  aim: null,
  measure: async (size) => ({ value: (await syncedAt(size)).lookupMs, limit: null }),
};
