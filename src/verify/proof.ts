/**
 * A proof that travels: one operation, its way to its block's ops hash, and the walk from a pinned block to that one. It is
 * checked with no network and no clock, against a pin that the reader has from elsewhere.
 */
import { ParseError } from "../errors.ts";
import { type HashedRecord, parseHashedRecord } from "../ops/hashed-record.ts";
import { subjectOf } from "../ops/hashed-subject.ts";
import { hash160 } from "../primitives/digest.ts";
import { type NetworkId, zonefileHash } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Anchor } from "./anchor.ts";
import { type HashesByHeight, proveWalk, verifyWalk, type WalkProof } from "./name-walk.ts";
import { opsHashOfProof, type OperationProof, proveOperation } from "./operation-proof.ts";
import { type Outcome, proven, refuted, unproven } from "./outcome.ts";
import { datedHeight } from "./self-dated.ts";

export interface NameProof {
  readonly network: NetworkId;
  /** The name or namespace that the operation is said to be on. */
  readonly subject: string;
  /** The block from which the walk goes down: who reads the proof must trust this very pair. */
  readonly pin: Anchor;
  /** Of the block that is said to hold the operation. */
  readonly height: BlockHeight;
  readonly operation: OperationProof;
  readonly walk: WalkProof;
  /** An operation of the same block that dates itself; null where the one above does, or none does. */
  readonly date: OperationProof | null;
  /** The zone file of the record, where it was at hand. */
  readonly zonefile: Uint8Array | null;
}

/** `included`: accepted at or before the pin, at a height that is not proven. `placed`: in exactly that block. */
export type ProvenRecord = { readonly record: HashedRecord; readonly zonefile: Uint8Array | null } & (
  { readonly level: "included" } | { readonly level: "placed"; readonly height: BlockHeight }
);

/** What a server of proofs knows: hashes by height, and the texts of each block's operations. */
export interface HashedBlocks extends HashesByHeight {
  operationsAt(height: number): readonly string[];
}

/** Proves that a block holds an operation. @throws RangeError if it does not, or stands above the pin */
export function proveRecord(
  text: string,
  height: BlockHeight,
  pin: Anchor,
  chain: HashedBlocks & { readonly firstBlock: number; readonly network: NetworkId },
  zonefile: Uint8Array | null = null,
): NameProof {
  const { firstBlock, network } = chain;
  const ofBlock = chain.operationsAt(height);
  const datesItself = (each: string): boolean => datedHeight(parseHashedRecord(each)) !== null;
  const other = datesItself(text) ? undefined : ofBlock.find(datesItself);
  return {
    network,
    subject: subjectOf(text).subject ?? "",
    pin,
    height,
    operation: proveOperation(text, ofBlock),
    walk: proveWalk(pin.height, height, firstBlock, chain),
    date: other === undefined ? null : proveOperation(other, ofBlock),
    zonefile,
  };
}

/** Checks a proof against a pin of one's own. Never throws for what a proof says. */
export function verifyProof(proof: NameProof, pin: Anchor, firstBlock: number): Outcome<ProvenRecord> {
  const { subject, height, operation, walk, date, zonefile } = proof;
  if (proof.pin.height !== pin.height) {
    return unproven(`a proof from block ${pin.height}: this one goes from block ${proof.pin.height}`);
  }
  if (proof.pin.consensusHash !== pin.consensusHash) {
    return refuted(`the proof goes from ${proof.pin.consensusHash}, the pin of that block is ${pin.consensusHash}`);
  }
  if (height < firstBlock || height > pin.height)
    return refuted(`no block ${height} stands between ${firstBlock} and the pin`);
  const found = verifyWalk(pin, height, firstBlock, walk);
  if (found.kind !== "proven") return found;
  const record = recordIn(operation, found.value);
  if (record === null) return refuted("the operation is not in the block that the walk leads to");
  if (subjectOf(operation.text).subject !== subject) return refuted(`the operation is not on "${subject}"`);
  if (zonefile !== null && !("valueHash" in record && zonefileHash.of(hash160(zonefile)) === record.valueHash)) {
    return refuted("the zone file does not have the hash that the record carries");
  }
  const dating = date === null ? record : recordIn(date, found.value);
  if (dating === null) return refuted("the operation that is to date the block is not in it");
  const dated = datedHeight(dating);
  if (dated === null) return proven({ level: "included", record, zonefile });
  if (dated !== height) return refuted(`the block is said to be ${height}, and holds an operation of block ${dated}`);
  return proven({ level: "placed", height: dated, record, zonefile });
}

/** The record of an operation if it is in the block of an ops hash, and is one. */
function recordIn(operation: OperationProof, ops: string): HashedRecord | null {
  try {
    return opsHashOfProof(operation) === ops ? parseHashedRecord(operation.text) : null;
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
