/** Following a chain for ever: every block of the best chain is indexed once, in order, and taken back when it leaves. */
import type { BlockSource } from "../chain/source.ts";
import { BskError } from "../errors.ts";
import type { BnsMachine } from "../rules/machine.ts";
import { appendBlock } from "../virtualchain/engine.ts";
import type { CandidateBlock } from "../virtualchain/index-block.ts";
import type { IndexedBlock } from "../virtualchain/store.ts";
import { loadBlocks } from "./load.ts";
import { findReorg, type ReorgOutcome } from "./reorg.ts";
import { inShortTransactions } from "./short-transactions.ts";
import type { NodeStore } from "./store/store.ts";

export interface FollowOptions {
  readonly source: BlockSource;
  readonly store: NodeStore;
  readonly machine: BnsMachine;
  /** Ends the following, between two blocks. */
  readonly signal: AbortSignal;
  readonly events: FollowEvents;
  /** Milliseconds, from any start: for speeds and batches. */
  readonly clock: () => number;
  /** A reorg that takes back more blocks is left to the operator; without it, every reorg is followed. */
  readonly maxReorg?: number;
}

/** What happens, told as it happens. */
export interface FollowEvents {
  /** Blocks were stored; `target` is the last height that can be indexed now. */
  readonly progress: (at: Progress) => void;
  readonly reorg: (outcome: Extract<ReorgOutcome, { kind: "reorg" }>) => void;
  /** What a block that is stored came to. */
  readonly stored?: (block: Pick<IndexedBlock<unknown, unknown>, "height" | "accepted" | "rejected">) => void;
}

export interface Progress {
  readonly height: number;
  readonly target: number;
  /** Since this pass began. */
  readonly blocksPerSecond: number;
  /** Seconds to the target at this speed; 0 when it is reached. */
  readonly secondsLeft: number;
}

/** Blocks of a first sync are gathered until there are so many operations, */
const BATCH_OPERATIONS = 1000;
/** so many blocks, which stay in memory where they hold operations, */
const BATCH_BLOCKS = 64;
/** or so many milliseconds, which a killed process does again. They are stored in short transactions. */
const BATCH_MS = 1000;

/** How often a pass starts over because the chain changed under it. */
const MAX_UNLINKED = 5;

/**
 * One pass: back to the last common block if the chain changed, then forward to `tip - confirmations`.
 * Answers the height that was reached, null where the chain has not come to the network's first block.
 * @throws BskError of kind `machine` when the source fails, of kind `refuted` when its blocks do not link, of kind
 *   `unproven` (rule `reorg-too-deep`) when its chain asks for more than `maxReorg` blocks to be taken back.
 */
export async function catchUp(options: FollowOptions): Promise<number | null> {
  const { source, store, machine, signal, events, clock } = options;
  const { firstBlock, confirmations } = store.network;
  let unlinked = 0;
  while (!signal.aborted) {
    const outcome = await findReorg(store, source, firstBlock);
    if (outcome.kind === "source-behind") break;
    if (outcome.kind === "reorg") {
      refuseTooDeep(outcome, options);
      const steps = Array.from({ length: outcome.depth }, () => () => store.rollBack());
      await inShortTransactions(steps, { store, clock, stored: () => undefined });
      events.reorg(outcome);
    }
    const target = (await source.tip()).height - confirmations;
    const from = (store.tip()?.height ?? firstBlock - 1) + 1;
    const start = clock();
    const report = (height: number): void => {
      const seconds = (clock() - start) / 1000;
      const blocksPerSecond = seconds > 0 ? (height - from + 1) / seconds : 0;
      const secondsLeft = blocksPerSecond > 0 ? (target - height) / blocksPerSecond : 0;
      events.progress({ height, target, blocksPerSecond, secondsLeft });
    };
    const linked = await indexAll(loadBlocks(source, machine, from, target), options, report);
    if (linked) break;
    // The chain changed while we read it. Once is a race; again and again is a source that contradicts itself.
    if (++unlinked > MAX_UNLINKED) {
      throw new BskError("refuted", `${source.description} gives blocks that do not follow each other`);
    }
  }
  return store.tip()?.height ?? null;
}

/**
 * A chain that parts from ours far back is more likely a wrong node than a real reorg, and taking back what is indexed is
 * days of work: which of the two it is, the node cannot know.
 */
function refuseTooDeep(
  { forkHeight, depth }: Extract<ReorgOutcome, { kind: "reorg" }>,
  { source, maxReorg = Infinity }: FollowOptions,
): void {
  if (depth <= maxReorg) return;
  const where = `left our chain at block ${forkHeight}, ${depth} blocks back`;
  throw new BskError("unproven", `${source.description} ${where}, and at most ${maxReorg} are taken back`, {
    rule: "reorg-too-deep",
    hint: `see whether the Bitcoin node is on the right chain; --max-reorg ${depth} follows it`,
  });
}

/** Stores the blocks, many in one transaction while they come fast. False where one does not follow the stored tip. */
async function indexAll(
  blocks: AsyncGenerator<CandidateBlock, void, undefined>,
  { store, machine, signal, clock, events }: FollowOptions,
  report: (height: number) => void,
): Promise<boolean> {
  let flushed = clock();
  let batch: CandidateBlock[] = [];
  let operations = 0;
  let last = store.tip()?.hash ?? null;
  const flush = async (): Promise<void> => {
    const blocks = batch;
    batch = [];
    operations = 0;
    flushed = clock();
    const came: Parameters<NonNullable<FollowEvents["stored"]>>[0][] = [];
    const steps = blocks.map((block, i) => () => {
      came[i] = appendBlock(machine, store, block, store.network.firstBlock);
    });
    let told = 0;
    const stored = (count: number): void => {
      for (const block of came.slice(told, count)) events.stored?.(block);
      told = count;
      const height = blocks[count - 1]?.height;
      if (height !== undefined) report(height);
    };
    await inShortTransactions(steps, { store, clock, stored });
  };
  try {
    for await (const block of blocks) {
      if (signal.aborted) break;
      if (last !== null && block.previousHash !== last) return false;
      last = block.hash;
      batch.push(block);
      operations += block.candidates.length;
      const full = batch.length >= BATCH_BLOCKS || operations >= BATCH_OPERATIONS || clock() - flushed >= BATCH_MS;
      if (full) await flush();
    }
    return true;
  } finally {
    // What was read is linked and good, whether the source failed, the chain changed or the user stopped us.
    await flush();
  }
}
