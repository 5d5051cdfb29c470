/**
 * Block files as a source that looks through its blocks on other cores: threads read and scan portions of blocks while
 * this one applies what they found. Memory is bounded by the portions that are under way, whatever the chain's length.
 */
import { availableParallelism } from "node:os";
import type { BlockFiles } from "../chain/block-files/block-files.ts";
import type { LocatedBlock } from "../chain/block-files/block-reader.ts";
import type { BlockSource, Marks, ScannedBlock } from "../chain/source.ts";
import { blockHeight } from "../primitives/units.ts";
import { ownThread, type Scanned, type ScanThread, workerThread } from "./scan-thread.ts";

export interface BlockFileSourceOptions {
  readonly files: BlockFiles;
  /** Threads beside this one; 0: this one does it all. */
  readonly threads: number;
  /** Check the Merkle root of every block, not only of those that carry operations. */
  readonly checkMerkle: boolean;
}

/** Beyond these the disk is busy. */
const MAX_THREADS = 4;

/** Threads for the cores at hand: as many, for the one that applies has less to do than they have. */
export function usualThreads(): number {
  const cores = availableParallelism();
  return cores === 1 ? 0 : Math.min(MAX_THREADS, cores);
}

/** Bytes of blocks in one portion, */
const PORTION_BYTES = 4 * 1024 * 1024;
/** and how many blocks, where they are small. */
const PORTION_BLOCKS = 1000;
/** Portions under way for each thread: enough to be busy with while this one stores a batch. */
const DEPTH = 6;
/** So few blocks are not worth the start of a thread. */
const FEW_BLOCKS = 100;

/** The source; its scans start threads and end them. */
export function blockFileSource({ files, threads, checkMerkle }: BlockFileSourceOptions): BlockSource {
  return {
    description: files.description,
    spentScriptsMethod: files.spentScriptsMethod,
    tip: () => files.tip(),
    blockHashAt: (height) => files.blockHashAt(height),
    headerAt: (height) => files.locate(height),
    rawBlock: (hash) => files.rawBlock(hash),
    spentScripts: (inBlock, outpoints) => files.spentScripts(inBlock, outpoints),
    scan: (marks, from, to) => {
      const count = to - from < FEW_BLOCKS ? 0 : threads;
      return scanInOrder(files, { directory: files.directory, marks, checkMerkle }, count, from, to);
    },
  };
}

interface Portion {
  readonly blocks: readonly LocatedBlock[];
  readonly scanned: Promise<Scanned>;
}

async function* scanInOrder(
  files: BlockFiles,
  settings: { readonly directory: BlockFiles["directory"]; readonly marks: Marks; readonly checkMerkle: boolean },
  count: number,
  from: number,
  to: number,
): AsyncGenerator<ScannedBlock, void, undefined> {
  const threads: ScanThread[] = [];
  const underWay: Portion[] = [];
  let next = from;
  let turn = 0;
  try {
    for (let i = 0; i < count; i++) threads.push(workerThread(settings));
    if (threads.length === 0) threads.push(ownThread(settings));
    for (;;) {
      while (underWay.length < DEPTH * threads.length && next <= to) {
        const blocks = await portionOf(files, next, to);
        if (blocks.length === 0) break; // the chain has become shorter
        next += blocks.length;
        const scanned = threads[turn++ % threads.length]?.scan(blocks) ?? Promise.resolve([]);
        // One that fails behind an earlier failure is never awaited, and must not count as unhandled.
        scanned.catch(() => undefined);
        underWay.push({ blocks, scanned });
      }
      const portion = underWay.shift();
      if (portion === undefined) return;
      const scanned = await portion.scanned;
      for (const [i, { height, hash, previousHash, time }] of portion.blocks.entries()) {
        yield { height, hash, previousHash, time, candidates: scanned[i] ?? [] };
      }
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.close()));
  }
}

/** The next blocks, as many as make a portion. */
async function portionOf(files: BlockFiles, from: number, to: number): Promise<LocatedBlock[]> {
  const blocks: LocatedBlock[] = [];
  let bytes = 0;
  for (let height = from; height <= to && bytes < PORTION_BYTES && blocks.length < PORTION_BLOCKS; height++) {
    const block = await files.locate(blockHeight(height));
    if (block === null) break;
    blocks.push(block);
    bytes += block.place.size;
  }
  return blocks;
}
