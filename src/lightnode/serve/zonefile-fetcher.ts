/** Zone files for a server: from disk, else from nodes, each asked for once at a time, and not again at once where none has it. */
import { setTimeout as wait } from "node:timers/promises";
import { hash160 } from "../../primitives/digest.ts";
import { type ZonefileHash, zonefileHash } from "../../primitives/hash.ts";
import { BskError } from "../../errors.ts";
import type { NodeClient } from "../node-client.ts";
import { findZonefile } from "../zonefile-search.ts";
import type { ZonefileStore } from "../zonefile-store.ts";

/** A client waits so long for a node; the file is kept when it comes later. */
const PATIENCE_MS = 4000;
/** Who was told that there is none is told so again for this long. */
const NOT_AGAIN_MS = 15_000;
/** Questions to nodes at the same time, and hashes that are remembered as missing. */
const MOST_AT_ONCE = 16;
const MOST_MISSING = 10_000;

export class ZonefileFetcher {
  readonly #store: ZonefileStore;
  readonly #nodes: readonly Pick<NodeClient, "url" | "zonefile" | "putZonefile">[];
  readonly #now: () => number;
  readonly #asked = new Map<ZonefileHash, Promise<void>>();
  readonly #missing = new Map<ZonefileHash, number>();

  /** `now`: milliseconds. */
  constructor(
    store: ZonefileStore,
    nodes: readonly Pick<NodeClient, "url" | "zonefile" | "putZonefile">[],
    now: () => number,
  ) {
    this.#store = store;
    this.#nodes = nodes;
    this.#now = now;
  }

  get(hash: ZonefileHash): Uint8Array | null {
    return this.#store.get(hash);
  }

  /** Resolves when the file is there, when it is known that nobody gives it, or when the client has waited enough. */
  fetch(hash: ZonefileHash): Promise<void> {
    const missing = this.#missing.get(hash);
    if (missing !== undefined && this.#now() - missing < NOT_AGAIN_MS) return Promise.resolve();
    let asked = this.#asked.get(hash);
    if (asked === undefined) {
      if (this.#asked.size >= MOST_AT_ONCE) return Promise.resolve();
      asked = this.#ask(hash).finally(() => this.#asked.delete(hash));
      this.#asked.set(hash, asked);
    }
    const patience = new AbortController();
    const enough = wait(PATIENCE_MS, undefined, { signal: patience.signal, ref: false }).catch(() => undefined);
    return Promise.race([asked, enough]).finally(() => patience.abort());
  }

  /** A liar or an outage among the nodes is as good as a node that has nothing: no client waits for the reason. */
  async #ask(hash: ZonefileHash): Promise<void> {
    const found = await findZonefile(hash, { store: this.#store, nodes: this.#nodes }).catch((error: unknown) => {
      if (error instanceof BskError) return null;
      throw error;
    });
    this.#missing.delete(hash);
    if (found !== null) return;
    this.#missing.set(hash, this.#now());
    for (const oldest of this.#missing.keys()) {
      if (this.#missing.size <= MOST_MISSING) break;
      this.#missing.delete(oldest);
    }
  }

  /** Hands a file to every node; kept here if one of them takes it. */
  async publish(bytes: Uint8Array): Promise<void> {
    const outcomes = await Promise.allSettled(this.#nodes.map((node) => node.putZonefile(bytes)));
    if (!outcomes.some(({ status }) => status === "fulfilled")) return;
    const hash = zonefileHash.of(hash160(bytes));
    this.#missing.delete(hash);
    this.#store.put(hash, bytes);
  }
}
