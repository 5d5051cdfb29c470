/** Tiles for light nodes, as files of a static web server would be (docs/protocol/tiles.md). */
import { ParseError } from "../../errors.ts";
import { fromUtf8 } from "../../primitives/bytes.ts";
import { TILE_BLOCKS } from "../../verify/tile-bytes.ts";
import {
  isTileFormat,
  parseTileFile,
  type TileFormat,
  tilePath,
  type TileRange,
  writeTileIndex,
} from "../../verify/tile-index.ts";
import type { NodeStore } from "../store/store.ts";
import { gzippedTile, HELD_FORMATS, SETTLED_BLOCKS, tileIndexOf } from "../tiles.ts";
import type { ApiNode } from "./api-node.ts";
import { type ApiResponse, type Parameter, refuse, route, type Route } from "./route.ts";

/** Cheap reads that a tile costs: two thousand blocks, and all of their operations, compressed. */
const COST = 50;
const SPINE_COST = 5;
const INDEX_COST = 2;
/** Bytes of compressed tiles that are kept for the next who asks; whoever serves many exports them (docs/operating.md). */
const CACHED_BYTES = 32 * 1024 * 1024;

/** What is below a settled block is the same for ever. */
const SETTLED = "public, max-age=31536000, immutable";
const UNSETTLED = "no-cache";

const formatParameter: Parameter<TileFormat> = {
  parse: (text) => {
    if (isTileFormat(text) && HELD_FORMATS.includes(text)) return text;
    throw new ParseError(`no format of tiles: "${text}"`);
  },
  invalid: "No such format of tiles",
};
const fileParameter: Parameter<TileRange> = { parse: parseTileFile, invalid: "Invalid name of a tile" };

/** The last tiles that were made, by their path and what they hash to: a reorg makes others of the same name. */
class TileCache {
  readonly #tiles = new Map<string, Uint8Array>();
  #bytes = 0;

  get(key: string, make: () => Uint8Array): Uint8Array {
    const known = this.#tiles.get(key);
    const tile = known ?? make();
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    if (known === undefined) this.#bytes += tile.length;
    for (const [oldest, { length }] of this.#tiles) {
      if (this.#bytes <= CACHED_BYTES || oldest === key) break;
      this.#tiles.delete(oldest);
      this.#bytes -= length;
    }
    return tile;
  }
}

const caches = new WeakMap<NodeStore, TileCache>();

function cacheOf(store: NodeStore): TileCache {
  const known = caches.get(store) ?? new TileCache();
  caches.set(store, known);
  return known;
}

/** Does a tile begin there, and end before the next one begins? */
function isRange({ first, last }: TileRange, firstBlock: number): boolean {
  return first >= firstBlock && (first - firstBlock) % TILE_BLOCKS === 0 && last >= first && last < first + TILE_BLOCKS;
}

/** A tile, or the beginning of one: what a reader has an index of is held even after the next block. */
function tileAnswer({ store }: ApiNode, format: TileFormat, file: TileRange): ApiResponse {
  const tip = store.tip()?.height ?? -1;
  if (!isRange(file, store.network.firstBlock)) return refuse(404, "No tile begins or ends there", "file");
  if (file.last > tip) return refuse(404, `block ${file.last} is not indexed`, "file");
  const key = `${tilePath(format, file)} ${store.hashed.consensusHashAt(file.last)}`;
  const body = cacheOf(store).get(key, () => gzippedTile(store, format, file));
  const settled = tip - file.last >= SETTLED_BLOCKS;
  const headers = { "content-type": "application/gzip", "cache-control": settled ? SETTLED : UNSETTLED };
  return { status: 200, body, headers, asOf: file.last };
}

export const tileRoutes: readonly Route[] = [
  route(
    "/v2/tiles/index.json",
    {},
    ({ node: { store } }) => {
      const index = tileIndexOf(store);
      if (index === null) return refuse(503, "No block is indexed yet");
      const headers = { "content-type": "application/json", "cache-control": UNSETTLED };
      return { status: 200, body: fromUtf8(writeTileIndex(index)), headers };
    },
    { cost: INDEX_COST },
  ),
  route("/v2/tiles/spine/:file", { file: fileParameter }, (call) => tileAnswer(call.node, "spine", call.values.file), {
    cost: SPINE_COST,
  }),
  route(
    "/v2/tiles/:format/:file",
    { format: formatParameter, file: fileParameter },
    ({ node, values: { format, file } }) => tileAnswer(node, format, file),
    { cost: COST },
  ),
];
