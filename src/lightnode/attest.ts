/** A pin out of the Bitcoin chain itself: the history that those saw who burnt coins on it. */
import type { BlockSource } from "../chain/source.ts";
import { isNameRecord } from "../ops/hashed-record.ts";
import type { ConsensusHash, Txid } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import { blockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Anchor } from "../verify/anchor.ts";
import { type Outcome, proven, refuted, unproven } from "../verify/outcome.ts";
import type { CandidateHistory } from "./candidate-history.ts";
import { blocksOf, type EmbeddedHash, embeddedHashesOf } from "./embedded-hashes.ts";
import {
  judgeTally,
  readEmbedded,
  type Reading,
  type Tally,
  tallyAt,
  type TallyVerdict,
  type Threshold,
} from "./tally.ts";

/** Blocks below the last that a pin is taken at the highest: a shallow reorganisation does not spoil it. */
const DEPTH = 3;

/** What the chain says of one history. */
export interface Attestation {
  /** The highest attested pair; where there is none, the one that the tally is of. */
  readonly pin: Anchor;
  readonly verdict: TallyVerdict;
  readonly tally: Tally;
}

/** The hashes embedded in the blocks from one height to another. @throws BskError as the source does */
export async function gatherEmbedded(
  source: BlockSource,
  network: Network,
  range: { readonly from: number; readonly to: number },
  read: (height: number) => void,
): Promise<readonly EmbeddedHash[]> {
  const found: EmbeddedHash[] = [];
  for await (const block of blocksOf(source, range.from, range.to)) {
    found.push(...(await embeddedHashesOf(source, block, network)));
    read(block.height);
  }
  return found;
}

/**
 * Tallies a history: for the pin of a height, or for the highest pin that is attested.
 *
 * A height is right where the history goes down to the first block of all by unit steps, which never go up; else only
 * between two blocks that hold an operation which the history accepted in just the block that Bitcoin has it in. Other
 * heights are not taken.
 * `refuted` where what the node gave does not hang together.
 */
export async function attest(
  history: CandidateHistory,
  gathered: readonly EmbeddedHash[],
  threshold: Threshold,
  wanted: Anchor | null,
): Promise<Outcome<Attestation>> {
  const misfit = wanted === null ? null : misfitOf(wanted, history);
  if (misfit !== null) return misfit;
  // What came after the history's last block may carry hashes that it does not have yet.
  const embedded = gathered.filter(({ height }) => height <= history.last.height + 1);
  const accepted = await acceptedIn(history, new Set(embedded.map(({ height }) => height)));
  if (accepted.kind !== "proven") return accepted;
  const { names, fixed } = anchoredBy(embedded, accepted.value);
  const heights = heightsOf(history);
  const readings = embedded.map((each) => readEmbedded(each, heights, ({ txid }) => names.get(txid) ?? null));
  const [lowest, highest] = [Math.min(...fixed), Math.max(...fixed)];
  const isFixed = (height: number): boolean => history.initial !== null || (lowest <= height && height <= highest);
  const of = (height: number): Attestation => attestation(history.hashes, height, readings, threshold);
  if (wanted !== null) return proven(demoted(of(wanted.height), isFixed(wanted.height)));
  for (let height = history.last.height - DEPTH; history.hashes.has(height); height--) {
    const at = of(height);
    if (isFixed(height) && at.verdict === "attested") return proven(at);
  }
  const least = Math.min(...history.hashes.keys());
  return proven(demoted(of(Math.max(least, Math.min(highest, history.last.height) - DEPTH)), false));
}

function heightsOf({ hashes, initial }: CandidateHistory): ReadonlyMap<ConsensusHash, number> {
  const heights = new Map([...hashes].map(([height, hash]) => [hash, height] as const));
  if (initial !== null) heights.set(initial, Math.min(...hashes.keys()) - 1);
  return heights;
}

/** Why a pair that was given is not of the history; null: it is. */
function misfitOf({ height, consensusHash }: Anchor, { url, last, hashes }: CandidateHistory): Outcome<never> | null {
  const has = hashes.get(height);
  if (has === undefined) return unproven(`block ${height} among the blocks up to ${last.height} that were looked at`);
  return has === consensusHash ? null : refuted(`${url} has ${has} at block ${height}, not ${consensusHash}`);
}

function attestation(
  hashes: ReadonlyMap<number, ConsensusHash>,
  height: number,
  readings: readonly Reading[],
  threshold: Threshold,
): Attestation {
  const consensusHash = hashes.get(height);
  if (consensusHash === undefined) throw new RangeError(`the history does not cover block ${height}`);
  const tally = tallyAt(height, readings);
  return { pin: { height: blockHeight(height), consensusHash }, tally, verdict: judgeTally(tally, threshold) };
}

/** A pair whose height is not sure is not attested. */
function demoted(attestation: Attestation, isFixed: boolean): Attestation {
  return isFixed || attestation.verdict !== "attested" ? attestation : { ...attestation, verdict: "too-little" };
}

interface Accepted {
  readonly height: number;
  readonly txid: Txid;
  /** null: on no name. */
  readonly name: Name | null;
}

/** What the history accepted in these of its blocks. */
async function acceptedIn(
  history: CandidateHistory,
  heights: ReadonlySet<number>,
): Promise<Outcome<readonly Accepted[]>> {
  const accepted: Accepted[] = [];
  for (const height of heights) {
    if (!history.hashes.has(height)) continue;
    const records = await history.recordsAt(height);
    if (records.kind !== "proven") return records;
    for (const record of records.value) {
      accepted.push({ height, txid: record.txid, name: isNameRecord(record) ? record.name : null });
    }
  }
  return proven(accepted);
}

/** Names of the operations that were found on Bitcoin, and the heights at which the history has them in the same block. */
function anchoredBy(embedded: readonly EmbeddedHash[], accepted: readonly Accepted[]) {
  const mined = new Map(embedded.map(({ txid, height }) => [txid, height] as const));
  const right = accepted.filter(({ txid, height }) => mined.get(txid) === height);
  return {
    names: new Map(right.flatMap(({ txid, name }) => (name === null ? [] : [[txid, name] as const]))),
    fixed: right.map(({ height }) => height),
  };
}
