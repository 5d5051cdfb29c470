/** The fork watch at work: asks the source that is followed, and second ones beside it, at each poll. */
import { BskError } from "../errors.ts";
import type { BlockHash, ConsensusHash } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { compare, type Comparison, type Follower, followersOf, type Hashes, type Sighting } from "./fork-watch.ts";
import type { NodeEvent } from "./node.ts";
import type { NodeStore } from "./store/store.ts";

/** Somebody else who sees the chain: a Bitcoin source, or another node of this network. */
export interface Witness {
  readonly description: string;
  /** null above its tip. @throws BskError `machine` where it does not answer */
  blockHashAt(height: BlockHeight): Promise<BlockHash | null>;
  /** Of a node; a Bitcoin source has none. */
  readonly consensusHashAt?: (height: BlockHeight) => Promise<ConsensusHash | null>;
}

/** What the watch has seen: for `/metrics`, `/v2/info` and `bsk node status`. */
export interface ForkWatchStatus {
  /** Heights of the lagging followers, nearest first. */
  readonly followers: readonly number[];
  /** Of the chain that is followed, since the node was started; null before the first. */
  readonly lastReorg: SeenReorg | null;
  /** Blocks that the deepest of them took back; 0 before the first. */
  readonly deepestReorg: number;
  readonly witnesses: readonly SeenWitness[];
}

export interface SeenReorg {
  /** The last common block. */
  readonly forkHeight: number;
  readonly depth: number;
  /** Seconds since 1970. */
  readonly at: number;
}

export interface SeenWitness {
  readonly source: string;
  readonly verdict: Comparison["kind"] | "silent";
  /** Where it agrees; the last common block of a fork; the first block with other operations. Null where there is none. */
  readonly height: number | null;
  /** Blocks of ours that it does not share: above the fork, or from the difference in rules on. */
  readonly depth: number;
}

export interface Watcher {
  status(): ForkWatchStatus;
  /** Before blocks are taken back: has the chain that is followed left what the followers kept? */
  beforeFollowing(source: Witness): Promise<void>;
  /**
   * After blocks were indexed: the followers move up, and the other witnesses are asked, unless they still are. Nobody
   * waits for them: a slow witness must not slow the node.
   */
  afterFollowing(): void;
  /** Nothing more is asked or told. */
  stop(): void;
}

export interface WatchOptions {
  readonly store: NodeStore;
  readonly witnesses: readonly Witness[];
  readonly log: (event: NodeEvent) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function watcher({ store, witnesses, log, now }: WatchOptions): Watcher {
  const { firstBlock } = store.network;
  let stopped = false;
  let asking = false;
  const hashesAt = (height: number): Hashes | null => {
    const block = stopped ? null : store.queries.block(height);
    return block === null ? null : { blockHash: block.hash, consensusHash: block.consensusHash };
  };
  const followersNow = (): Follower[] => followersOf(store.tip()?.height ?? firstBlock - 1, firstBlock, hashesAt);
  let followers = followersNow();
  let lastReorg: SeenReorg | null = null;
  let deepestReorg = 0;
  let seen: readonly SeenWitness[] = witnesses.map(({ description: source }) => ({
    source,
    verdict: "silent",
    height: null,
    depth: 0,
  }));

  /** One witness, asked; a change of its verdict is told. */
  const look = async (witness: Witness, before: SeenWitness | undefined): Promise<SeenWitness> => {
    const tip = store.tip()?.height ?? firstBlock - 1;
    const outcome = await ask(compare(followers, firstBlock, hashesAt), witness).catch(silence);
    const now = seenAs(witness, tip, outcome);
    if (stopped) return now;
    if (now.verdict !== before?.verdict || now.depth > before.depth) tell(now);
    return now;
  };
  const tell = ({ source, verdict, height, depth }: SeenWitness): void => {
    const fields = { source, ...(height === null ? {} : { height }), depth };
    if (verdict === "fork") log({ level: "warn", event: "fork-seen", fields });
    else if (verdict === "rules") log({ level: "error", event: "rules-differ", fields });
    else if (verdict === "silent") log({ level: "warn", event: "witness-silent", fields: { source } });
  };

  return {
    status: () => ({ followers: followers.map(({ height }) => height), lastReorg, deepestReorg, witnesses: seen }),
    beforeFollowing: async (source) => {
      const tip = store.tip();
      if (tip === null) return;
      // The tip itself may have left: a reorg of one block, which no follower sees.
      const top = hashesAt(tip.height);
      const whole = top === null ? followers : [{ height: tip.height, ...top }, ...followers];
      const outcome = await ask(compare(whole, firstBlock, hashesAt), source);
      if (outcome.kind !== "fork") return;
      const { forkHeight } = outcome;
      const depth = tip.height - forkHeight;
      lastReorg = { forkHeight, depth, at: Math.floor(now() / 1000) };
      deepestReorg = Math.max(deepestReorg, depth);
      log({ level: "warn", event: "fork-seen", fields: { source: source.description, height: forkHeight, depth } });
    },
    afterFollowing: () => {
      followers = followersNow();
      if (asking) return;
      asking = true;
      const round = Promise.all(witnesses.map((witness, i) => look(witness, seen[i])));
      round
        .then((now) => (seen = now))
        .catch((error: unknown) => {
          if (!stopped) log({ level: "error", event: "watch-failed", fields: { error: String(error) } });
        })
        .finally(() => (asking = false));
    },
    stop: () => {
      stopped = true;
    },
  };
}

/** A witness that is out is no news about the chain. */
function silence(error: unknown): null {
  if (error instanceof BskError && (error.kind === "machine" || error.kind === "refuted" || error.kind === "usage"))
    return null;
  throw error;
}

async function ask(search: Generator<number, Comparison, Sighting>, witness: Witness): Promise<Comparison> {
  let step = search.next();
  while (step.done !== true) step = search.next(await sighting(witness, step.value as BlockHeight));
  return step.value;
}

async function sighting(witness: Witness, height: BlockHeight): Promise<Sighting> {
  const blockHash = await witness.blockHashAt(height);
  if (blockHash === null) return null;
  return { blockHash, consensusHash: (await witness.consensusHashAt?.(height)) ?? null };
}

function seenAs({ description: source }: Witness, tip: number, outcome: Comparison | null): SeenWitness {
  switch (outcome?.kind) {
    case undefined:
      return { source, verdict: "silent", height: null, depth: 0 };
    case "behind":
      return { source, verdict: "behind", height: null, depth: 0 };
    case "agrees":
      return { source, verdict: "agrees", height: outcome.height, depth: 0 };
    case "fork":
      return { source, verdict: "fork", height: outcome.forkHeight, depth: tip - outcome.forkHeight };
    case "rules":
      return { source, verdict: "rules", height: outcome.height, depth: tip - outcome.height + 1 };
  }
}
