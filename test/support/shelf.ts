/** Tiles of a store, as somebody holds them who may be lying. */
import { gunzipSync } from "node:zlib";
import type { TileShelf } from "../../src/fullnode/tile-shelves.ts";
import { gzippedTile, tileIndexOf } from "../../src/fullnode/tiles.ts";
import type { NodeStore } from "../../src/fullnode/store/store.ts";
import type { TileFormat, TileIndex } from "../../src/verify/tile-index.ts";

export interface Lies {
  readonly index?: (index: TileIndex) => TileIndex;
  /** null: it is not held. */
  readonly tile?: (bytes: Uint8Array, format: TileFormat, first: number) => Uint8Array | null;
}

export function shelfOf(store: NodeStore, { index = (of) => of, tile = (bytes) => bytes }: Lies = {}): TileShelf {
  return {
    description: "the tiles of a test",
    index: () => Promise.resolve(index(tileIndexOf(store)!)),
    tile: (format, first, last) => {
      const bytes = new Uint8Array(gunzipSync(gzippedTile(store, format, { first, last })));
      return Promise.resolve(tile(bytes, format, first));
    },
  };
}
