/** A full node, wired: store, following and API in one directory. */
import type { KnownBlocks } from "../chain/checked-headers.ts";
import type { BlockSource } from "../chain/source.ts";
import { isStorageFailure } from "../database/sqlite.ts";
import { BskError } from "../errors.ts";
import type { Name } from "../primitives/name.ts";
import type { Network } from "../protocol/network-definition.ts";
import { bnsMachine } from "../rules/machine.ts";
import type { ApiLimits } from "../api/limits.ts";
import type { NodeStatus } from "./api/api-node.ts";
import { serveApi } from "./api/server.ts";
import { catchUp, type Progress } from "./follow.ts";
import { HeightWaiters } from "./height-waiters.ts";
import { Interrupted, interruptible } from "./interruptible.ts";
import { readAllocation } from "./store/allocation-file.ts";
import { doubtsAt } from "./store/checkpoints.ts";
import type { NodeStore } from "./store/store.ts";
import { Tally } from "./tally.ts";
import { watcher, type Witness } from "./watcher.ts";
import { openWholeStore } from "./whole-store.ts";

/** One thing that happened, for structured logs. */
export interface NodeEvent {
  readonly level: "info" | "warn" | "error";
  /** A stable word: `indexed`, `reorg`, `checkpoint-differs`, `from-tiles`, `tiles-passed-over`, `tiles-ended`, `spent-scripts`, `fork-seen`, `rules-differ`, `witness-silent`, `source-trouble`, `source-back`, `standstill`, `request-failed`, `started`, `stopped`. */
  readonly event: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

export interface NodeOptions {
  readonly network: Network;
  /** Holds `node.db`, and the network's initial allocation of tokens if the user has it. The caller has locked it: one node per directory. */
  readonly directory: string;
  /** A source, or what makes one that is checked against the blocks which are stored. */
  readonly source: BlockSource | ((stored: KnownBlocks) => BlockSource);
  /** Names whose owners' announcements this node keeps. */
  readonly announcers?: readonly Name[];
  readonly host: string;
  readonly port: number;
  /** What strangers get; those that are not told are the default. */
  readonly limits?: Partial<ApiLimits>;
  /** Addresses of proxies whose `X-Forwarded-For` is believed. */
  readonly proxies?: readonly string[];
  readonly version: string;
  readonly log: (event: NodeEvent) => void;
  readonly progress: (at: Progress) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Between two looks at the source. */
  readonly pollMs?: number;
  /** The node ends where following its source would take more blocks back: see `catchUp`. 100 unless told. */
  readonly maxReorg?: number;
  /** Others who see the chain, compared with at each poll. */
  readonly witnesses?: readonly Witness[];
}

export interface RunningNode {
  readonly url: string;
  readonly store: NodeStore;
  /** Resolves when the height is indexed. @throws what ended the node, if it ends before. */
  waitForHeight(height: number): Promise<void>;
  /** Looks at the source now instead of at the next poll. */
  poke(): void;
  /** Resolves when the node has ended: by `stop`, or @throws what it cannot go on from (kind `refuted`, `bug`, …). */
  readonly ended: Promise<void>;
  /** Ends it cleanly: between two blocks, with the API closed and the database whole in its file. */
  stop(): Promise<void>;
}

const POLL_MS = 2_000;
/**
 * Coins that miners made are spendable 100 blocks later (Bitcoin consensus): whoever relies on less than that can lose.
 * The deepest reorg that Bitcoin saw took 53 blocks (August 2010).
 */
const MAX_REORG = 100;
/** Between two lines that only say how far a sync is. */
const LOG_MS = 250;
/** Longest pause between two looks at a source that does not answer. */
const MAX_PAUSE_MS = 60_000;

/** Starts serving at once and follows the source until it is stopped. @throws BskError `machine`, `refuted` */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { network, log, now, pollMs = POLL_MS, maxReorg = MAX_REORG } = options;
  const allocation = await readAllocation(options.directory, network);
  const store = openWholeStore(options.directory, network, allocation);
  const machine = bnsMachine(network, options.announcers, allocation);
  const stopping = new AbortController();
  const source = interruptible(
    typeof options.source === "function" ? options.source(store) : options.source,
    stopping.signal,
  );
  const watch = watcher({ store, witnesses: options.witnesses ?? [], log, now });
  const waiters = new HeightWaiters();
  const tally = new Tally();
  let toldAt = -Infinity;
  let wake: () => void = () => undefined;
  let poked = false;
  let state: Pick<NodeStatus, "indexing" | "sourceHeight" | "trouble"> = {
    indexing: true,
    sourceHeight: null,
    trouble: null,
  };
  const status = (): NodeStatus => ({
    ...state,
    source: source.description,
    spentScripts: source.spentScriptsMethod ?? null,
    forkWatch: watch.status(),
  });

  const api = await serveApi(
    { store, version: options.version, tally, status, now: () => Math.floor(now() / 1000) },
    {
      host: options.host,
      port: options.port,
      limits: options.limits ?? {},
      proxies: options.proxies ?? [],
      failed: (error, url) => log({ level: "error", event: "request-failed", fields: { url, error: String(error) } }),
    },
  ).catch((error: unknown) => {
    store.close();
    throw error;
  });
  log({ level: "info", event: "started", fields: { url: api.url, network: network.name, source: source.description } });

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        wake = () => undefined;
        resolve();
      }
      wake = done;
      if (poked || stopping.signal.aborted) done();
      poked = false;
    });

  const hashAt = store.consensusHashAt.bind(store);
  /** Says where the chain differs from what is only said of it. */
  const doubt = (height: number): void => {
    for (const { consensusHash } of doubtsAt(network, height, hashAt)) {
      const ours = hashAt(height) ?? "";
      log({ level: "warn", event: "checkpoint-differs", fields: { height, expected: consensusHash, ours } });
    }
  };

  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener("abort", () => resolve(), { once: true });
  });

  let spentScripts: string | null = null;
  /**
   * One look at the source. Outages are waited out; at an epoch that is not supported the node stands still and serves
   * what it has; what proves the source wrong ends it.
   */
  const look = async (failures: number): Promise<number> => {
    try {
      await watch.beforeFollowing(source);
      await catchUp({
        source,
        store,
        machine,
        signal: stopping.signal,
        clock: now,
        maxReorg,
        events: {
          progress: (at) => {
            state = { ...state, sourceHeight: at.target + network.confirmations, indexing: at.height < at.target };
            options.progress(at);
            if (at.height >= at.target || now() - toldAt >= LOG_MS) {
              toldAt = now();
              log({ level: "info", event: "indexed", fields: { height: at.height, target: at.target } });
            }
            waiters.reach(at.height);
          },
          stored: ({ height, accepted, rejected }) => {
            tally.operations(accepted.length, rejected.length);
            doubt(height);
          },
          reorg: ({ forkHeight, depth }) => {
            tally.reorg(depth);
            log({ level: "warn", event: "reorg", fields: { forkHeight, depth } });
          },
        },
      });
      if (source.spentScriptsMethod !== spentScripts) {
        spentScripts = source.spentScriptsMethod ?? null;
        log({
          level: "info",
          event: "spent-scripts",
          fields: { source: source.description, method: spentScripts ?? "none" },
        });
      }
      watch.afterFollowing();
      const { height } = await source.tip();
      if (failures > 0) log({ level: "info", event: "source-back", fields: { source: source.description } });
      const behind = (store.tip()?.height ?? network.firstBlock - 1) < height - network.confirmations;
      state = { ...state, sourceHeight: height, trouble: null, indexing: behind };
      return 0;
    } catch (error) {
      if (error instanceof Interrupted) return failures;
      // The source can come back; a disk that is full or a file that is damaged is the operator's.
      if (!(error instanceof BskError) || error.kind !== "machine" || isStorageFailure(error)) throw error;
      state = { ...state, trouble: error.message };
      waiters.reach(store.tip()?.height ?? -1); // blocks before the one that failed were kept
      if (error.rule === "epoch-not-supported") {
        // No later look will help. What is indexed stays true, and is served.
        log({
          level: "error",
          event: "standstill",
          fields: { height: store.tip()?.height ?? -1, error: error.message },
        });
        await stopped;
        return failures;
      }
      log({ level: "warn", event: "source-trouble", fields: { error: error.message, attempt: failures + 1 } });
      return failures + 1;
    }
  };

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      failures = await look(failures);
      await pause(failures === 0 ? pollMs : Math.min(pollMs * 2 ** Math.min(failures, 10), MAX_PAUSE_MS));
    }
  };
  const ended = run()
    .catch((error: unknown) => {
      waiters.fail(error);
      throw error;
    })
    .finally(async () => {
      watch.stop();
      await api.stop();
      store.close();
      waiters.fail(new BskError("machine", "the node was stopped"));
      log({ level: "info", event: "stopped", fields: {} });
    });
  ended.catch(() => undefined); // told to whoever asks; nobody has to

  return {
    url: api.url,
    store,
    ended,
    waitForHeight: async (height) => {
      if ((store.tip()?.height ?? -1) < height) await waiters.wait(height);
    },
    poke: () => {
      poked = true;
      wake();
    },
    stop: async () => {
      stopping.abort();
      wake();
      await ended.catch(() => undefined);
    },
  };
}
