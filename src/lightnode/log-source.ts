/** What the verified log says of names: level `complete`, as of its pin, with no network. */
import { BskError } from "../errors.ts";
import {
  type HashedNameRecord,
  type HashedNamespaceRecord,
  isNameRecord,
  isNamespaceRecord,
} from "../ops/hashed-record.ts";
import type { OperationKind } from "../ops/operation.ts";
import { type Name, namespaceOf } from "../primitives/name.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import {
  isNamespaceReady,
  isNamespaceRevealedAt,
  type Lifespan,
  lifespanOf,
  type NamespaceLife,
} from "../protocol/lifetime.ts";
import type { Network } from "../protocol/network-definition.ts";
import { namesOwnedAt, namespaceAt } from "../verify/name-state.ts";
import type { LoggedOperation, OperationLog } from "../verify/op-log.ts";
import type { FullName, FullNamespace, HistoryEntry } from "./answers.ts";
import type { NameSource } from "./name-source.ts";
import { shownPin } from "./pin.ts";
import type { PinnedLog } from "./pinned-log.ts";

/** As of a height at or below the pin; the pin's own where none is given. */
export function logSource({ log, pin }: PinnedLog, network: Network, at: BlockHeight = pin.height): NameSource {
  const shown = shownPin(pin);
  return {
    standing: { level: "complete", asOf: { height: at, time: null }, node: null, pin: shown },
    record: (name) => Promise.resolve(recordIn(log, name, at, network)),
    history: (name) => Promise.resolve(log.operationsOn(name, at).flatMap(historyEntry)),
    namesOf: (address) => Promise.resolve(namesOwnedAt(log, address, at, network)),
    namespace: (id) => Promise.resolve(namespaceIn(log, id, at, network)),
    // Every operation up to the pin was hashed: what is not there is not there.
    denial: (rule, message) =>
      shown.attested
        ? new BskError("rejected", `${message}, as of block ${at}`, { rule })
        : new BskError("unproven", `${message}, as of block ${at} under a pin that is one node's word`, {
            rule,
            hint: "bsk pin list shows it; bsk pin from-node or bsk pin set gives one that can be trusted",
          }),
  };
}

/** null where there is none, and where its namespace was not opened in time. */
function recordIn(log: OperationLog, name: Name, at: number, network: Network): FullName | null {
  const record = log.latestOn(name, at)?.record;
  const namespace = namespaceAt(log, namespaceOf(name), at);
  if (record === undefined || !isNameRecord(record) || namespace === null) return null;
  return fullNameOf(record, namespace, at, network);
}

/** A name by its last record and its namespace's; null where the namespace was not opened in time. */
export function fullNameOf(
  record: HashedNameRecord,
  namespace: HashedNamespaceRecord,
  at: number,
  network: Network,
): FullName | null {
  const life = lifespanOf(record, lifeOf(namespace), at, network);
  return life === null ? null : fullName(record, life);
}

function fullName(record: HashedNameRecord, life: Lifespan): FullName {
  return {
    name: record.name,
    namespaceId: namespaceOf(record.name),
    address: record.address,
    sender: record.sender,
    zonefileHash: record.valueHash,
    revoked: record.revoked,
    ...life,
    firstSeen: record.blockNumber,
    preordered: record.preorderBlockNumber,
    registered: record.firstRegistered,
    renewed: record.lastRenewed,
    importer: record.importerAddress,
    lastOperation: { opcode: opcodeOf(record), txid: record.txid },
  };
}

const OPCODES: Readonly<Record<HashedNameRecord["op"] | HashedNamespaceRecord["op"], OperationKind>> = {
  ":": "NAME_REGISTRATION",
  "::": "NAME_RENEWAL",
  "+": "NAME_UPDATE",
  ">>": "NAME_TRANSFER",
  ">~": "NAME_TRANSFER",
  "~": "NAME_REVOKE",
  ";": "NAME_IMPORT",
  "&": "NAMESPACE_REVEAL",
  "!": "NAMESPACE_READY",
};

/** What the original calls the operation that made a record. */
export function opcodeOf({ op }: Pick<HashedNameRecord | HashedNamespaceRecord, "op">): OperationKind {
  return OPCODES[op];
}

function historyEntry({ height, record }: LoggedOperation): HistoryEntry[] {
  if (!isNameRecord(record)) return [];
  const { txid, vtxindex, address, valueHash, revoked, senderPubkey } = record;
  const after = { address, zonefileHash: valueHash, revoked, publicKey: senderPubkey };
  return [{ height, opcode: opcodeOf(record), txid, vtxindex, ...after }];
}

/** What of a hashed record decides how long the namespace's names live. */
export function lifeOf(namespace: HashedNamespaceRecord): NamespaceLife {
  const { lifetime, op, revealBlock } = namespace;
  return { lifetime, op, revealBlock, readyBlock: "readyBlock" in namespace ? namespace.readyBlock : blockHeight(0) };
}

function namespaceIn(log: OperationLog, id: string, at: number, network: Network): FullNamespace | null {
  const record = log.latestOn(id, at)?.record;
  if (record === undefined || !isNamespaceRecord(record)) return null;
  const life = lifeOf(record);
  const ready = isNamespaceReady(life);
  if (!ready && !isNamespaceRevealedAt(life, at, network)) return null;
  const { namespaceId, version, lifetime, coeff, base, buckets, nonalphaDiscount, noVowelDiscount } = record;
  return {
    namespaceId,
    ready,
    creator: record.address,
    revealer: record.recipientAddress,
    preordered: record.blockNumber,
    revealed: record.revealBlock,
    opened: ready ? life.readyBlock : null,
    ...{ version, lifetime, coeff, base, buckets, nonalphaDiscount, noVowelDiscount },
    lastOperation: { opcode: opcodeOf(record), txid: record.txid },
  };
}
