/** An accepted operation as the exact text that is hashed (spec 03 §3, §4). A change here forks us from the chain's past. */
import { encodeNetstrings } from "../encoding/netstring.ts";
import { pythonBoolean, pythonFloat, pythonList } from "../encoding/python-number.ts";
import type { AppliedOperation } from "./applied.ts";
import { letterOf } from "./opcode.ts";
import type { NamespaceRecord, NameRecord, PreorderRecord, TokenTransferRecord } from "./record.ts";

/** Fields in the order hashed: what each is called by the original, and its text. */
type FieldList<R> = readonly (readonly [field: string, text: (record: R) => string])[];

const orEmpty = (value: string | null): string => value ?? "";

/** The 16 fields that every operation on a name starts with (original: NAMEREC_FIELDS). */
const NAME_FIELDS: FieldList<NameRecord> = [
  ["name", (r) => r.name],
  ["value_hash", (r) => orEmpty(r.valueHash)],
  ["sender", (r) => r.sender],
  ["sender_pubkey", (r) => orEmpty(r.senderPubkey)],
  ["address", (r) => r.address],
  ["block_number", (r) => r.blockNumber.toString()],
  ["preorder_block_number", (r) => r.preorderBlockNumber.toString()],
  ["first_registered", (r) => r.firstRegistered.toString()],
  ["last_renewed", (r) => r.lastRenewed.toString()],
  ["revoked", (r) => pythonBoolean(r.revoked)],
  ["op", (r) => r.op],
  ["txid", (r) => r.txid],
  ["vtxindex", (r) => r.vtxindex.toString()],
  // Names that came from an import print their fee as a float, for ever (original: op_canonicalize_quirks).
  ["op_fee", (r) => (r.importer === null ? r.opFee.toString() : pythonFloat(r.opFee))],
  ["importer", (r) => orEmpty(r.importer)],
  ["importer_address", (r) => orEmpty(r.importerAddress)],
];

/** Registrations, renewals and imports name the owner once more. */
const OWNER_AGAIN: FieldList<NameRecord> = [
  ["sender", (r) => r.sender],
  ["address", (r) => r.address],
];

const PREORDER_FIELDS: FieldList<PreorderRecord> = [
  ["preorder_hash", (r) => r.preorderHash],
  ["consensus_hash", (r) => r.consensusHash],
  ["sender", (r) => r.sender],
  ["sender_pubkey", (r) => orEmpty(r.senderPubkey)],
  ["address", (r) => r.address],
  ["block_number", (r) => r.blockNumber.toString()],
  ["op", (r) => r.op],
  ["txid", (r) => r.txid],
  ["vtxindex", (r) => r.vtxindex.toString()],
  ["op_fee", (r) => r.opFee.toString()],
];

/** The fields of a name preorder in another order. */
const NAMESPACE_PREORDER_FIELDS: FieldList<PreorderRecord> = [
  ["preorder_hash", (r) => r.preorderHash],
  ["consensus_hash", (r) => r.consensusHash],
  ["op", (r) => r.op],
  ["op_fee", (r) => r.opFee.toString()],
  ["txid", (r) => r.txid],
  ["vtxindex", (r) => r.vtxindex.toString()],
  ["block_number", (r) => r.blockNumber.toString()],
  ["sender", (r) => r.sender],
  ["sender_pubkey", (r) => orEmpty(r.senderPubkey)],
  ["address", (r) => r.address],
];

const NAMESPACE_FIELDS: FieldList<NamespaceRecord> = [
  ["namespace_id", (r) => r.namespaceId],
  ["preorder_hash", (r) => r.preorderHash],
  ["version", (r) => r.version.toString()],
  ["sender", (r) => r.sender],
  ["sender_pubkey", (r) => orEmpty(r.senderPubkey)],
  ["address", (r) => r.address],
  ["recipient", (r) => r.recipient],
  ["recipient_address", (r) => r.recipientAddress],
  ["block_number", (r) => r.blockNumber.toString()],
  ["reveal_block", (r) => r.revealBlock.toString()],
  ["op", (r) => r.op],
  ["txid", (r) => r.txid],
  ["vtxindex", (r) => r.vtxindex.toString()],
  ["lifetime", (r) => r.lifetime.toString()],
  ["coeff", (r) => r.coeff.toString()],
  ["base", (r) => r.base.toString()],
  ["buckets", (r) => pythonList(r.buckets)],
  ["nonalpha_discount", (r) => r.nonalphaDiscount.toString()],
  ["no_vowel_discount", (r) => r.noVowelDiscount.toString()],
];

const TOKEN_TRANSFER_FIELDS: FieldList<TokenTransferRecord> = [
  ["sender", (r) => r.sender],
  ["address", (r) => r.address],
  ["recipient", (r) => r.recipient],
  ["recipient_address", (r) => r.recipientAddress],
  ["token_units", (r) => r.tokenUnits],
  ["token_fee", (r) => r.tokenFee],
  ["block_id", (r) => r.blockNumber.toString()],
  ["op", (r) => r.op],
  ["txid", (r) => r.txid],
  ["vtxindex", (r) => r.vtxindex.toString()],
  ["consensus_hash", (r) => r.consensusHash],
  ["scratch_area", (r) => r.scratchArea],
];

/** A field and its text. */
export type CanonicalField = readonly [field: string, text: string];

function texts<R>(fields: FieldList<R>, record: R): CanonicalField[] {
  return fields.map(([field, text]) => [field, text(record)]);
}

/** Field names and texts in the order hashed; null for a stateless operation. */
export function canonicalFields(applied: AppliedOperation): CanonicalField[] | null {
  switch (applied.kind) {
    case "NAME_PREORDER":
      return texts(PREORDER_FIELDS, applied.preorder);
    case "NAMESPACE_PREORDER":
      return texts(NAMESPACE_PREORDER_FIELDS, applied.preorder);
    case "NAME_REGISTRATION":
    case "NAME_RENEWAL":
    case "NAME_IMPORT":
      return [...texts(NAME_FIELDS, applied.name), ...texts(OWNER_AGAIN, applied.name)];
    case "NAME_REVOKE":
      return texts(NAME_FIELDS, applied.name);
    case "NAME_UPDATE":
      return [
        ...texts(NAME_FIELDS, applied.name),
        ["name_consensus_hash", applied.updateHash],
        ["consensus_hash", applied.consensusHash],
      ];
    case "NAME_TRANSFER":
      return [
        ...texts(NAME_FIELDS, applied.name),
        ["name_hash128", applied.nameHash],
        ["consensus_hash", applied.consensusHash],
        ["keep_data", pythonBoolean(applied.keepZonefile)],
      ];
    case "NAMESPACE_REVEAL":
      return texts(NAMESPACE_FIELDS, applied.namespace);
    case "NAMESPACE_READY":
      return [...texts(NAMESPACE_FIELDS, applied.namespace), ["ready_block", applied.namespace.readyBlock.toString()]];
    case "ANNOUNCE":
      return null;
    case "TOKEN_TRANSFER":
      return texts(TOKEN_TRANSFER_FIELDS, applied.transfer);
  }
}

/** `letter:len:value,len:value,…`; null for a stateless operation, which enters no hash. */
export function canonicalText(applied: AppliedOperation): string | null {
  const fields = canonicalFields(applied);
  return fields === null ? null : `${letterOf(applied.kind)}:${encodeNetstrings(fields.map(([, text]) => text))}`;
}
