/** Fetching a block and what the rules need to know beside it, before anything is applied. */
import { parseHeader } from "../bitcoin/header.ts";
import type { BlockSource, Marks } from "../chain/source.ts";
import { BskError, ParseError } from "../errors.ts";
import type { BlockHash } from "../primitives/hash.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import { findCandidates, spentOutpoints } from "../virtualchain/candidates.ts";
import type { CandidateBlock } from "../virtualchain/index-block.ts";
import { nativeSearch } from "./scan.ts";

/** Blocks that are fetched while an earlier one is applied: older nodes refuse more than 16 requests at once. */
const PREFETCH_BLOCKS = 12;
/** No more are fetched than this, going by the largest of the last ones: bounds memory to a few times as much. */
const PREFETCH_BYTES = 24 * 1024 * 1024;
/** How fast a large block is forgotten. */
const FORGET = 0.9;

/** The block with this hash, its candidates and the scripts that they spend. @throws BskError as the source does. */
export async function loadBlock(
  source: BlockSource,
  marks: Marks,
  height: BlockHeight,
  hash: BlockHash,
  fetched: (bytes: number) => void = () => undefined,
): Promise<CandidateBlock> {
  const raw = await source.rawBlock(hash);
  fetched(raw.length);
  try {
    const { previousHash, time } = parseHeader(raw);
    const found = findCandidates(raw, marks.magic, marks.opcodes, nativeSearch);
    const outpoints = found.map(spentOutpoints);
    const scripts = found.length === 0 ? [] : await source.spentScripts(hash, outpoints.flat());
    let next = 0;
    const candidates = found.map((candidate, i) => {
      const spentScripts = scripts.slice(next, (next += outpoints[i]?.length ?? 0));
      return { ...candidate, spentScripts };
    });
    return { height, hash, previousHash, time, candidates };
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new BskError("refuted", `block ${height} from ${source.description} is no block`, { cause });
  }
}

/**
 * The blocks of the source's best chain from one height to another, in order, a few fetched ahead.
 * Ends early where the source's chain ends early: it changed while we read.
 */
export function loadBlocks(
  source: BlockSource,
  marks: Marks,
  from: number,
  to: number,
): AsyncGenerator<CandidateBlock, void, undefined> {
  return (
    source.scan?.({ magic: marks.magic, opcodes: marks.opcodes }, from, to) ?? fetchBlocks(source, marks, from, to)
  );
}

async function* fetchBlocks(
  source: BlockSource,
  marks: Marks,
  from: number,
  to: number,
): AsyncGenerator<CandidateBlock, void, undefined> {
  let largest = 0;
  const fetched = (bytes: number): void => {
    largest = Math.max(bytes, FORGET * largest);
  };
  const load = async (height: number): Promise<CandidateBlock | null> => {
    const hash = await source.blockHashAt(blockHeight(height));
    return hash === null ? null : loadBlock(source, marks, blockHeight(height), hash, fetched);
  };
  const ahead: Promise<CandidateBlock | null>[] = [];
  let next = from;
  const fill = (): void => {
    while (ahead.length < PREFETCH_BLOCKS && next <= to) {
      if (ahead.length > 0 && (ahead.length + 1) * largest > PREFETCH_BYTES) return;
      const promise = load(next++);
      // One that fails behind an earlier failure is never awaited, and must not count as unhandled.
      promise.catch(() => undefined);
      ahead.push(promise);
    }
  };
  fill();
  while (ahead.length > 0) {
    const block = await ahead.shift();
    if (block === null || block === undefined) return;
    yield block;
    fill();
  }
}
