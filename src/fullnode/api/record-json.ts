/** Records as the original's clients read them: its field names, its spellings (spec 10 A3). */
import { namespaceFields as fieldsOfNamespace } from "../../api/namespace-fields.ts";
import type { NamespaceRecord, NameRecord, PreorderRecord, TokenTransferRecord } from "../../ops/record.ts";
import { nameHashOf, namespaceOf, updateHashOf } from "../../primitives/name.ts";
import { STACKS } from "../../primitives/token-amount.ts";
import { lifespanOf, type NameLife } from "../../protocol/lifetime.ts";
import type { StateAt } from "../store/past.ts";
import type { StoredOperation } from "../store/queries.ts";
import type { StoredRecord } from "../store/rows.ts";
import type { Json } from "./route.ts";

type JsonObject = Readonly<Record<string, Json>>;

/** Tokens paid, as every record says it, since before there were any. */
function tokensPaid({ tokenFee }: { readonly tokenFee?: string }): JsonObject {
  return { token_fee: tokenFee ?? "0" };
}

/** Height that stands for "never" in answers. */
const NEVER = -1;

function nameFields(of: NameRecord): JsonObject {
  return {
    name: of.name,
    namespace_block_number: of.namespaceBlockNumber,
    address: of.address,
    sender: of.sender,
    sender_pubkey: of.senderPubkey,
    value_hash: of.valueHash,
    op: of.op,
    opcode: of.opcode,
    txid: of.txid,
    vtxindex: of.vtxindex,
    op_fee: of.opFee,
    ...tokensPaid(of),
    block_number: of.blockNumber,
    preorder_block_number: of.preorderBlockNumber,
    preorder_hash: of.preorderHash,
    first_registered: of.firstRegistered,
    last_renewed: of.lastRenewed,
    importer: of.importer,
    importer_address: of.importerAddress,
    consensus_hash: of.consensusHash,
    revoked: of.revoked,
  };
}

/** Fields that only the last operation of a kind leaves in a record. */
function operationFields(of: NameRecord): JsonObject {
  if (of.opcode === "NAME_UPDATE" && of.consensusHash !== null) {
    return { name_consensus_hash: updateHashOf(of.name, of.consensusHash) };
  }
  return of.opcode === "NAME_TRANSFER" ? { keep_data: of.op === ">>" } : {};
}

function hashFields(of: NameRecord): JsonObject {
  return { name_hash128: nameHashOf(of.name), namespace_id: namespaceOf(of.name) };
}

function preorderFields(of: PreorderRecord): JsonObject {
  return {
    preorder_hash: of.preorderHash,
    consensus_hash: of.consensusHash,
    sender: of.sender,
    sender_pubkey: of.senderPubkey,
    address: of.address,
    block_number: of.blockNumber,
    op: of.op,
    opcode: of.op === "?" ? "NAME_PREORDER" : "NAMESPACE_PREORDER",
    txid: of.txid,
    vtxindex: of.vtxindex,
    op_fee: of.opFee,
    burn_address: of.burnAddress,
    ...tokensPaid(of),
    token_units: of.tokenFee === undefined ? "BTC" : STACKS,
  };
}

function tokenTransferFields(of: TokenTransferRecord): JsonObject {
  return {
    op: of.op,
    opcode: "TOKEN_TRANSFER",
    sender: of.sender,
    address: of.address,
    recipient: of.recipient,
    recipient_address: of.recipientAddress,
    token_units: of.tokenUnits,
    token_fee: of.tokenFee,
    block_id: of.blockNumber,
    txid: of.txid,
    vtxindex: of.vtxindex,
    consensus_hash: of.consensusHash,
    scratch_area: of.scratchArea,
  };
}

function namespaceFields(of: NamespaceRecord): JsonObject {
  return { ...fieldsOfNamespace(of), op_fee: of.opFee, ...tokensPaid(of) };
}

/** One operation of a block: the record as it stood after it. */
export function recordJson(record: StoredRecord): JsonObject {
  if ("namespaceId" in record) return namespaceFields(record);
  if ("recipient" in record) return tokenTransferFields(record);
  if (!("name" in record)) return preorderFields(record);
  return record.opcode === "NAME_REGISTRATION" || record.opcode === "NAME_IMPORT"
    ? nameFields(record)
    : { ...nameFields(record), ...hashFields(record), ...operationFields(record) };
}

/** One entry of a history, which says more of a name than the operations of a block do. */
function historyEntry(record: StoredRecord): JsonObject {
  return "name" in record ? { ...recordJson(record), last_creation_op: record.lastCreationOp } : recordJson(record);
}

/** Entries under the height of their block, as a history is shown; those of one block stay in the order given. */
export function historyJson(operations: readonly StoredOperation[]): JsonObject {
  const byHeight: Record<string, Json[]> = {};
  for (const { height, record } of operations) (byHeight[String(height)] ??= []).push(historyEntry(record));
  return byHeight;
}

/** When a name ends, by the rules of the last block. */
export interface Lifetime {
  /** -1: never. */
  readonly expireBlock: number;
  readonly renewalDeadline: number;
  readonly expired: boolean;
  readonly inGrace: boolean;
}

/** By the rules of the state's height. Null where the name's namespace is gone: it was not opened in time. */
export function lifetimeOf(record: NameLife & Pick<NameRecord, "name">, state: StateAt): Lifetime | null {
  const { height, network } = state;
  const namespace = state.namespace(namespaceOf(record.name));
  const span = namespace === null ? null : lifespanOf(record, namespace, height, network);
  if (span === null) return null;
  const { expires, renewalDeadline, expired, inGrace } = span;
  return { expireBlock: expires ?? NEVER, renewalDeadline: renewalDeadline ?? NEVER, expired, inGrace };
}

/** `did:stack:v0:<address>-<n>`: the nth name that was ever made for the address of its first owner (spec 06 §8). */
export function didOf(origin: { readonly creator: string | null; readonly index: number } | null): string | null {
  return origin === null || origin.creator === null ? null : `did:stack:v0:${origin.creator}-${origin.index}`;
}

/** The full record of a name (original: `get_name_record`), with its zone file in base64. */
export function nameJson(
  record: NameRecord,
  life: Lifetime,
  more: { readonly did: string | null; readonly zonefile: string | null },
): JsonObject {
  return {
    ...nameFields(record),
    ...hashFields(record),
    ...operationFields(record),
    last_creation_op: record.lastCreationOp,
    expire_block: life.expireBlock,
    renewal_deadline: life.renewalDeadline,
    expired: life.expired,
    grace_period: life.inGrace,
    resolver: null,
    did: more.did,
    zonefile: more.zonefile,
  };
}

/** The record of a namespace with its history (original: `get_namespace_blockchain_record`). */
export function namespaceJson(record: NamespaceRecord, history: readonly StoredOperation[]): JsonObject {
  return { ...namespaceFields(record), ready: record.op === "!", history: historyJson(history) };
}
