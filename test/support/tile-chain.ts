/** A chain of several tiles: the operations of a replayed chain, spread over many more blocks. */
import { gzipSync } from "node:zlib";
import { fromHex } from "../../src/primitives/bytes.ts";
import type { Network } from "../../src/protocol/network-definition.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { Pin } from "../../src/lightnode/pin.ts";
import type { TileSource } from "../../src/lightnode/tile-source.ts";
import { type GrowingLog, startLog } from "../../src/verify/op-log.ts";
import { EMPTY_OPS_HASH } from "../../src/verify/ops-hash.ts";
import { encodeLogTile, encodeSpineTile } from "../../src/verify/tile.ts";
import { TILE_BLOCKS } from "../../src/verify/tile-bytes.ts";
import {
  readTileIndex,
  type TileFormat,
  type TileIndex,
  tilePath,
  tileRanges,
  writeTileIndex,
} from "../../src/verify/tile-index.ts";
import { replayedChain } from "./hashed-chain.ts";
import { REGTEST } from "./fake-node.ts";
import { replayVectors } from "./vectors.ts";

export interface TileChain {
  readonly network: Pick<Network, "id" | "name" | "firstBlock">;
  readonly log: GrowingLog;
  readonly blocks: readonly (readonly string[])[];
  readonly tip: number;
  pinAt(height: number): Pin;
  index(height?: number): TileIndex;
  /** Not compressed. */
  tile(format: TileFormat, first: number, last: number): Uint8Array;
  /** What a directory or a web server holds, by path. */
  files(height?: number): Map<string, Uint8Array>;
}

/** `changed`: other texts for some heights. */
export function tileChain(
  count = 2 * TILE_BLOCKS + 500,
  changed: (texts: readonly string[], height: number) => readonly string[] = (texts) => texts,
): TileChain {
  const from = replayedChain(replayVectors("fuzz")[0]!.path);
  const { firstBlock, id, name } = REGTEST;
  const step = Math.floor(count / (from.tip - from.firstBlock + 1));
  const log = startLog(firstBlock);
  const blocks: (readonly string[])[] = [];
  for (let i = 0; i < count; i++) {
    const at = from.firstBlock + i / step;
    const texts = Number.isInteger(at) && at <= from.tip ? from.operationsAt(at) : [];
    const given = changed(texts, firstBlock + i);
    log.append(given);
    blocks.push(given);
  }
  const tip = firstBlock + count - 1;
  const index = (height = tip): TileIndex => ({
    network: id,
    firstBlock,
    height,
    formats: ["spine", "oplog"],
    consensusHashes: tileRanges(firstBlock, height).map(({ last }) => log.spine.consensusHashAt(last)),
  });
  const tile: TileChain["tile"] = (format, first, last) => {
    const heights = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    if (format === "oplog")
      return encodeLogTile({ first, blocks: heights.map((height) => blocks[height - firstBlock]!) });
    const hashes = heights.map((height) => log.spine.opsHashAt(height));
    return encodeSpineTile({
      first,
      opsHashes: hashes.map((hash) => (hash === EMPTY_OPS_HASH ? null : fromHex(hash))),
    });
  };
  return {
    network: { id, name, firstBlock },
    log,
    blocks,
    tip,
    pinAt: (height) => ({
      network: id,
      height: blockHeight(height),
      consensusHash: log.spine.consensusHashAt(height),
      source: { kind: "hand" },
      since: "2026-01-02T03:04:05.000Z",
    }),
    index,
    tile,
    files: (height = tip) =>
      new Map([
        ["index.json", new TextEncoder().encode(writeTileIndex(index(height)))],
        ...tileRanges(firstBlock, height).flatMap((range) =>
          (["spine", "oplog"] as const).map(
            (format) => [tilePath(format, range), gzipSync(tile(format, range.first, range.last))] as const,
          ),
        ),
      ]),
  };
}

export interface Lies {
  readonly index?: (index: TileIndex) => TileIndex | Promise<TileIndex>;
  readonly tile?: (bytes: Uint8Array, path: string) => Uint8Array | null | Promise<Uint8Array | null>;
}

/** A source in memory. `asked`: what it was asked for. */
export function sourceOf(
  chain: TileChain,
  name: string,
  { index = (true_) => true_, tile = (bytes) => bytes }: Lies = {},
  height = chain.tip,
): TileSource & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    description: name,
    asked,
    index: async () => readTileIndex(writeTileIndex(await index(chain.index(height)))),
    tile: async (format, first, last) => {
      const path = tilePath(format, { first, last });
      asked.push(path);
      if (last > height) return null;
      return tile(chain.tile(format, first, last), path);
    },
  };
}
