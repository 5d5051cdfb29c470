/** What the consensus hashes of the chain were made of: for whoever proves it to others. */
import type { ConsensusHash, OpsHash } from "../../primitives/hash.ts";
import type { BlockHeight } from "../../primitives/units.ts";
import type { Database } from "../../database/sqlite.ts";
import type { HashedBlocks } from "../../verify/proof.ts";
import type { RawOperation } from "../../verify/raw-tile.ts";
import { positionOf } from "./schema.ts";

/** The text of an operation, and the block that holds it. */
export interface HashedOperation {
  readonly height: BlockHeight;
  readonly text: string;
}

/** @throws RangeError for heights that are not indexed */
export interface HashedChain extends HashedBlocks {
  /** The last operation on a name or namespace up to a height, null where there is none. */
  latestOn(subject: string, upTo: number): HashedOperation | null;
  /** Ops hashes of a range of blocks, both ends included. */
  opsHashesOf(first: number, last: number): readonly OpsHash[];
  /** Operations of a range of blocks in their order, both ends included. */
  operationsOf(first: number, last: number): IterableIterator<HashedOperation>;
  /** What the same operations are derived from. */
  rawOperationsOf(first: number, last: number): IterableIterator<RawOperation & { readonly height: BlockHeight }>;
}

export function hashedChainOf(database: Database): HashedChain {
  const block = database.prepare(
    'SELECT ops_hash AS "opsHash", consensus_hash AS "consensusHash" FROM blocks WHERE height = ?',
  );
  const texts = database.prepare(
    "SELECT canonical AS text FROM operations WHERE position >= ? AND position < ? AND canonical IS NOT NULL ORDER BY position",
  );
  const latest = database.prepare(
    `SELECT height, canonical AS text FROM operations WHERE subject = ? AND position < ? AND canonical IS NOT NULL
     ORDER BY position DESC LIMIT 1`,
  );
  const opsHashes = database.prepare(
    'SELECT ops_hash AS "opsHash" FROM blocks WHERE height BETWEEN ? AND ? ORDER BY height',
  );
  const operations = database.prepare(
    `SELECT height, canonical AS text FROM operations WHERE position >= ? AND position < ? AND canonical IS NOT NULL
     ORDER BY position`,
  );
  const rawOperations = database.prepare(
    `SELECT height, vtxindex, sender_script AS "senderScript", raw_transaction AS "rawTransaction"
     FROM operations WHERE position >= ? AND position < ? AND canonical IS NOT NULL ORDER BY position`,
  );
  const at = (height: number): { readonly opsHash: OpsHash; readonly consensusHash: ConsensusHash } => {
    const row = block.get(height) as { opsHash: OpsHash; consensusHash: ConsensusHash } | undefined;
    if (row === undefined) throw new RangeError(`block ${height} is not indexed`);
    return row;
  };
  return {
    opsHashAt: (height) => at(height).opsHash,
    consensusHashAt: (height) => at(height).consensusHash,
    operationsAt: (height) =>
      (texts.all(positionOf(height, 0), positionOf(height + 1, 0)) as { text: string }[]).map(({ text }) => text),
    latestOn: (subject, upTo) => (latest.get(subject, positionOf(upTo + 1, 0)) as HashedOperation | undefined) ?? null,
    opsHashesOf: (first, last) => {
      at(last);
      return (opsHashes.all(first, last) as { opsHash: OpsHash }[]).map(({ opsHash }) => opsHash);
    },
    operationsOf: (first, last) =>
      operations.iterate(positionOf(first, 0), positionOf(last + 1, 0)) as unknown as IterableIterator<HashedOperation>,
    rawOperationsOf: (first, last) =>
      rawOperations.iterate(positionOf(first, 0), positionOf(last + 1, 0)) as unknown as ReturnType<
        HashedChain["rawOperationsOf"]
      >,
  };
}
