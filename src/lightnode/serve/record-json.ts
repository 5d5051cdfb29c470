/**
 * Hashed records as the original's clients read them: its field names (spec 10 A3). Fields that no hash covers are left out,
 * such as `namespace_block_number`, `preorder_hash` of a name and `token_fee`; `op_fee` has the digits that were hashed.
 */
import { namespaceFields as fieldsOfNamespace } from "../../api/namespace-fields.ts";
import type { Json } from "../../api/route.ts";
import type { HashedNameRecord, HashedNamespaceRecord } from "../../ops/hashed-record.ts";
import { nameHashOf, namespaceOf } from "../../primitives/name.ts";
import type { Lifespan } from "../../protocol/lifetime.ts";
import type { LoggedOperation } from "../../verify/op-log.ts";
import { isNameRecord, isNamespaceRecord } from "../../ops/hashed-record.ts";
import { opcodeOf } from "../log-source.ts";

type JsonObject = Readonly<Record<string, Json>>;

/** Height that stands for "never" in answers. */
const NEVER = -1;

export function nameFields(of: HashedNameRecord): JsonObject {
  return {
    name: of.name,
    address: of.address,
    sender: of.sender,
    sender_pubkey: of.senderPubkey,
    value_hash: of.valueHash,
    op: of.op,
    opcode: opcodeOf(of),
    txid: of.txid,
    vtxindex: of.vtxindex,
    op_fee: Number(of.opFee),
    block_number: of.blockNumber,
    preorder_block_number: of.preorderBlockNumber,
    first_registered: of.firstRegistered,
    last_renewed: of.lastRenewed,
    importer: of.importer,
    importer_address: of.importerAddress,
    revoked: of.revoked,
    name_hash128: nameHashOf(of.name),
    namespace_id: namespaceOf(of.name),
    ...("consensusHash" in of ? { consensus_hash: of.consensusHash } : {}),
    ...("nameConsensusHash" in of ? { name_consensus_hash: of.nameConsensusHash } : {}),
    ...("keepData" in of ? { keep_data: of.keepData } : {}),
  };
}

export function namespaceFields(of: HashedNamespaceRecord): JsonObject {
  return fieldsOfNamespace({ readyBlock: 0, ...of, opcode: opcodeOf(of) });
}

/** When a name ends. */
export function lifeFields({ expires, renewalDeadline, inGrace }: Lifespan): JsonObject {
  return {
    expire_block: expires ?? NEVER,
    renewal_deadline: renewalDeadline ?? NEVER,
    grace_period: inGrace,
  };
}

/** Entries under the height of their block; those of one block stay in the order given. */
export function historyJson(operations: readonly LoggedOperation[]): JsonObject {
  const byHeight: Record<string, Json[]> = {};
  for (const { height, record } of operations) {
    if (isNameRecord(record)) (byHeight[String(height)] ??= []).push(nameFields(record));
    else if (isNamespaceRecord(record)) (byHeight[String(height)] ??= []).push(namespaceFields(record));
  }
  return byHeight;
}
