/** Tiles out of a node's store: the same bytes for whoever asks over HTTP and for `bsk node export tiles`. */
import { gzipSync } from "node:zlib";
import { fromHex } from "../primitives/bytes.ts";
import { EMPTY_OPS_HASH } from "../verify/ops-hash.ts";
import { encodeRawTile, type RawOperation } from "../verify/raw-tile.ts";
import { encodeLogTile, encodeSpineTile } from "../verify/tile.ts";
import { type TileFormat, type TileIndex, type TileRange, tileRanges } from "../verify/tile-index.ts";
import type { NodeStore } from "./store/store.ts";

type Encode = (store: NodeStore, range: TileRange) => Uint8Array;

/** Each format that this node holds, and how its tiles are made. */
const ENCODERS: ReadonlyMap<TileFormat, Encode> = new Map<TileFormat, Encode>([
  ["spine", spineTile],
  ["oplog", logTile],
  ["raw", rawTile],
]);

export const HELD_FORMATS: readonly TileFormat[] = [...ENCODERS.keys()];

/** Blocks behind which the chain is taken for settled: a tile that ends above may still change in a reorg. */
export const SETTLED_BLOCKS = 100;

/** What the node holds now; null before its first block. */
export function tileIndexOf(store: NodeStore): TileIndex | null {
  const { firstBlock, id: network } = store.network;
  const height = store.tip()?.height ?? null;
  if (height === null) return null;
  const consensusHashes = tileRanges(firstBlock, height).map(({ last }) => store.hashed.consensusHashAt(last));
  return { network, firstBlock, height, formats: HELD_FORMATS, consensusHashes };
}

/** The compressed tile; the store has indexed the range, and holds the format. */
export function gzippedTile(store: NodeStore, format: TileFormat, range: TileRange): Uint8Array {
  const encode = ENCODERS.get(format);
  if (encode === undefined) throw new RangeError(`no tiles of format ${format}`);
  return gzipSync(encode(store, range));
}

function spineTile({ hashed }: NodeStore, { first, last }: TileRange): Uint8Array {
  const opsHashes = hashed.opsHashesOf(first, last);
  return encodeSpineTile({
    first,
    opsHashes: opsHashes.map((hash) => (hash === EMPTY_OPS_HASH ? null : fromHex(hash))),
  });
}

function rawTile({ hashed }: NodeStore, { first, last }: TileRange): Uint8Array {
  const blocks = Array.from({ length: last - first + 1 }, (): RawOperation[] => []);
  for (const { height, ...operation } of hashed.rawOperationsOf(first, last)) blocks[height - first]?.push(operation);
  return encodeRawTile({ first, blocks });
}

function logTile({ hashed }: NodeStore, { first, last }: TileRange): Uint8Array {
  const blocks = Array.from({ length: last - first + 1 }, (): string[] => []);
  for (const { height, text } of hashed.operationsOf(first, last)) blocks[height - first]?.push(text);
  return encodeLogTile({ first, blocks });
}
