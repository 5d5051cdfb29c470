/** One block on a virtualchain: operations -> verdicts -> canonical texts -> ops hash -> consensus hash. Pure. */
import { serializeTransaction } from "../bitcoin/transaction.ts";
import type { BlockHash, ConsensusHash } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { consensusHashOf } from "../verify/consensus-hash.ts";
import { opsHashOf } from "../verify/ops-hash.ts";
import { skipListHeights } from "../verify/skip-list.ts";
import type { Candidate, Machine } from "./machine.ts";
import type { AcceptedOperation, IndexedBlock, RejectedOperation } from "./store.ts";

/** A block as far as a virtualchain looks at it. */
export interface CandidateBlock {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
  readonly previousHash: BlockHash;
  /** Seconds since 1970, from the header. */
  readonly time: number;
  /** In block order. */
  readonly candidates: readonly Candidate[];
  /** They are those that the ops hash stands for: what else the block carried is not known. */
  readonly hashedOnly?: true;
}

/** Where the chain starts, and its consensus hashes so far. */
export interface ChainSoFar {
  readonly firstBlock: number;
  consensusHashAt(height: number): ConsensusHash | null;
}

/** The consensus hashes that the one of a height commits to. @throws Error where the chain so far lacks one. */
function earlierHashes(height: number, chain: ChainSoFar): ConsensusHash[] {
  return skipListHeights(height, chain.firstBlock).map((earlier) => {
    const hash = chain.consensusHashAt(earlier);
    if (hash === null) throw new Error(`block ${height} is indexed after block ${earlier}, whose hash is missing`);
    return hash;
  });
}

/**
 * Indexes one block on top of the view. Candidates that the machine does not recognise are in neither list.
 * @throws whatever the machine throws for heights that it cannot index.
 */
export function indexBlock<Op, Accepted, View, State, Changes>(
  machine: Machine<Op, Accepted, View, State, Changes>,
  view: View,
  block: CandidateBlock,
  chain: ChainSoFar,
): IndexedBlock<Accepted, Changes> {
  const { height, hash, previousHash, time } = block;
  const parsed = block.candidates.flatMap((candidate) => {
    const op = machine.parse(candidate, height);
    return op === null ? [] : [{ candidate, op }];
  });
  const state = machine.open(
    view,
    height,
    parsed.map(({ op }) => op),
  );
  const accepted: AcceptedOperation<Accepted>[] = [];
  const rejected: RejectedOperation[] = [];
  for (const { candidate, op } of parsed) {
    const { txid, vtxindex, transaction, spentScripts } = candidate;
    const senderScript = spentScripts[0] ?? new Uint8Array();
    const evidence = { txid, vtxindex, rawTransaction: serializeTransaction(transaction), senderScript };
    const verdict = machine.check(op, height, state);
    if (verdict.kind === "rejected") {
      rejected.push({ ...evidence, rule: verdict.rule, because: verdict.because });
      continue;
    }
    machine.apply(verdict.accepted, state);
    const canonical = machine.serialize(verdict.accepted);
    accepted.push({ ...evidence, accepted: verdict.accepted, canonical });
  }
  const opsHash = opsHashOf(accepted.flatMap(({ canonical }) => (canonical === null ? [] : [canonical])));
  const consensusHash = consensusHashOf(opsHash, earlierHashes(height, chain));
  const changes = machine.changes(state);
  const hashedOnly = block.hashedOnly === true ? { hashedOnly: true as const } : {};
  return { height, hash, previousHash, time, opsHash, consensusHash, accepted, rejected, ...hashedOnly, changes };
}
