/** A light server: answers out of the verified log, and keeps pin and log current from nodes and tiles. */
import { type ApiServer, serve, type ServerOptions } from "../../api/server.ts";
import { RequestTally } from "../../api/tally.ts";
import { BskError } from "../../errors.ts";
import type { Network } from "../../protocol/network-definition.ts";
import type { LightDirectory } from "../light-directory.ts";
import type { NodeClient } from "../node-client.ts";
import type { Pin } from "../pin.ts";
import type { PinBook } from "../pin-book.ts";
import { type PinnedLog, pinnedLog } from "../pinned-log.ts";
import type { LightNode, SyncStatus } from "./light-node.ts";
import { LogLists } from "./log-lists.ts";
import { offeredPin } from "./newer-pin.ts";
import { lightService } from "./service.ts";
import type { ZonefileFetcher } from "./zonefile-fetcher.ts";

export interface LightEvent {
  readonly level: "info" | "warn" | "error";
  /** A stable word. */
  readonly event: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

export interface LightServerOptions {
  readonly network: Network;
  readonly version: string;
  /** Opened again after each sync. */
  readonly openLight: () => LightDirectory;
  /** Opened again before each look: people add and remove pins while the server runs. */
  readonly openPins: () => Promise<PinBook>;
  /** Brings the log to a pin, under the directory's lock. */
  readonly sync: (pin: Pin) => Promise<void>;
  /** Asked for newer pins; empty: the pin moves by hand only. */
  readonly nodes: readonly NodeClient[];
  readonly zonefiles: ZonefileFetcher;
  readonly log: (event: LightEvent) => void;
}

/** Blocks after which a pin that the server moved to is written into the book as well: a day. */
const BOOKED_EVERY = 144;

export class LightServer {
  readonly #options: LightServerOptions;
  readonly #tally = new RequestTally();
  #pinned: PinnedLog | null = null;
  #lists: LogLists | null = null;
  #status: SyncStatus = { nodesHeight: null, syncing: false, trouble: null };
  #toldWord = -1;
  #damaged = false;

  constructor(options: LightServerOptions) {
    this.#options = options;
  }

  get pinned(): PinnedLog | null {
    return this.#pinned;
  }

  get status(): SyncStatus {
    return this.#status;
  }

  /** Answers what there is on disk. @throws BskError as `serve`; `refuted`, rule `pin-contradiction`, as `pinnedLog` */
  async listen(socket: Omit<ServerOptions, "failed">): Promise<ApiServer> {
    this.#open(await this.#options.openPins());
    const failed = (error: unknown, url: string): void => {
      this.#damaged ||= error instanceof BskError && error.rule === "light-damaged";
      const because = error instanceof Error ? error.message : String(error);
      this.#options.log({ level: "error", event: "request-failed", fields: { url, error: because } });
    };
    return serve(
      lightService(() => this.#node()),
      { ...socket, failed },
    );
  }

  #node(): Omit<LightNode, "lacks"> {
    const { network, version, zonefiles } = this.#options;
    return {
      network,
      version,
      tally: this.#tally,
      pinned: this.#pinned,
      lists: this.#lists,
      status: () => this.#status,
      zonefile: (hash) => zonefiles.get(hash),
      fetchZonefile: (hash) => zonefiles.fetch(hash),
      publishZonefile: (bytes) => zonefiles.publish(bytes),
    };
  }

  #open(book: PinBook): void {
    this.#pinned = pinnedLog(this.#options.openLight(), undefined, book);
    this.#lists = this.#pinned === null ? null : new LogLists(this.#pinned, this.#options.network);
  }

  /** One look for a newer pin, and the log brought to it. What goes wrong is told, and answers go on as they were. */
  async refresh(): Promise<void> {
    try {
      await this.#refresh();
      if (this.#status.trouble !== null) this.#options.log({ level: "info", event: "recovered", fields: {} });
      this.#status = { ...this.#status, syncing: false, trouble: null };
    } catch (error) {
      if (!(error instanceof BskError) || error.kind === "cancelled") throw error;
      const { message: trouble, kind, rule = "" } = error;
      if (trouble !== this.#status.trouble) {
        const level = kind === "refuted" ? "error" : "warn";
        this.#options.log({ level, event: "not-current", fields: { kind, rule, error: trouble } });
      }
      this.#status = { ...this.#status, syncing: false, trouble };
    }
  }

  async #refresh(): Promise<void> {
    const book = await this.#options.openPins();
    const target = await this.#target(book);
    const held = this.#pinned?.pin ?? null;
    const isThere = target === null || isSame(held ?? undefined, target);
    const damaged = this.#damaged;
    if (isThere && !damaged) {
      // Pins may have been added or removed by hand.
      this.#reopen(book);
      return;
    }
    const pin = target ?? held;
    if (pin === null) return;
    this.#status = { ...this.#status, syncing: true };
    await this.#options.sync(pin);
    this.#damaged = false;
    this.#reopen(book, damaged);
    this.#options.log({ level: "info", event: "synced", fields: { height: pin.height, source: pin.source.kind } });
    const booked = book.list().at(-1)?.height ?? -BOOKED_EVERY;
    if (pin.height >= booked + BOOKED_EVERY) await book.add(pin);
  }

  /** The best pin to be at: a newer one of the book, or what the nodes offer. null: nothing better than now. */
  async #target(book: PinBook): Promise<Pin | null> {
    const held = this.#pinned?.pin ?? null;
    const booked = book.current();
    const best = booked !== null && (held === null || booked.height > held.height) ? booked : held;
    const [first, ...rest] = this.#options.nodes;
    if (first === undefined) return best;
    const offer = await offeredPin([first, ...rest], best, book, this.#options.network);
    const height = offer.kind === "newer" ? offer.pin.height : offer.height;
    this.#status = { ...this.#status, nodesHeight: height };
    if (offer.kind === "newer") return offer.pin;
    if (offer.kind === "one-word" && this.#toldWord < 0) {
      this.#toldWord = height;
      this.#options.log({ level: "warn", event: "pin-not-taken", fields: { node: offer.url, height } });
    }
    return best;
  }

  /**
   * Leaves the log open where it is the same, unless it has to be read anew. Where it contradicts a pin that was added by
   * hand nothing is answered any longer: one of the two is wrong.
   */
  #reopen(book: PinBook, anew = false): void {
    const before = this.#pinned;
    let next: PinnedLog | null = null;
    try {
      next = pinnedLog(this.#options.openLight(), undefined, book);
    } catch (error) {
      this.#pinned = null;
      throw error;
    }
    const isUnchanged = isSame(before?.pin, next?.pin) && before?.pin.source.kind === next?.pin.source.kind;
    if (isUnchanged && !anew) return;
    this.#pinned = next;
    this.#lists = next === null ? null : new LogLists(next, this.#options.network);
  }
}

function isSame(a: Pin | undefined, b: Pin | undefined): boolean {
  return a?.height === b?.height && a?.consensusHash === b?.consensusHash;
}
