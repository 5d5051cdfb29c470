/**
 * A full node's first blocks out of untrusted tiles and one pin. A tile gives the transactions of operations, the node's own
 * Bitcoin source the headers; every block is judged by all rules, and stored only if it comes to what the pin proves. What
 * is stored is what indexing the chain would have stored, refused transactions aside.
 */
import { setImmediate } from "node:timers/promises";
import { headerAt } from "../chain/header-at.ts";
import type { BlockSource } from "../chain/source.ts";
import { BskError, ParseError } from "../errors.ts";
import { equalBytes } from "../primitives/bytes.ts";
import type { Txid } from "../primitives/hash.ts";
import { blockHeight } from "../primitives/units.ts";
import type { BnsMachine } from "../rules/machine.ts";
import type { Anchor } from "../verify/anchor.ts";
import { decodeRawTile, type RawTile } from "../verify/raw-tile.ts";
import type { Spine } from "../verify/spine.ts";
import type { Progress } from "./follow.ts";
import type { NodeStore } from "./store/store.ts";
import { type Judged, judgeTileBlock, type TileBlock } from "./tile-block.ts";
import { isFailure, type OpenShelf, type ShelfFailure, type TileShelf, TileShelves } from "./tile-shelves.ts";
import { spineOf } from "./tile-spine.ts";

export interface BootstrapOptions {
  readonly store: NodeStore;
  readonly machine: BnsMachine;
  /** Who says which blocks there are. It may have pruned them. */
  readonly source: BlockSource;
  readonly shelves: readonly [TileShelf, ...TileShelf[]];
  readonly pin: Anchor;
  /** Ends it between two batches of blocks, with its reason thrown. */
  readonly signal: AbortSignal;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  readonly events: BootstrapEvents;
}

export interface BootstrapEvents {
  /** The spine was read up to this block; nothing is stored yet. */
  readonly spine: (height: number) => void;
  /** Blocks were stored; the target is the pin. */
  readonly progress: (at: Progress) => void;
  /** A holder of tiles is not used, and why. */
  readonly passedOver: (error: BskError) => void;
}

/** `not-supported`: the rules behind the last block need what the operator did not bring. */
export type BootstrapOutcome =
  { readonly kind: "at-pin" } | { readonly kind: "not-supported"; readonly error: BskError };

/** Blocks that are stored in one transaction. */
const BATCH_BLOCKS = 64;

/**
 * Takes blocks from tiles up to the pin; what is stored already stays, and is held against the pin too.
 * @throws BskError `refuted` where all tiles lie, or what is stored is not the pin's chain; `unproven` where tiles are
 *   missing, or a sender cannot be told; `machine` for outages, and while the Bitcoin source has not come to the pin.
 */
export async function bootstrap(options: BootstrapOptions): Promise<BootstrapOutcome> {
  const { store, pin, source, signal, events } = options;
  const tip = (): number => store.tip()?.height ?? store.network.firstBlock - 1;
  if (pin.height < store.network.firstBlock) {
    throw new BskError("usage", `the pin is of block ${pin.height}, the network begins at ${store.network.firstBlock}`);
  }
  if (tip() >= pin.height) {
    requireHash(store, pin.height, pin.consensusHash, pin);
    return { kind: "at-pin" };
  }
  const shelves = new TileShelves(options.shelves, store.network, pin.height, events.passedOver);
  const spine = await shelves.with((shelf) =>
    spineOf(shelf, pin, (height) => {
      signal.throwIfAborted();
      events.spine(height);
    }),
  );
  if (store.tip() !== null) requireHash(store, tip(), spine.consensusHashAt(tip()), pin);
  await requireCommonTip(store, source, pin);
  const taking: Taking = { ...options, spine, sure: new Set(), report: reporter(options, tip()) };
  while (tip() < pin.height) {
    const ended = await shelves.with((shelf) => takeTile(shelf, tip() + 1, taking));
    if (ended !== null) return ended;
  }
  return { kind: "at-pin" };
}

interface Taking extends BootstrapOptions {
  readonly spine: Spine;
  /** Operations whose senders the Bitcoin source was asked for. */
  readonly sure: Set<Txid>;
  readonly report: () => void;
}

function reporter({ store, pin, clock, events }: BootstrapOptions, from: number): () => void {
  const start = clock();
  return () => {
    const height = store.tip()?.height ?? from;
    const seconds = (clock() - start) / 1000;
    const blocksPerSecond = seconds > 0 ? (height - from) / seconds : 0;
    const secondsLeft = blocksPerSecond > 0 ? (pin.height - height) / blocksPerSecond : 0;
    events.progress({ height, target: pin.height, blocksPerSecond, secondsLeft });
  };
}

/** Takes what one tile holds from a height on, up to the pin. What was true before a lie stays. */
async function takeTile(
  shelf: OpenShelf,
  from: number,
  taking: Taking,
): Promise<BootstrapOutcome | ShelfFailure | null> {
  const tile = await shelf.tileWith("raw", from);
  if (isFailure(tile)) return tile;
  const { name, range, bytes } = tile;
  const decoded = decodedRaw(bytes);
  if (typeof decoded === "string") return shelf.caught(name, decoded);
  if (decoded.first !== range.first || decoded.blocks.length !== range.last - range.first + 1)
    return shelf.caught(name, "it holds other blocks than its name says");
  const last = Math.min(range.last, taking.pin.height);
  for (let next = from; next <= last;) {
    taking.signal.throwIfAborted();
    const batch = await batchOf(decoded, next, Math.min(last, next + BATCH_BLOCKS - 1), taking);
    const stopped = takeBatch(batch, taking);
    next = (taking.store.tip()?.height ?? next - 1) + 1;
    taking.report();
    if (stopped?.kind === "false") return shelf.caught(name, `block ${next}: ${stopped.because}`);
    if (stopped?.kind === "not-supported") return stopped;
    if (stopped?.kind === "doubtful") {
      const because = await settle(
        stopped,
        batch.find(({ height }) => height === next),
        taking,
      );
      if (because !== null) return shelf.caught(name, `block ${next}: ${because}`);
    }
    await setImmediate();
  }
  return null;
}

function decodedRaw(bytes: Uint8Array): RawTile | string {
  try {
    return decodeRawTile(bytes);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

/** Blocks of a tile with their places in the chain. @throws BskError `machine` where the source does not know them (yet) */
async function batchOf(
  tile: RawTile,
  from: number,
  to: number,
  { source, spine, store }: Taking,
): Promise<TileBlock[]> {
  const blocks: TileBlock[] = [];
  let before = store.tip()?.hash ?? null;
  for (let at = from; at <= to; at++) {
    const height = blockHeight(at);
    const place = await headerAt(source, height);
    if (place === null) throw behind(source, at);
    if (before !== null && place.previousHash !== before) {
      throw new BskError("machine", `${source.description} changed its chain below block ${at}`, {
        rule: "chain-changed",
        hint: "start again: what is stored stays",
      });
    }
    before = place.hash;
    blocks.push({ height, place, operations: tile.blocks[at - tile.first] ?? [], opsHash: spine.opsHashAt(at) });
  }
  return blocks;
}

function behind({ description }: BlockSource, height: number): BskError {
  return new BskError("machine", `${description} does not know block ${height} yet`, {
    rule: "source-behind",
    hint: "wait until the Bitcoin node has come to the pin, or take an earlier pin; what is stored stays",
  });
}

/** Stores blocks until one is not true, which is answered; all in one transaction. */
function takeBatch(
  batch: readonly TileBlock[],
  { store, machine, sure }: Taking,
): Exclude<Judged, { kind: "true" }> | null {
  return store.together(() => {
    for (const block of batch) {
      const judged = judgeTileBlock(block, store, machine, sure);
      if (judged.kind !== "true") return judged;
      store.append(judged.indexed);
    }
    return null;
  });
}

/** Asks the Bitcoin source for a sender. A text where the tile said another one. @throws BskError `unproven` */
async function settle(
  { txid, outpoint, script }: Extract<Judged, { kind: "doubtful" }>,
  block: TileBlock | undefined,
  { source, sure }: Taking,
): Promise<string | null> {
  if (block === undefined) throw new Error("the block that is in doubt was one of the batch");
  let spent: Uint8Array | undefined;
  try {
    [spent] = await source.spentScripts(block.place.hash, [outpoint]);
  } catch (cause) {
    if (!(cause instanceof BskError)) throw cause;
    throw new BskError(
      "unproven",
      `two senders are possible for ${txid} in block ${block.height}, and ${source.description} cannot tell which`,
      { rule: "sender-unproven", hint: "start with a Bitcoin node that has not pruned this block", cause },
    );
  }
  if (spent === undefined || !equalBytes(spent, script)) return `${txid} has another sender`;
  sure.add(txid);
  return null;
}

/** @throws BskError `refuted` unless the stored chain has this hash */
function requireHash(store: NodeStore, height: number, expected: string, pin: Anchor): void {
  const stored = store.consensusHashAt(height);
  if (stored === expected) return;
  throw new BskError(
    "refuted",
    `what is stored comes to consensus hash "${String(stored)}" at block ${height}, and to the pin of block ${pin.height} leads "${expected}"`,
    {
      rule: "pin-refuted",
      hint: "is the pin right? Then this index is not: give the node an empty directory (--directory)",
    },
  );
}

/** @throws BskError where the stored blocks are not on the source's chain: that is for following to sort out */
async function requireCommonTip(store: NodeStore, source: BlockSource, pin: Anchor): Promise<void> {
  const { height } = await source.tip();
  if (height < pin.height) throw behind(source, pin.height);
  const tip = store.tip();
  if (tip === null || (await source.blockHashAt(tip.height)) === tip.hash) return;
  throw new BskError("unproven", `block ${tip.height} that is stored is not on the chain of ${source.description}`, {
    rule: "stored-block-not-on-chain",
    hint: "start without --from-tiles: the node follows the reorganisation",
  });
}
