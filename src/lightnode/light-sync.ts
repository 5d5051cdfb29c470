/** Bringing a light directory to a pin: first the spine, then the operations, from any number of sources. */
import { setTimeout as wait } from "node:timers/promises";
import { BskError } from "../errors.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { TileIndex } from "../verify/tile-index.ts";
import { type LightDirectory, openLightDirectory } from "./light-directory.ts";
import { LightStore } from "./light-store.ts";
import type { Pin } from "./pin.ts";
import { syncLog } from "./sync-log.ts";
import { syncSpine } from "./sync-spine.ts";
import { type Holder, PATIENCE_MS, type PoolEvents, TilePool } from "./tile-pool.ts";
import type { TileSource } from "./tile-source.ts";

export interface SyncProgress {
  readonly phase: "spine" | "operations";
  /** The last block that was verified. */
  readonly height: number;
  /** Blocks of both phases, and how many of them there are. */
  readonly done: number;
  readonly total: number;
}

export interface SyncEvents extends PoolEvents {
  progress(at: SyncProgress): void;
  /** A file was damaged: what it lost is fetched again. */
  repaired(file: string): void;
  /** What was stored came out at another pin, which the new one contradicts. */
  contradicted(by: Pin): void;
}

export interface SyncOptions {
  /** It exists, and the caller holds its lock. */
  readonly directory: string;
  readonly network: Pick<Network, "id" | "name" | "firstBlock">;
  readonly pin: Pin;
  readonly sources: readonly TileSource[];
  readonly signal: AbortSignal;
  readonly events?: Partial<SyncEvents>;
  /** After so long without an answer of one source another is asked, too; default 5 s. */
  readonly patienceMs?: number;
}

export interface SyncReport {
  readonly light: LightDirectory;
  /** The last block of the log before. */
  readonly from: number;
  /** Sources that lied, and how. */
  readonly refused: readonly { readonly source: string; readonly because: string }[];
}

const nothing = (): void => undefined;

/**
 * Goes on where the last one stopped, however it did. Nothing above the pin is stored, and no reader sees anything that has
 * not come out at a pin.
 * @throws BskError `refuted`, rule `pin-refuted` or `bad-tile`: all sources lie, or the pin is of another chain; `unproven`,
 * rule `tiles-missing`: no source has enough; `machine` for outages and the disk; the signal's reason
 */
export async function syncLight(options: SyncOptions): Promise<SyncReport> {
  const { directory, network, pin, signal } = options;
  if (pin.height < network.firstBlock) {
    throw new BskError("usage", `the pin ${pin.height} is before the first block ${network.firstBlock}`, {
      rule: "bad-pin",
    });
  }
  const refused: { source: string; because: string }[] = [];
  const events: SyncEvents = {
    progress: nothing,
    failed: nothing,
    repaired: nothing,
    contradicted: nothing,
    ...options.events,
    refused: (source, because) => {
      refused.push({ source, because });
      options.events?.refused?.(source, because);
    },
  };
  const store = LightStore.open(directory, network);
  try {
    if (store.damaged !== null) events.repaired(store.damaged);
    const from = store.commit.log;
    if (!isDone(store, pin)) await bringTo(store, pin, { ...options, events });
    signal.throwIfAborted();
    return { light: openLightDirectory(directory, network), from, refused };
  } finally {
    store.close();
  }
}

/** Is it at the pin, or beyond it? */
function isDone({ commit }: LightStore, pin: Pin): boolean {
  return commit.complete?.pin.height === pin.height && commit.complete.pin.consensusHash === pin.consensusHash;
}

async function bringTo(
  store: LightStore,
  pin: Pin,
  { sources, network, signal, events, patienceMs = PATIENCE_MS }: SyncOptions & { readonly events: SyncEvents },
): Promise<void> {
  const spine = store.spine();
  const { complete, proven } = store.commit;
  if (
    complete !== null &&
    complete.pin.height >= pin.height &&
    spine.consensusHashAt(pin.height) === pin.consensusHash
  ) {
    return;
  }
  const pool = new TilePool(await holdersOf(sources, pin, network, events, patienceMs), events, signal, patienceMs);
  const { firstBlock } = network;
  const logFrom = Math.min(store.commit.log, pin.height);
  const total = 2 * (pin.height - firstBlock + 1);
  const told = (phase: SyncProgress["phase"], height: number): void => {
    signal.throwIfAborted();
    const logged = phase === "spine" ? logFrom : height;
    const done = (phase === "spine" ? height : pin.height) - firstBlock + 1 + logged - firstBlock + 1;
    events.progress({ phase, height, done, total });
  };

  /** Up to here the spine is what is stored. */
  let common = Math.min(spine.height(), pin.height);
  const cut = (height: number): void => {
    common = Math.min(common, height);
    // What never came out at a pin may go at once.
    if (common >= proven) store.cut(common);
  };
  spine.cut(pin.height);
  if (spine.height() === pin.height && spine.consensusHashAt(pin.height) !== pin.consensusHash)
    spine.cut(pin.height - 1);
  cut(spine.height());
  await syncSpine(spine, pin, pool, {
    cut,
    grown: () => {
      if (common === store.commit.spine && spine.height() > common) {
        store.addSpine(spine, false);
        common = spine.height();
      }
      told("spine", spine.height());
    },
  });
  if (complete !== null && common < complete.pin.height) events.contradicted(complete.pin);
  store.cut(common);
  store.addSpine(spine, true);
  for await (const piece of syncLog(spine, store.commit.log, pool)) {
    store.addLog(piece);
    told("operations", piece.last);
  }
  store.complete(pin);
}

/** What the sources say that they hold; null of those that are late when another one that reaches the pin has answered. */
async function indexesOf(
  sources: readonly TileSource[],
  pin: Pin,
  patienceMs: number,
): Promise<readonly (PromiseSettledResult<TileIndex> | null)[]> {
  const outcomes = sources.map((): PromiseSettledResult<TileIndex> | null => null);
  let reached: () => void = nothing;
  const enough = new Promise<void>((resolve) => (reached = resolve));
  const all = sources.map(async (source, i) => {
    const [outcome] = await Promise.allSettled([source.index()]);
    outcomes[i] = outcome;
    if (outcome.status === "fulfilled" && outcome.value.height >= pin.height) reached();
  });
  await Promise.race([Promise.all(all), enough.then(() => wait(patienceMs, undefined, { ref: false }))]);
  return [...outcomes];
}

function tooLate({ description }: TileSource): BskError {
  return new BskError("machine", `${description} did not answer in time`, { rule: "timeout" });
}

/** Those that can be asked, and are of this network. @throws BskError where none can be used up to the pin */
async function holdersOf(
  sources: readonly TileSource[],
  pin: Pin,
  network: SyncOptions["network"],
  events: SyncEvents,
  patienceMs: number,
): Promise<Holder[]> {
  const outcomes = await indexesOf(sources, pin, patienceMs);
  const holders: Holder[] = [];
  const failures: BskError[] = [];
  for (const [i, source] of sources.entries()) {
    const outcome = outcomes[i] ?? null;
    if (outcome === null) {
      events.failed(source.description, tooLate(source));
      continue;
    }
    if (outcome.status === "fulfilled") {
      const flaw = flawOf({ source, index: outcome.value }, network);
      if (flaw === null) holders.push({ source, index: outcome.value });
      else {
        events.refused(source.description, flaw.message);
        failures.push(flaw);
      }
      continue;
    }
    const reason: unknown = outcome.reason;
    if (!(reason instanceof BskError) || reason.kind === "cancelled") throw reason;
    failures.push(reason);
    if (reason.kind === "refuted") events.refused(source.description, reason.message);
    else events.failed(source.description, reason);
  }
  if (holders.some(({ index }) => index.height >= pin.height)) return holders;
  const outage = failures.find(({ kind }) => kind === "machine");
  const [furthest] = holders.toSorted((a, b) => b.index.height - a.index.height);
  if (furthest === undefined) throw outage ?? failures[0] ?? new BskError("usage", "no source was named");
  throw new BskError(
    "unproven",
    `no source reaches the pin at block ${pin.height}: ${furthest.source.description} go up to block ${furthest.index.height}`,
    {
      rule: "tiles-missing",
      hint: `wait until they do, name others with --from, or take an older pin: bsk pin list`,
      ...(outage === undefined ? {} : { cause: outage }),
    },
  );
}

function flawOf({ index, source }: Holder, { id, name, firstBlock }: SyncOptions["network"]): BskError | null {
  const { description } = source;
  if (index.network !== id) {
    return new BskError("usage", `${description} are of another network than "${name}"`, {
      rule: "wrong-network",
      hint: `their network id is ${index.network}, ours is ${id}; choose with --network`,
    });
  }
  if (index.firstBlock !== firstBlock)
    return new BskError("refuted", `${description} begin at block ${index.firstBlock}, not ${firstBlock}`, {
      rule: "bad-tile",
    });
  const lacking = (["spine", "oplog"] as const).find((format) => !index.formats.includes(format));
  if (lacking === undefined) return null;
  return new BskError("unproven", `${description} have no ${lacking} tiles`, { rule: "tiles-missing" });
}
