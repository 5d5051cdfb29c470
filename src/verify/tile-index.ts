/**
 * What a holder of tiles says that it holds: `index.json` beside the tiles, and the names of their files. Everything in it
 * is a claim. Format: docs/protocol/tiles.md.
 */
import { ParseError } from "../errors.ts";
import { type ConsensusHash, consensusHash, type NetworkId, networkId } from "../primitives/hash.ts";
import { blockHeight } from "../primitives/units.ts";
import { TILE_BLOCKS } from "./tile-bytes.ts";

const FORMAT = "bsk tiles";
const VERSION = 1;
/** Enough for 3 000 years of blocks. */
export const LONGEST_TILE_INDEX = 4 * 1024 * 1024;

/**
 * Most bytes of a tile of each format before it is compressed, which a reader never exceeds. A whole spine tile has no
 * more; log tiles and raw tiles hold what two weeks of full blocks of nothing but operations would not fill.
 */
export const MOST_TILE_BYTES = { spine: 64 * 1024, oplog: 64 * 1024 * 1024, raw: 256 * 1024 * 1024 } as const;

export type TileFormat = keyof typeof MOST_TILE_BYTES;

export function isTileFormat(text: string): text is TileFormat {
  return Object.hasOwn(MOST_TILE_BYTES, text);
}

/** Blocks of a tile, both included. */
export interface TileRange {
  readonly first: number;
  readonly last: number;
}

export interface TileIndex {
  readonly network: NetworkId;
  readonly firstBlock: number;
  /** The last block in the tiles. */
  readonly height: number;
  /** Those of its formats that we know. */
  readonly formats: readonly TileFormat[];
  /** Consensus hash at the last block of each tile, in order. */
  readonly consensusHashes: readonly ConsensusHash[];
}

/** The tiles of all blocks up to a height: whole ones, then perhaps a shorter one. */
export function tileRanges(firstBlock: number, height: number): TileRange[] {
  const ranges: TileRange[] = [];
  for (let first = firstBlock; first <= height; first += TILE_BLOCKS) {
    ranges.push({ first, last: Math.min(first + TILE_BLOCKS - 1, height) });
  }
  return ranges;
}

/** Path of a tile's file: "spine/373601-375616.gz". */
export function tilePath(format: TileFormat, { first, last }: TileRange): string {
  return `${format}/${first}-${last}.gz`;
}

/** The range in a file's name. @throws ParseError */
export function parseTileFile(name: string): TileRange {
  const found = /^(0|[1-9][0-9]{0,9})-(0|[1-9][0-9]{0,9})\.gz$/u.exec(name);
  if (found === null) throw new ParseError(`not the file of a tile: "${name}"`);
  return { first: blockHeight(Number(found[1])), last: blockHeight(Number(found[2])) };
}

export function writeTileIndex({ network, firstBlock, height, formats, consensusHashes }: TileIndex): string {
  const head = { format: FORMAT, version: VERSION, network, firstBlock, height, tileBlocks: TILE_BLOCKS };
  return `${JSON.stringify({ ...head, formats, consensusHashes }, null, 1)}\n`;
}

/** Fields and formats that we do not know may be there. @throws ParseError */
export function readTileIndex(text: string): TileIndex {
  if (text.length > LONGEST_TILE_INDEX) throw new ParseError(`an index of ${text.length} characters`);
  const from = objectOf(text);
  if (from["format"] !== FORMAT) throw new ParseError(`no index of tiles: its format is not "${FORMAT}"`);
  const version = numberIn(from, "version");
  if (version !== VERSION) throw new ParseError(`an index of version ${version}`);
  const tileBlocks = numberIn(from, "tileBlocks");
  if (tileBlocks !== TILE_BLOCKS) throw new ParseError(`tiles of ${tileBlocks} blocks`);
  const firstBlock = blockHeight(numberIn(from, "firstBlock"));
  const height = blockHeight(numberIn(from, "height"));
  if (height < firstBlock) throw new ParseError(`an index of tiles up to ${height}, before the first block`);
  const consensusHashes = textsIn(from, "consensusHashes").map(consensusHash);
  if (consensusHashes.length !== tileRanges(firstBlock, height).length)
    throw new ParseError(`${consensusHashes.length} consensus hashes in an index of tiles up to ${height}`);
  const formats = textsIn(from, "formats").filter(isTileFormat);
  return { network: networkId(textIn(from, "network")), firstBlock, height, formats, consensusHashes };
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new ParseError("no index of tiles: no JSON object");
}

function numberIn(from: Readonly<Record<string, unknown>>, key: string): number {
  const value = from[key];
  if (typeof value !== "number") throw new ParseError(`an index of tiles without "${key}"`);
  return value;
}

function textIn(from: Readonly<Record<string, unknown>>, key: string): string {
  const value = from[key];
  if (typeof value !== "string") throw new ParseError(`an index of tiles without "${key}"`);
  return value;
}

function textsIn(from: Readonly<Record<string, unknown>>, key: string): string[] {
  const value = from[key];
  if (!Array.isArray(value) || !value.every((each) => typeof each === "string"))
    throw new ParseError(`an index of tiles without "${key}"`);
  return value;
}
