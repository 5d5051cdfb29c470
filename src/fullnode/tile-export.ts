/**
 * Tiles as files that any web server or directory can hold: written once each, whole or not at all, and never changed once
 * the chain below them is settled. The index is written behind the tiles that it names.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { BskError, ParseError } from "../errors.ts";
import { fromUtf8 } from "../primitives/bytes.ts";
import { TILE_BLOCKS } from "../verify/tile-bytes.ts";
import {
  parseTileFile,
  readTileIndex,
  type TileIndex,
  tilePath,
  type TileRange,
  tileRanges,
  writeTileIndex,
} from "../verify/tile-index.ts";
import { databasePath, requireDatabase } from "./store/database-file.ts";
import { NodeStore } from "./store/store.ts";
import { gzippedTile, HELD_FORMATS, SETTLED_BLOCKS, tileIndexOf } from "./tiles.ts";
import type { Network } from "../protocol/network-definition.ts";

export interface ExportOptions {
  readonly network: Network;
  /** Of the node; it may run meanwhile. */
  readonly directory: string;
  /** Where the files go; made where it is missing. */
  readonly to: string;
  /** Hears of tiles that are there, of so many; may throw to stop. */
  readonly told: (done: number, of: number) => void;
}

export interface ExportReport {
  /** The last block in the tiles. */
  readonly height: number;
  readonly tiles: number;
  /** Those that were not there before. */
  readonly written: number;
  readonly bytesWritten: number;
}

const INDEX = "index.json";
const DRAFT = ".new";
/** How often it begins again because the chain changed meanwhile. */
const MOST_REORGS = 5;

/**
 * Goes on where an earlier one ended or was killed.
 * @throws BskError `machine` for the disk, rule `no-database` or `not-indexed`; `usage`, rule `wrong-network`, and `refuted`,
 * rule `other-chain`, where the directory holds other tiles
 */
export async function exportTiles(options: ExportOptions): Promise<ExportReport> {
  requireDatabase(options.directory);
  const store = NodeStore.open(databasePath(options.directory), options.network);
  try {
    for (let again = 0; ; again++) {
      const report = await writeTiles(store, options);
      if (report !== null) return report;
      if (again === MOST_REORGS) throw new BskError("machine", "the chain changes too fast", { rule: "not-indexed" });
    }
  } finally {
    store.close();
  }
}

/** null: a reorg came between. */
async function writeTiles(store: NodeStore, { network, to, told }: ExportOptions): Promise<ExportReport | null> {
  const index = tileIndexOf(store);
  if (index === null) {
    throw new BskError("machine", "the node has not indexed any block yet", {
      rule: "not-indexed",
      hint: "bsk node status shows how far it is",
    });
  }
  prepare(to);
  const before = indexIn(to);
  if (before !== null) requireSameChain(before, index, to, network);
  const ranges = tileRanges(index.firstBlock, index.height);
  let written = 0;
  let bytesWritten = 0;
  for (const [k, range] of ranges.entries()) {
    const isKnown =
      before !== null && isNamed(before, k, range) && before.consensusHashes[k] === index.consensusHashes[k];
    for (const format of HELD_FORMATS) {
      const path = join(to, tilePath(format, range));
      if (!(isKnown && before.formats.includes(format) && existsSync(path))) {
        const tile = gzippedTile(store, format, range);
        if (store.hashed.consensusHashAt(range.last) !== index.consensusHashes[k]) return null;
        writeWhole(path, tile);
        written++;
        bytesWritten += tile.length;
      }
    }
    if (before === null || range.last >= before.height) writeIndex(to, index, range.last, k + 1);
    told(k + 1, ranges.length);
    await setImmediate(); // signals are heard, and progress is seen
  }
  writeIndex(to, index, index.height, ranges.length);
  removeOldEnds(to, index.height, before?.height);
  return { height: index.height, tiles: ranges.length * HELD_FORMATS.length, written, bytesWritten };
}

function isNamed(index: TileIndex, k: number, { last }: TileRange): boolean {
  return tileRanges(index.firstBlock, index.height)[k]?.last === last;
}

function prepare(to: string): void {
  onDisk(to, () => {
    for (const directory of [to, ...HELD_FORMATS.map((format) => join(to, format))]) {
      if (!existsSync(directory)) mkdirSync(directory, { mode: 0o755 });
      for (const name of readdirSync(directory)) {
        if (name.endsWith(DRAFT)) rmSync(join(directory, name));
      }
    }
  });
}

/** null where there is none, or nothing that can be read as one: then every tile is written again. */
function indexIn(to: string): TileIndex | null {
  const path = join(to, INDEX);
  if (!existsSync(path)) return null;
  try {
    return readTileIndex(onDisk(to, () => readFileSync(path, "utf8")));
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** What was settled when it was written is never written again. */
function requireSameChain(before: TileIndex, now: TileIndex, to: string, { name }: Network): void {
  if (before.network !== now.network || before.firstBlock !== now.firstBlock) {
    throw new BskError("usage", `"${to}" holds tiles of another network than "${name}"`, {
      rule: "wrong-network",
      hint: "choose an empty directory",
    });
  }
  for (const [k, { last }] of tileRanges(before.firstBlock, before.height).entries()) {
    const [theirs, ours] = [before.consensusHashes[k], now.consensusHashes[k]];
    if (last > now.height || last - before.firstBlock + 1 !== (k + 1) * TILE_BLOCKS) break;
    if (theirs === ours || before.height - last < SETTLED_BLOCKS) continue;
    throw new BskError(
      "refuted",
      `"${to}" holds tiles of another chain: at block ${last} it has ${String(theirs)}, the node has ${String(ours)}`,
      {
        rule: "other-chain",
        hint: "bsk node status --against another node shows which is right; choose an empty directory for the node's tiles",
      },
    );
  }
}

function writeIndex(to: string, index: TileIndex, height: number, tiles: number): void {
  const written: TileIndex = { ...index, height, consensusHashes: index.consensusHashes.slice(0, tiles) };
  writeWhole(join(to, INDEX), fromUtf8(writeTileIndex(written)));
}

/** Last tiles that were not whole. The one before this one stays: somebody may have the index that names it. */
function removeOldEnds(to: string, height: number, before: number | undefined): void {
  onDisk(to, () => {
    for (const format of HELD_FORMATS) {
      for (const name of readdirSync(join(to, format))) {
        const range = rangeOf(name);
        if (range === null || range.last - range.first + 1 === TILE_BLOCKS) continue;
        if (range.last !== height && range.last !== before) rmSync(join(to, format, name));
      }
    }
  });
}

function rangeOf(name: string): TileRange | null {
  try {
    return parseTileFile(name);
  } catch {
    return null;
  }
}

function writeWhole(path: string, bytes: Uint8Array): void {
  onDisk(path, () => {
    const file = openSync(path + DRAFT, "w", 0o644);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(path + DRAFT, path);
  });
}

function onDisk<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isFull = code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG";
    throw new BskError("machine", isFull ? `no room for "${path}"` : `cannot write "${path}"`, {
      rule: isFull ? "disk-full" : "disk-failed",
      hint: isFull
        ? "make room and start again: what was written before is whole, and usable"
        : "check that its parent directory is there, and who owns it",
      cause,
    });
  }
}
