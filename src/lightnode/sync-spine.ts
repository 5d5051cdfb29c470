/**
 * A spine that comes out at a pin, out of tiles of several sources.
 *
 * Only the pin tells whether a spine is right, and only at its end. That a source can be named all the same, it states the
 * consensus hash at the end of each of its tiles. Sources that state the same tell one story; a story is hashed tile by
 * tile, each tile from whichever source has one that leads to what the story states. The story that comes out at the pin
 * is the chain's, and whoever stated or gave anything else lied.
 */
import { BskError, ParseError } from "../errors.ts";
import { equalBytes, fromHex } from "../primitives/bytes.ts";
import type { ConsensusHash } from "../primitives/hash.ts";
import type { Anchor } from "../verify/anchor.ts";
import { EMPTY_OPS_HASH } from "../verify/ops-hash.ts";
import type { Spine } from "../verify/spine.ts";
import { decodeSpineTile, type SpineTile } from "../verify/tile.ts";
import { TILE_BLOCKS } from "../verify/tile-bytes.ts";
import { type TileRange, tileRanges } from "../verify/tile-index.ts";
import { askedAhead, type Given, type Holder, type TilePool } from "./tile-pool.ts";

/** Tiles that are asked for ahead: a spine tile has 64 KB at most. */
const AHEAD = 12;

/** Watches a spine grow; what it throws ends the work. */
export interface SpineWatch {
  /** So far every tile led to what its story states. */
  grown(spine: Spine): void;
  /** Blocks above a height were given up. */
  cut(height: number): void;
}

interface Suspect {
  readonly holder: Holder;
  readonly tile: SpineTile;
}

const EMPTY = fromHex(EMPTY_OPS_HASH);

/**
 * Hashes the spine on to the pin; what it holds already may be cut where no story agrees with it.
 * @throws BskError `refuted`, rule `pin-refuted`: no source comes out at the pin; `machine` where sources failed; `unproven`,
 * rule `tiles-missing`, where they lack tiles
 */
export async function syncSpine(spine: Spine, pin: Anchor, pool: TilePool, watch: SpineWatch): Promise<void> {
  const ranges = tileRanges(spine.firstBlock, pin.height);
  const suspects: Suspect[] = [];
  const ends: string[] = [];
  for (const story of storiesOf(pool.holders, ranges, pin)) {
    const end = await tell(story, { spine, pin, pool, watch, ranges, suspects });
    if (end === null) {
      judge(spine, pin, pool, suspects);
      return;
    }
    ends.push(end);
  }
  const refutations = ends.filter((end) => end !== MISSING);
  if (refutations.length === 0) throw pool.nobodyHas("spine", spine.height() + 1);
  throw new BskError(
    "refuted",
    `no source comes out at the pin ${pin.height}:${pin.consensusHash}: ${refutations.join("; ")}`,
    {
      rule: "pin-refuted",
      hint: "either all of them lie, or the pin is of another chain: bsk pin list; name other sources with --from",
    },
  );
}

const MISSING = "tiles are missing";

interface Telling {
  readonly spine: Spine;
  readonly pin: Anchor;
  readonly pool: TilePool;
  readonly watch: SpineWatch;
  readonly ranges: readonly TileRange[];
  readonly suspects: Suspect[];
}

/** What a source states at the end of a tile; null where it does not reach it whole. At the pin, what the pin says. */
function claimOf({ index }: Holder, k: number, ranges: readonly TileRange[], pin: Anchor): ConsensusHash | null {
  const range = ranges[k];
  if (range === undefined || range.last > index.height) return null;
  return k === ranges.length - 1 ? pin.consensusHash : (index.consensusHashes[k] ?? null);
}

/** Sources that reach the pin, together where they state the same; the story of most sources first. */
function storiesOf(holders: readonly Holder[], ranges: readonly TileRange[], pin: Anchor): Holder[][] {
  const byClaims = new Map<string, Holder[]>();
  for (const holder of holders.filter(({ index }) => index.height >= pin.height)) {
    const key = ranges.map((_, k) => claimOf(holder, k, ranges, pin)).join();
    byClaims.set(key, [...(byClaims.get(key) ?? []), holder]);
  }
  return [...byClaims.values()].sort((a, b) => b.length - a.length);
}

/** Hashes a story to its end. Answers why it does not come out at the pin; null: it does. */
async function tell(story: readonly Holder[], telling: Telling): Promise<string | null> {
  const { spine, pin, pool, watch, ranges } = telling;
  const [teller] = story;
  if (teller === undefined) return MISSING;
  const claims = ranges.map((_, k) => claimOf(teller, k, ranges, pin));
  const differs = ranges.findIndex(
    ({ last }, k) => last <= spine.height() && spine.consensusHashAt(last) !== claims[k],
  );
  if (differs >= 0) cutTo(spine, (ranges[differs]?.first ?? 0) - 1, watch);
  const left = ranges.filter(({ last }) => last > spine.height());
  const fetch = ({ first, last }: TileRange, except = new Set<Holder>()): Promise<Given<SpineTile> | null> =>
    pool.fetch("spine", first, last, (bytes) => readTile(bytes, { first, last }), { among: story, except });
  for await (const [range, given] of askedAhead(left, AHEAD, (each) => fetch(each))) {
    const claim = claims[ranges.indexOf(range)];
    const wrong = new Map<Holder, ConsensusHash>();
    let found = given;
    while (found !== null && !leadsTo(claim, found.tile, range, spine, watch)) {
      telling.suspects.push(found);
      wrong.set(found.holder, spine.consensusHashAt(range.last));
      found = await fetch(range, new Set(wrong.keys()));
    }
    if (found === null) return wrong.size === 0 ? MISSING : endOf(story, wrong, range, pin);
    watch.grown(spine);
  }
  return null;
}

/** What a story came to that does not come out at the pin. */
function endOf(
  story: readonly Holder[],
  wrong: ReadonlyMap<Holder, ConsensusHash>,
  { last }: TileRange,
  pin: Anchor,
): string {
  const [told] = story.flatMap((holder) => wrong.get(holder) ?? []);
  const who = story.map(({ source }) => source.description).join(", ");
  if (last === pin.height && told !== undefined) return `${who} come to ${told}`;
  return `no tile leads to what ${who} state at block ${last}`;
}

/** @throws ParseError unless it is a tile that begins and ends where it should */
function readTile(bytes: Uint8Array, { first, last }: TileRange): SpineTile {
  const tile = decodeSpineTile(bytes);
  if (tile.first !== first || tile.opsHashes.length < last - first + 1 || tile.opsHashes.length > TILE_BLOCKS)
    throw new ParseError("it is of other blocks");
  return tile;
}

/** Appends a tile to where it leads; blocks that are there already stay where they are the same. */
function leadsTo(
  claim: ConsensusHash | null | undefined,
  tile: SpineTile,
  { first, last }: TileRange,
  spine: Spine,
  watch: SpineWatch,
): boolean {
  for (let height = first; height <= last; height++) {
    const ops = tile.opsHashes[height - first] ?? null;
    if (height <= spine.height()) {
      if (isAt(spine, height, ops)) continue;
      cutTo(spine, height - 1, watch);
    }
    spine.append(ops);
  }
  return spine.consensusHashAt(last) === claim;
}

function isAt(spine: Spine, height: number, ops: Uint8Array | null): boolean {
  return equalBytes(fromHex(spine.opsHashAt(height)), ops ?? EMPTY);
}

function cutTo(spine: Spine, height: number, watch: SpineWatch): void {
  spine.cut(height);
  watch.cut(height);
}

/** The spine is the chain's: whoever stated or gave anything else lied. */
function judge(spine: Spine, pin: Anchor, pool: TilePool, suspects: readonly Suspect[]): void {
  for (const { holder, tile } of suspects) {
    const wrong = tile.opsHashes.findIndex(
      (ops, i) => tile.first + i <= spine.height() && !isAt(spine, tile.first + i, ops),
    );
    if (wrong >= 0)
      pool.refuse(holder, `its spine tile from block ${tile.first} is wrong at block ${tile.first + wrong}`);
  }
  for (const holder of pool.holders) {
    const { index } = holder;
    tileRanges(spine.firstBlock, Math.min(index.height, pin.height)).forEach(({ first, last }, k) => {
      const isWhole = last - first + 1 === TILE_BLOCKS || last === index.height;
      const claim = index.consensusHashes[k];
      if (!isWhole || claim === spine.consensusHashAt(last)) return;
      pool.refuse(holder, `it states ${String(claim)} at block ${last}, which is ${spine.consensusHashAt(last)}`);
    });
  }
}
