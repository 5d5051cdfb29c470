/**
 * Rows to domain values and back. The values were parsed before they were stored, by this program into a database of
 * this network, so they are trusted by type here: this file is the parser of our own rows.
 */
import type { NamespaceRecord, NameRecord, PreorderRecord, TokenTransferRecord } from "../../ops/record.ts";
import { nameHashOf, namespaceOf } from "../../primitives/name.ts";
import { BskError } from "../../errors.ts";
import type { SqlValue } from "../../database/sqlite.ts";

/** The record of an operation after it was applied; what `operations.record` holds as JSON. */
export type StoredRecord = NameRecord | NamespaceRecord | PreorderRecord | TokenTransferRecord;

/** Columns of `names`, in the order of `nameValues`. */
export const NAME_COLUMNS = [
  "name", "namespace_id", "name_hash128", "sender", "address", "sender_pubkey", "block_number", "preorder_block_number",
  "namespace_block_number", "first_registered", "last_renewed", "revoked", "value_hash", "op", "opcode", "txid", "vtxindex",
  "op_fee", "token_fee", "importer", "importer_address", "consensus_hash", "preorder_hash", "last_creation_op",
  "last_update_consensus_hash",
] as const; // prettier-ignore

export function nameValues(of: NameRecord): SqlValue[] {
  return [
    of.name, namespaceOf(of.name), nameHashOf(of.name), of.sender, of.address, of.senderPubkey, of.blockNumber,
    of.preorderBlockNumber, of.namespaceBlockNumber, of.firstRegistered, of.lastRenewed, of.revoked ? 1 : 0, of.valueHash,
    of.op, of.opcode, of.txid, of.vtxindex, of.opFee, of.tokenFee ?? null, of.importer, of.importerAddress, of.consensusHash, of.preorderHash,
    of.lastCreationOp, of.lastUpdateConsensusHash,
  ]; // prettier-ignore
}

/** A row of `names` as the driver gives it. */
export interface NameRow {
  readonly name: string;
  readonly sender: string;
  readonly address: string;
  readonly sender_pubkey: string | null;
  readonly block_number: number;
  readonly preorder_block_number: number;
  readonly namespace_block_number: number;
  readonly first_registered: number;
  readonly last_renewed: number;
  readonly revoked: number;
  readonly value_hash: string | null;
  readonly op: string;
  readonly opcode: string;
  readonly txid: string;
  readonly vtxindex: number;
  readonly op_fee: number;
  readonly token_fee: string | null;
  readonly importer: string | null;
  readonly importer_address: string | null;
  readonly consensus_hash: string | null;
  readonly preorder_hash: string | null;
  readonly last_creation_op: string;
  readonly last_update_consensus_hash: string | null;
}

export function nameOfRow(row: NameRow): NameRecord {
  return {
    name: row.name,
    sender: row.sender,
    address: row.address,
    senderPubkey: row.sender_pubkey,
    blockNumber: row.block_number,
    preorderBlockNumber: row.preorder_block_number,
    namespaceBlockNumber: row.namespace_block_number,
    firstRegistered: row.first_registered,
    lastRenewed: row.last_renewed,
    revoked: row.revoked === 1,
    valueHash: row.value_hash,
    op: row.op,
    opcode: row.opcode,
    txid: row.txid,
    vtxindex: row.vtxindex,
    opFee: row.op_fee,
    ...(row.token_fee === null ? {} : { tokenFee: row.token_fee }),
    importer: row.importer,
    importerAddress: row.importer_address,
    consensusHash: row.consensus_hash,
    preorderHash: row.preorder_hash,
    lastCreationOp: row.last_creation_op,
    lastUpdateConsensusHash: row.last_update_consensus_hash,
  } as NameRecord;
}

export function namesOfRows(rows: readonly unknown[]): NameRecord[] {
  return (rows as readonly NameRow[]).map(nameOfRow);
}

/** Columns of `namespaces`, in the order of `namespaceValues`. */
export const NAMESPACE_COLUMNS = [
  "namespace_id", "preorder_hash", "sender", "sender_pubkey", "address", "recipient", "recipient_address", "block_number",
  "reveal_block", "ready_block", "op", "opcode", "txid", "vtxindex", "op_fee", "token_fee", "version", "lifetime", "coeff", "base",
  "buckets", "nonalpha_discount", "no_vowel_discount",
] as const; // prettier-ignore

export function namespaceValues(of: NamespaceRecord): SqlValue[] {
  return [
    of.namespaceId, of.preorderHash, of.sender, of.senderPubkey, of.address, of.recipient, of.recipientAddress,
    of.blockNumber, of.revealBlock, of.readyBlock, of.op, of.opcode, of.txid, of.vtxindex, of.opFee, of.tokenFee ?? null, of.version,
    of.lifetime, of.coeff, of.base, JSON.stringify(of.buckets), of.nonalphaDiscount, of.noVowelDiscount,
  ]; // prettier-ignore
}

/** A row of `namespaces` as the driver gives it. */
export interface NamespaceRow {
  readonly namespace_id: string;
  readonly preorder_hash: string;
  readonly sender: string;
  readonly sender_pubkey: string | null;
  readonly address: string;
  readonly recipient: string;
  readonly recipient_address: string;
  readonly block_number: number;
  readonly reveal_block: number;
  readonly ready_block: number;
  readonly op: string;
  readonly opcode: string;
  readonly txid: string;
  readonly vtxindex: number;
  readonly op_fee: number;
  readonly token_fee: string | null;
  readonly version: number;
  readonly lifetime: number;
  readonly coeff: number;
  readonly base: number;
  readonly buckets: string;
  readonly nonalpha_discount: number;
  readonly no_vowel_discount: number;
}

export function namespaceOfRow(row: NamespaceRow): NamespaceRecord {
  return {
    namespaceId: row.namespace_id,
    preorderHash: row.preorder_hash,
    sender: row.sender,
    senderPubkey: row.sender_pubkey,
    address: row.address,
    recipient: row.recipient,
    recipientAddress: row.recipient_address,
    blockNumber: row.block_number,
    revealBlock: row.reveal_block,
    readyBlock: row.ready_block,
    op: row.op,
    opcode: row.opcode,
    txid: row.txid,
    vtxindex: row.vtxindex,
    opFee: row.op_fee,
    ...(row.token_fee === null ? {} : { tokenFee: row.token_fee }),
    version: row.version,
    lifetime: row.lifetime,
    coeff: row.coeff,
    base: row.base,
    buckets: parsed(row.buckets) as number[],
    nonalphaDiscount: row.nonalpha_discount,
    noVowelDiscount: row.no_vowel_discount,
  } as unknown as NamespaceRecord;
}

export function namespacesOfRows(rows: readonly unknown[]): NamespaceRecord[] {
  return (rows as readonly NamespaceRow[]).map(namespaceOfRow);
}

/** The record that an operation left, from its JSON. Doubles and integers both survive JSON exactly. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the kind by its opcode
export function recordOfJson<T extends StoredRecord>(json: string): T {
  return parsed(json) as T;
}

/** @throws BskError `machine`, rule `database-damaged`, where a stored text is not what was stored. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new BskError("machine", "the node's database holds a text that is not what was stored", {
      rule: "database-damaged",
      hint: "bsk node fsck says where; with --repair it saves what it can",
      cause,
    });
  }
}
