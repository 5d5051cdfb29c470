/** Several sources of tiles as one: each tile from whichever is free, and from another where that one fails or lies. */
import { setTimeout as wait } from "node:timers/promises";
import { BskError, ParseError } from "../errors.ts";
import { TILE_BLOCKS } from "../verify/tile-bytes.ts";
import type { TileFormat, TileIndex } from "../verify/tile-index.ts";
import type { TileSource } from "./tile-source.ts";

/** A source, and what it says that it holds. */
export interface Holder {
  readonly source: TileSource;
  readonly index: TileIndex;
}

/** A tile as one holder gave it. */
export interface Given<T> {
  readonly holder: Holder;
  readonly tile: T;
}

export interface PoolEvents {
  /** It gave what cannot be true, and is not asked again. */
  refused(source: string, because: string): void;
  /** It cannot be asked now. */
  failed(source: string, error: BskError): void;
}

interface State {
  index: TileIndex;
  busy: number;
  /** How often another one was faster. */
  slow: number;
  failures: number;
  /** The last one, where nothing came since. */
  failure: BskError | null;
  refused: boolean;
}

/** After so long without an answer of one source another is asked, too. */
export const PATIENCE_MS = 5000;
/** Failures in a row after which a source is not asked any longer. */
const MOST_FAILURES = 3;
/** Milliseconds before the same source is asked again after a connection that broke. */
const AGAIN_MS = [200, 1000];

export class TilePool {
  readonly #states = new Map<Holder, State>();
  readonly #events: PoolEvents;
  readonly #signal: AbortSignal;
  readonly #patienceMs: number;

  constructor(holders: readonly Holder[], events: PoolEvents, signal: AbortSignal, patienceMs: number) {
    for (const holder of holders) {
      this.#states.set(holder, { index: holder.index, busy: 0, slow: 0, failures: 0, failure: null, refused: false });
    }
    this.#events = events;
    this.#signal = signal;
    this.#patienceMs = patienceMs;
  }

  /** Those that were not refused. */
  get holders(): readonly Holder[] {
    return [...this.#states].flatMap(([holder, { refused }]) => (refused ? [] : [holder]));
  }

  /**
   * Why there is no source left for a tile: an outage, `machine`; lies, `refuted`, rule `tiles-refuted`; or nobody has it,
   * `unproven`, rule `tiles-missing`.
   */
  nobodyHas(format: TileFormat, block: number): BskError {
    const states = [...this.#states.values()];
    const failed = states.find(({ refused, failure }) => !refused && failure !== null);
    if (failed?.failure !== undefined && failed.failure !== null) return failed.failure;
    const hint = "name other sources with --from";
    if (states.some(({ refused }) => refused)) {
      return new BskError(
        "refuted",
        `no source is left for the ${format} tile of block ${block}: those that had it lied`,
        {
          rule: "tiles-refuted",
          hint,
        },
      );
    }
    return new BskError("unproven", `no source has the ${format} tile of block ${block}`, {
      rule: "tiles-missing",
      hint,
    });
  }

  /** It lied: never asked again. */
  refuse(holder: Holder, because: string): void {
    const state = this.#states.get(holder);
    if (state === undefined || state.refused) return;
    state.refused = true;
    this.#events.refused(holder.source.description, because);
  }

  /**
   * The tile that begins at a block and reaches another at least, read by `read`, whose ParseError refuses the holder.
   * `among`: who is asked first; `except`: who is not asked. null: nobody has it.
   */
  fetch<T>(
    format: TileFormat,
    first: number,
    upTo: number,
    read: (bytes: Uint8Array) => T,
    {
      among = [],
      except = new Set(),
    }: { readonly among?: readonly Holder[]; readonly except?: ReadonlySet<Holder> } = {},
  ): Promise<Given<T> | null> {
    return new Promise((resolve, reject) => {
      const asked = new Set(except);
      let pending = 0;
      let ended = false;
      const end = (work: () => void): void => {
        ended = true;
        work();
      };
      const askNext = (): void => {
        if (ended) return;
        const holder = this.#next(upTo, asked, among);
        if (holder === null) {
          if (pending === 0) end(() => resolve(null));
          return;
        }
        asked.add(holder);
        pending++;
        const late = setTimeout(() => {
          this.#state(holder).slow++;
          askNext();
        }, this.#patienceMs);
        this.#ask(holder, format, first, read)
          .then((tile) => {
            pending--;
            clearTimeout(late);
            if (ended) return;
            if (tile === null) askNext();
            else end(() => resolve({ holder, tile }));
          })
          .catch((error: unknown) => {
            clearTimeout(late);
            if (!ended) end(() => reject(error instanceof Error ? error : new Error(String(error))));
          });
      };
      askNext();
    });
  }

  #state(holder: Holder): State {
    const state = this.#states.get(holder);
    if (state === undefined) throw new RangeError("a holder of another pool");
    return state;
  }

  /** The one with the least to do of those that say that they have it. */
  #next(upTo: number, asked: ReadonlySet<Holder>, among: readonly Holder[]): Holder | null {
    const able = [...this.#states].filter(
      ([holder, { index, refused, failures }]) =>
        !refused && failures < MOST_FAILURES && !asked.has(holder) && index.height >= upTo,
    );
    const rank = ([holder, { busy, slow }]: [Holder, State]): number =>
      busy + 4 * slow + (among.length === 0 || among.includes(holder) ? 0 : 1000);
    return able.sort((a, b) => rank(a) - rank(b))[0]?.[0] ?? null;
  }

  /** null: it has none, or failed, or is refused now. */
  async #ask<T>(holder: Holder, format: TileFormat, first: number, read: (bytes: Uint8Array) => T): Promise<T | null> {
    const state = this.#state(holder);
    state.busy++;
    try {
      const bytes = await this.#bytesOf(holder, format, first);
      state.failures = 0;
      state.failure = null;
      return bytes === null ? null : read(bytes);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof ParseError) this.refuse(holder, `its ${format} tile from block ${first}: ${error.message}`);
      else if (error instanceof BskError && error.kind === "refuted") this.refuse(holder, error.message);
      else if (error instanceof BskError && error.kind === "machine") {
        state.failure = error;
        if (++state.failures === MOST_FAILURES) this.#events.failed(holder.source.description, error);
      } else throw error;
      return null;
    } finally {
      state.busy--;
    }
  }

  async #bytesOf(holder: Holder, format: TileFormat, first: number): Promise<Uint8Array | null> {
    const { source } = holder;
    const state = this.#state(holder);
    const lastOf = ({ height }: TileIndex): number => Math.min(first + TILE_BLOCKS - 1, height);
    const asked = lastOf(state.index);
    const bytes = await this.#patiently(() => source.tile(format, first, asked));
    if (bytes !== null || asked === first + TILE_BLOCKS - 1) return bytes;
    // The last tile has grown since, and has another name.
    state.index = await source.index();
    return lastOf(state.index) === asked
      ? null
      : this.#patiently(() => source.tile(format, first, lastOf(state.index)));
  }

  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (const ms of AGAIN_MS) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof BskError) || error.rule !== "unreachable") throw error;
        await wait(ms, undefined, { signal: this.#signal });
      }
    }
    return ask();
  }
}

/** Works on items in their order, with the answers to some of the next ones already asked for. */
export async function* askedAhead<Item, Answer>(
  items: readonly Item[],
  width: number,
  ask: (item: Item) => Promise<Answer>,
): AsyncGenerator<readonly [Item, Answer], void, undefined> {
  const left = [...items];
  const asked: (readonly [Item, Promise<Answer>])[] = [];
  for (;;) {
    for (const item of left.splice(0, width - asked.length)) {
      const answer = ask(item);
      answer.catch(() => undefined); // told when its turn comes
      asked.push([item, answer]);
    }
    const next = asked.shift();
    if (next === undefined) return;
    yield [next[0], await next[1]];
  }
}
