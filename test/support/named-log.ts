/** A log in memory of a namespace ".test" and what happens to names in it, block by block. */
import { type Address, scriptOf } from "../../src/bitcoin/address.ts";
import type { Pin, PinSource } from "../../src/lightnode/pin.ts";
import type { PinnedLog } from "../../src/lightnode/pinned-log.ts";
import type { AppliedOperation } from "../../src/ops/applied.ts";
import { canonicalText } from "../../src/ops/canonical.ts";
import type { NamespaceRecord, NameRecord } from "../../src/ops/record.ts";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { hash160, sha256 } from "../../src/primitives/digest.ts";
import { consensusHash, preorderHash, txid, type ZonefileHash, zonefileHash } from "../../src/primitives/hash.ts";
import { name, nameHashOf, namespaceId, updateHashOf } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { type OperationLog, startLog } from "../../src/verify/op-log.ts";
import { OWNER, REGTEST } from "./fake-node.ts";

/** Blocks that a name of ".test" lives: twice what its namespace says, in the last epoch. */
export const LIFETIME = 200;

const hash = consensusHash("ab".repeat(16));
let count = 0;
const nextTxid = () => txid(Buffer.from(sha256(fromUtf8(`transaction ${count++}`))).toString("hex"));

const text = (applied: AppliedOperation): string => canonicalText(applied) ?? "";

export const hashOf = (zonefile: string): ZonefileHash => zonefileHash.of(hash160(fromUtf8(zonefile)));

export function readyNamespace(at: number): string {
  const height = blockHeight(at);
  const namespace: NamespaceRecord = {
    namespaceId: namespaceId("test"),
    preorderHash: preorderHash("cd".repeat(20)),
    sender: scriptOf(OWNER, REGTEST.bitcoin),
    senderPubkey: null,
    address: OWNER,
    recipient: scriptOf(OWNER, REGTEST.bitcoin),
    recipientAddress: OWNER,
    blockNumber: height,
    revealBlock: height,
    readyBlock: height,
    op: "!",
    opcode: "NAMESPACE_READY",
    txid: nextTxid(),
    vtxindex: 1,
    opFee: 0,
    version: 1,
    lifetime: LIFETIME / 2,
    coeff: 4,
    base: 4,
    buckets: Array<number>(16).fill(2),
    nonalphaDiscount: 2,
    noVowelDiscount: 5,
  };
  return text({ kind: "NAMESPACE_READY", namespace });
}

export function registered(of: string, at: number, more: Partial<NameRecord> = {}): NameRecord {
  const height = blockHeight(at);
  return {
    name: name(of),
    sender: scriptOf(more.address ?? OWNER, REGTEST.bitcoin),
    address: OWNER,
    senderPubkey: null,
    blockNumber: height,
    preorderBlockNumber: height,
    namespaceBlockNumber: blockHeight(1),
    firstRegistered: height,
    lastRenewed: height,
    revoked: false,
    valueHash: null,
    op: ":",
    opcode: "NAME_REGISTRATION",
    txid: nextTxid(),
    vtxindex: 1,
    opFee: 6400,
    importer: null,
    importerAddress: null,
    consensusHash: hash,
    preorderHash: null,
    lastCreationOp: "?",
    lastUpdateConsensusHash: null,
    ...more,
  };
}

export const registration = (of: NameRecord): string =>
  text({ kind: "NAME_REGISTRATION", name: of, consumes: preorderHash("cd".repeat(20)) });

export function update(of: NameRecord, zonefile: string): string {
  const record: NameRecord = { ...of, valueHash: hashOf(zonefile), op: "+", opcode: "NAME_UPDATE", txid: nextTxid() };
  return text({ kind: "NAME_UPDATE", name: record, updateHash: updateHashOf(of.name, hash), consensusHash: hash });
}

export function transfer(of: NameRecord, to: Address): string {
  const owner = { address: to, sender: scriptOf(to, REGTEST.bitcoin), senderPubkey: null };
  const record: NameRecord = { ...of, ...owner, op: ">>", opcode: "NAME_TRANSFER", txid: nextTxid() };
  return text({
    kind: "NAME_TRANSFER",
    name: record,
    nameHash: nameHashOf(of.name),
    consensusHash: hash,
    keepZonefile: true,
  });
}

export const revocation = (of: NameRecord): string =>
  text({
    kind: "NAME_REVOKE",
    name: { ...of, revoked: true, valueHash: null, op: "~", opcode: "NAME_REVOKE", txid: nextTxid() },
  });

/** The blocks of a chain from its first on, and empty ones up to a height. */
export function logOf(blocks: Readonly<Record<number, readonly string[]>>, height: number): OperationLog {
  const log = startLog(REGTEST.firstBlock);
  for (let at = REGTEST.firstBlock; at <= height; at++) log.append(blocks[at] ?? []);
  return log;
}

/** A pin of a block as the log has it. */
export function pinAt(log: OperationLog, height: number, source: PinSource = { kind: "hand" }): Pin {
  return {
    network: REGTEST.id,
    height: blockHeight(height),
    consensusHash: log.spine.consensusHashAt(height),
    source,
    since: "2026-01-02T00:00:00.000Z",
  };
}

export const pinned = (log: OperationLog, source?: PinSource): PinnedLog => ({
  log,
  pin: pinAt(log, log.spine.height(), source),
});
