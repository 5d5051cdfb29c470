/** Where tiles come from: a web server, a node, a directory. Nothing that they give is believed (verify/tile.ts). */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { BskError, ParseError } from "../errors.ts";
import {
  LONGEST_TILE_INDEX,
  MOST_TILE_BYTES,
  readTileIndex,
  type TileFormat,
  type TileIndex,
  tilePath,
} from "../verify/tile-index.ts";
import { tileDirectory } from "./tile-directory.ts";
import { badTile, type TileSourceOptions } from "./tile-files.ts";
import { tileServer } from "./tile-server.ts";

export interface TileSource {
  /** "the tiles at http://…", "the tiles in DIR": for messages. */
  readonly description: string;
  /**
   * What it says that it holds.
   * @throws BskError `machine` for outages; `refuted`, rule `bad-tile`, for what is no index
   */
  index(): Promise<TileIndex>;
  /**
   * The bytes of a tile, no longer compressed; their number is capped before and while they are. null: not held.
   * @throws BskError `machine` for outages; `refuted`, rule `bad-tile`, for what is no compressed tile
   */
  tile(format: TileFormat, first: number, last: number): Promise<Uint8Array | null>;
}

/** What gzip may add to bytes that it cannot make smaller. */
const GZIP_OVERHEAD = 64 * 1024;
const inflate = promisify(gunzip);
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Tiles at a URL (of the tiles themselves, or of a node, which has them below `/v2/tiles`) or in a directory. */
export function tileSource(where: string, options: TileSourceOptions = {}): TileSource {
  const files = /^https?:\/\//iu.test(where) ? tileServer(where, options) : tileDirectory(where);
  const { description } = files;
  return {
    description,
    index: async () => {
      const bytes = await files.read("index.json", LONGEST_TILE_INDEX);
      if (bytes === null) throw noTiles(description);
      try {
        return readTileIndex(strictUtf8.decode(bytes));
      } catch (error) {
        throw badTile(description, "index.json", error instanceof ParseError ? error.message : "it is no text");
      }
    },
    tile: async (format, first, last) => {
      const path = tilePath(format, { first, last });
      const most = MOST_TILE_BYTES[format];
      const bytes = await files.read(path, most + GZIP_OVERHEAD);
      if (bytes === null) return null;
      options.received?.(bytes.length);
      try {
        const { buffer, byteOffset, length } = await inflate(bytes, { maxOutputLength: most });
        return new Uint8Array(buffer, byteOffset, length);
      } catch (error) {
        const tooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
        throw badTile(description, path, tooLarge ? `it is larger than ${most} bytes` : "it cannot be decompressed");
      }
    },
  };
}

function noTiles(description: string): BskError {
  return new BskError("machine", `${description} are not there: no index.json`, {
    rule: "no-tiles",
    hint: "give the URL of a bsk node, or the URL or directory that bsk node export tiles wrote to",
  });
}
