/** What a verified operation log says of names, at any height up to the pin: presence, absence, owner, expiry. */
import {
  type HashedNameRecord,
  type HashedNamespaceRecord,
  isNameRecord,
  isNamespaceRecord,
} from "../ops/hashed-record.ts";
import { expireBlock, isInGraceAt, isLiveAt, type NamespaceLife } from "../protocol/lifetime.ts";
import type { NetworkDefinition } from "../protocol/network-definition.ts";
import { type Name, namespaceOf } from "../primitives/name.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import type { OperationLog } from "./op-log.ts";

/** What the state of one name takes of a log. */
export type Latest = Pick<OperationLog, "latestOn">;

type Network = Pick<NetworkDefinition, "epochs" | "namespaceRevealExpire">;

/** Of a name at a height. */
export type NameState =
  /** No operation on it up to then. */
  | { readonly kind: "absent" }
  | {
      /** `grace`: expired, still its owner's to renew. `lapsed`: anybody's. `revoked`: nobody's until it lapses. */
      readonly kind: "live" | "grace" | "lapsed" | "revoked";
      readonly record: HashedNameRecord;
      /** Of the block that holds the operation that made it so. */
      readonly since: BlockHeight;
      /** The height from which it can only be renewed; null: never. */
      readonly expires: BlockHeight | null;
    };

/** The last record of a namespace up to a height. */
export function namespaceAt(log: Latest, id: string, height: number): HashedNamespaceRecord | null {
  const found = log.latestOn(id, height)?.record;
  return found !== undefined && isNamespaceRecord(found) ? found : null;
}

export function nameStateAt(log: Latest, name: Name, height: number, network: Network): NameState {
  const found = log.latestOn(name, height);
  const namespace = namespaceAt(log, namespaceOf(name), height);
  if (found === null || namespace === null || !isNameRecord(found.record)) return { kind: "absent" };
  const { record, height: since } = found;
  const life = lifeOf(namespace);
  const facts = { record, since, expires: expireBlock(record, life, height, network) };
  if (!isLiveAt(record, life, height, network)) return { kind: "lapsed", ...facts };
  if (record.revoked) return { kind: "revoked", ...facts };
  return { kind: isInGraceAt(record, life, height, network) ? "grace" : "live", ...facts };
}

/** Names that an address owns at a height: live or in grace, sorted. */
export function namesOwnedAt(log: OperationLog, owner: string, height: number, network: Network): Name[] {
  const owned = (name: Name): boolean => {
    const state = nameStateAt(log, name, height, network);
    return (state.kind === "live" || state.kind === "grace") && state.record.address === owner;
  };
  return [...log.everOwnedBy(owner)]
    .map((name) => name as Name)
    .filter(owned)
    .sort();
}

/** Every name that had an operation up to a height, lapsed and revoked ones included, sorted. */
export function namesAt(log: OperationLog, height: number): Name[] {
  return [...log.subjects()]
    .filter((subject) => subject.includes(".") && log.latestOn(subject, height) !== null)
    .map((name) => name as Name)
    .sort();
}

function lifeOf(namespace: HashedNamespaceRecord): NamespaceLife {
  const { lifetime, op, revealBlock } = namespace;
  return { lifetime, op, revealBlock, readyBlock: "readyBlock" in namespace ? namespace.readyBlock : blockHeight(0) };
}
