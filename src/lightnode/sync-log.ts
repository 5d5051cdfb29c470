/** The operations of blocks whose ops hashes are proven: each tile is checked alone, and whoever gave a wrong one is named. */
import { ParseError } from "../errors.ts";
import { subjectsOf } from "../verify/op-log.ts";
import { opsHashOf } from "../verify/ops-hash.ts";
import type { HashedSpine } from "../verify/spine.ts";
import { decodeLogTile } from "../verify/tile.ts";
import { type TileRange, tileRanges } from "../verify/tile-index.ts";
import { type LoggedPiece, loggedPiece, type VerifiedBlock } from "./light-piece.ts";
import { askedAhead, type TilePool } from "./tile-pool.ts";

/** Tiles that are asked for ahead: some megabytes each. */
const AHEAD = 4;

/**
 * The operations behind a block up to the spine's end, tile by tile.
 * @throws BskError as `TilePool.nobodyHas`
 */
export async function* syncLog(
  spine: HashedSpine,
  from: number,
  pool: TilePool,
): AsyncGenerator<LoggedPiece, void, undefined> {
  const ranges = tileRanges(spine.firstBlock, spine.height()).filter(({ last }) => last > from);
  const fetch = (range: TileRange) =>
    pool.fetch("oplog", range.first, range.last, (bytes) => verified(bytes, range, from, spine));
  let ready: Promise<LoggedPiece> | null = null;
  for await (const [range, given] of askedAhead(ranges, AHEAD, fetch)) {
    if (given === null) throw pool.nobodyHas("oplog", Math.max(range.first, from + 1));
    // While one tile is compressed the next one is hashed.
    const next: Promise<LoggedPiece> = loggedPiece(Math.max(range.first, from + 1), given.tile);
    next.catch(() => undefined);
    if (ready !== null) yield await ready;
    ready = next;
  }
  if (ready !== null) yield await ready;
}

/** The blocks of a tile that are still to come. @throws ParseError unless they hash to what the spine says */
function verified(bytes: Uint8Array, { first, last }: TileRange, from: number, spine: HashedSpine): VerifiedBlock[] {
  const { first: begins, blocks } = decodeLogTile(bytes);
  if (begins !== first || blocks.length < last - first + 1) throw new ParseError("it is of other blocks");
  const start = Math.max(first, from + 1);
  return blocks.slice(start - first, last - first + 1).map((texts, i) => {
    if (opsHashOf(texts) !== spine.opsHashAt(start + i)) throw new ParseError(`block ${start + i} is not the chain's`);
    return { texts, subjects: subjectsOf(texts) };
  });
}
