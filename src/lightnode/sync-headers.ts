/** Brings the headers that are held to the tip of a source, checking each. */
import { firstAncestorNeeded } from "../bitcoin/difficulty.ts";
import { HeaderChain } from "../bitcoin/header-chain.ts";
import { headerAt, type HeaderFile, landmarkOf, lastHeight } from "../bitcoin/header-file.ts";
import { HEADER_SIZE, parseHeader } from "../bitcoin/header.ts";
import { workOfBits } from "../bitcoin/target.ts";
import type { HeaderedSource } from "../chain/source.ts";
import { BskError } from "../errors.ts";
import { concat } from "../primitives/bytes.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import { type Headers, headersOf } from "./headers.ts";

/** Headers that are asked for at once; the most that REST gives. */
const PORTION = 2000;
/** Headers after which what was got is kept, so that a kill loses no more. */
const KEEP_EVERY = 50_000;
/** How often we start over because the chain changed between two questions. */
const MAX_RACES = 5;

export interface HeaderSync {
  /** Told after each portion. */
  readonly progress: (height: number, of: number) => void;
  /** Keeps what was checked so far. */
  readonly keep: (headers: Headers) => Promise<void>;
}

/**
 * What is kept at the end: the source's chain from the checkpoint, or block 0 where the network starts before it.
 * @throws BskError `refuted` for a header that cannot be, or a chain with less work than the one held (rule `less-work`)
 */
export async function syncHeaders(
  source: HeaderedSource,
  { bitcoin, firstBlock }: Pick<Network, "bitcoin" | "firstBlock">,
  held: Headers | null,
  { progress, keep }: HeaderSync,
): Promise<Headers> {
  let best = held;
  for (let races = 0; races <= MAX_RACES; races++) {
    const tip = (await source.tip()).height;
    const common = best === null ? null : await lastCommon(source, best, tip);
    const begun =
      best === null || common === null ? await beginning(source, bitcoin, firstBlock) : cut(best.file, common);
    const adds = best === null || lastHeight(begun) === best.last.height;
    const reached = async (file: HeaderFile): Promise<void> => {
      if (adds) await keep((best = headersOf(file)));
    };
    const found = await extended(begun, bitcoin, source, { tip, reached, progress });
    if (found === null) continue;
    if (held !== null) checkWork(held.file, found, lastHeight(begun), source);
    const done = headersOf(found);
    await keep(done);
    return done;
  }
  throw refusal(source, "headers that do not follow each other", "not-linked");
}

/** The headers and those behind them up to the tip; null: the chain changed meanwhile. @throws BskError `refuted` */
async function extended(
  begun: HeaderFile,
  bitcoin: Network["bitcoin"],
  source: HeaderedSource,
  {
    tip,
    reached,
    progress,
  }: Pick<HeaderSync, "progress"> & {
    readonly tip: number;
    readonly reached: (file: HeaderFile) => Promise<void>;
  },
): Promise<HeaderFile | null> {
  const chain = chainOf(begun, bitcoin);
  const parts = [begun.headers];
  const grown = (): HeaderFile => ({ first: begun.first, headers: concat(...parts) });
  for (let next = chain.height + KEEP_EVERY; chain.height < tip;) {
    const portion = await source.headers(blockHeight(chain.height + 1), Math.min(PORTION, tip - chain.height));
    if (portion.length === 0 || !append(chain, portion.slice(0, tip - chain.height), parts, source)) return null;
    chain.forgetBelow(chain.height);
    progress(chain.height, tip);
    if (chain.height < next) continue;
    next = chain.height + KEEP_EVERY;
    await reached(grown());
  }
  return grown();
}

/** Adds headers of the source. false: they are of another branch by now. @throws BskError `refuted` */
function append(
  chain: HeaderChain,
  portion: readonly Uint8Array[],
  parts: Uint8Array[],
  source: HeaderedSource,
): boolean {
  for (const bytes of portion) {
    if (bytes.length !== HEADER_SIZE) throw refusal(source, `${bytes.length} bytes as a header`, "not-a-header");
    const fault = chain.append(parseHeader(bytes));
    if (fault === "not-linked") return false;
    if (fault !== null) throw refusal(source, `a header at ${chain.height + 1} that cannot be: ${fault}`, fault);
    parts.push(bytes);
  }
  return true;
}

/** The headers up to the block that the chain is known by. @throws BskError `refuted`, rule `wrong-chain` */
async function beginning(source: HeaderedSource, bitcoin: Network["bitcoin"], firstBlock: number): Promise<HeaderFile> {
  const { checkpoint } = bitcoin;
  const landmark = landmarkOf(bitcoin, checkpoint !== null && checkpoint.height < firstBlock ? checkpoint.height : 0);
  const headers: Uint8Array[] = [];
  while (headers.length <= landmark.height - landmark.starts) {
    const from = landmark.starts + headers.length;
    const portion = await source.headers(blockHeight(from), Math.min(PORTION, landmark.height - from + 1));
    if (portion.length === 0) {
      throw new BskError("machine", `${source.description} has not come to block ${landmark.height} yet`, {
        rule: "source-behind",
      });
    }
    headers.push(...portion.slice(0, landmark.height - from + 1));
  }
  let expected: string = landmark.hash;
  for (const bytes of headers.toReversed()) {
    if (bytes.length !== HEADER_SIZE) throw refusal(source, `${bytes.length} bytes as a header`, "not-a-header");
    const { hash, previousHash } = parseHeader(bytes);
    if (hash !== expected)
      throw refusal(source, `another chain: block ${landmark.height} is not "${landmark.hash}"`, "wrong-chain");
    expected = previousHash;
  }
  return { first: landmark.starts, headers: concat(...headers) };
}

/** A block that both have, probed at growing distances from the last; null: none above where ours start. */
async function lastCommon(source: HeaderedSource, { file, hashAt }: Headers, tip: number): Promise<BlockHeight | null> {
  const top = Math.min(lastHeight(file), tip);
  for (let step = 0; top - step > file.first; step = Math.max(1, 2 * step)) {
    const height = blockHeight(top - step);
    if ((await source.blockHashAt(height)) === hashAt(height)) return height;
  }
  return null;
}

function cut({ first, headers }: HeaderFile, height: number): HeaderFile {
  return { first, headers: headers.subarray(0, (height - first + 1) * HEADER_SIZE) };
}

/** A chain that goes on behind a file that was checked. */
function chainOf(file: HeaderFile, bitcoin: Network["bitcoin"]): HeaderChain {
  const last = lastHeight(file);
  const from = Math.max(file.first, firstAncestorNeeded(last + 1));
  const run = Array.from({ length: last - from + 1 }, (_, i) => parseHeader(headerAt(file, from + i) as Uint8Array));
  return new HeaderChain(bitcoin, from, run);
}

/** The work of a file's headers above a height. */
function workAbove(file: HeaderFile, height: number): bigint {
  let work = 0n;
  for (let at = height + 1; at <= lastHeight(file); at++) {
    work += workOfBits(parseHeader(headerAt(file, at) as Uint8Array).bits);
  }
  return work;
}

function checkWork(held: HeaderFile, found: HeaderFile, common: number, source: HeaderedSource): void {
  if (workAbove(found, common) >= workAbove(held, common)) return;
  throw refusal(source, `a chain with less work than the headers held have above block ${common}`, "less-work");
}

function refusal(source: HeaderedSource, what: string, rule: string): BskError {
  return new BskError("refuted", `${source.description} gave ${what}`, { rule });
}
