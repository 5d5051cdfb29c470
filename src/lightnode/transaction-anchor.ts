/**
 * A pin out of one transaction that the user trusts: its own preorder, or one that was published. It carries the hash that
 * its sender saw, and with it everything before (spec 04 §3).
 *
 * The weaknesses of the original are closed: the transaction's block is checked by proof of work and Merkle root (§7.4,
 * the source's part), its index selects nothing else (§7.3), the hash stands at its fixed place in the payload, and the
 * operation has to be accepted by a history that has the hash where it may stand (§7.5).
 */
import type { BlockSource } from "../chain/source.ts";
import type { HashedRecord } from "../ops/hashed-record.ts";
import { BskError } from "../errors.ts";
import type { ConsensusHash, Txid } from "../primitives/hash.ts";
import { updateHashOf } from "../primitives/name.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Anchor } from "../verify/anchor.ts";
import type { CandidateHistory } from "./candidate-history.ts";
import { type Embedded, type EmbeddedHash, embeddedHashesOf } from "./embedded-hashes.ts";

/** A transaction as users name it: by its id in the block of a height, or by its index there. */
export interface TransactionPlace {
  readonly height: BlockHeight;
  readonly which: { readonly txid: Txid } | { readonly index: number };
}

export interface TransactionAnchor {
  readonly pin: Anchor;
  readonly operation: EmbeddedHash;
  /** The block of the transaction, in the history that accepted it. */
  readonly acceptedBy: Anchor;
}

/** The operation and what it embeds, of a checked block. @throws BskError `usage`, rule `no-embedded-hash` */
export async function embeddingAt(
  source: BlockSource,
  { height, which }: TransactionPlace,
  network: Network,
): Promise<EmbeddedHash> {
  const hash = await source.blockHashAt(height);
  const found = hash === null ? [] : await embeddedHashesOf(source, { height, hash }, network);
  const wanted = found.find((each) => ("txid" in which ? each.txid === which.txid : each.vtxindex === which.index));
  if (wanted !== undefined) return wanted;
  const what = "txid" in which ? which.txid : `number ${which.index}`;
  throw new BskError("usage", `transaction ${what} of block ${height} is no operation with a consensus hash`, {
    rule: "no-embedded-hash",
    hint: "preorders, updates, transfers and preorders of namespaces have one",
  });
}

/**
 * The pair that the operation embeds, by a history that ends with its block and goes down at least to the oldest hash that
 * may be in it.
 *
 * Proven: the history accepted this very operation in this block, so that the block's height is right; it has the embedded
 * hash no more blocks before than the rules allow; and the height of that hash is right, since the history goes down by
 * unit steps to the first block of all, or to a block that holds an operation which Bitcoin has there.
 * Not proven: that this history is the network's. For that it has to be that of a pin that is held.
 * @throws BskError `refuted`, rule `anchor-not-accepted` or `anchor-other-history`; `unproven`, rule
 * `anchor-height-unproven`
 */
export async function anchorBy(
  operation: EmbeddedHash,
  history: CandidateHistory,
  source: BlockSource,
  network: Network,
): Promise<TransactionAnchor> {
  const record = await acceptedRecord(operation, history);
  const height = heightOf(operation, record, history, network);
  const consensusHash = history.hashes.get(height) as ConsensusHash;
  if (history.initial === null && !(await isHeightRight(height, history, source, network))) {
    throw new BskError(
      "unproven",
      `that ${consensusHash} is the hash of block ${height} is only what ${history.url} says`,
      {
        rule: "anchor-height-unproven",
        hint: "none of the blocks before it holds an operation to tell by; take a transaction of a busier time, or bsk pin attest",
      },
    );
  }
  return { pin: { height: blockHeight(height), consensusHash }, operation, acceptedBy: history.last };
}

async function acceptedRecord({ txid, height }: EmbeddedHash, history: CandidateHistory): Promise<HashedRecord> {
  const records = await history.recordsAt(height);
  const record = records.kind === "proven" ? records.value.find((each) => each.txid === txid) : undefined;
  if (record !== undefined) return record;
  throw new BskError(
    records.kind === "unproven" ? "unproven" : "refuted",
    records.kind === "proven"
      ? `the history of ${history.url} did not accept transaction ${txid} in block ${height}`
      : `${history.url} does not show what it accepted in block ${height}: ${records.kind === "refuted" ? records.because : records.missing}`,
    { rule: "anchor-not-accepted", hint: "bsk explain says why; an operation that nobody accepted is no anchor" },
  );
}

function heightOf(
  { says, height, txid }: EmbeddedHash,
  record: HashedRecord,
  { hashes, url }: CandidateHistory,
  { consensusHashWindow }: Network,
): number {
  for (let at = height - 1; at >= height - consensusHashWindow; at--) {
    const hash = hashes.get(at);
    if (hash !== undefined && isEmbedded(hash, says, record)) return at;
  }
  throw new BskError(
    "refuted",
    `transaction ${txid} carries no consensus hash of the ${consensusHashWindow} blocks before it in the history of ${url}`,
    { rule: "anchor-other-history", hint: "its sender and that node follow different fork-sets" },
  );
}

function isEmbedded(hash: ConsensusHash, says: Embedded, record: HashedRecord): boolean {
  if (says.kind === "hash") return says.hash === hash;
  return "name" in record && updateHashOf(record.name, hash) === says.updateHash;
}

/** Is there a block at or below that holds an operation which Bitcoin has in the block of that height? */
async function isHeightRight(
  height: number,
  history: CandidateHistory,
  source: BlockSource,
  network: Network,
): Promise<boolean> {
  for (let at = height; history.hashes.has(at); at--) {
    const records = await history.recordsAt(at);
    if (records.kind !== "proven" || records.value.length === 0) continue;
    const hash = await source.blockHashAt(blockHeight(at));
    if (hash === null) return false;
    const mined = await embeddedHashesOf(source, { height: blockHeight(at), hash }, network);
    if (mined.some(({ txid }) => records.value.some((record) => record.txid === txid))) return true;
  }
  return false;
}
