/** The operations that a bundle shows by their paths, once the ops hashes of their blocks are known. */
import { ParseError } from "../errors.ts";
import {
  type HashedNameRecord,
  type HashedNamespaceRecord,
  type HashedRecord,
  isNamespaceRecord,
  isNameRecord,
  parseHashedRecord,
} from "../ops/hashed-record.ts";
import type { OpsHash } from "../primitives/hash.ts";
import { namespaceOf } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { HeldOperation, ProofBundle } from "./bundle.ts";
import { opsHashOfProof } from "./operation-proof.ts";
import { type Outcome, proven, refuted } from "./outcome.ts";

/** An operation in the block that the bundle calls by this height. */
export interface Shown<R = HashedRecord> {
  readonly height: BlockHeight;
  readonly record: R;
}

export interface ShownOperations {
  readonly operation: Shown<HashedNameRecord> | null;
  readonly namespace: Shown<HashedNamespaceRecord> | null;
  readonly dates: readonly Shown[];
}

type OpsHashes = (height: number) => OpsHash | undefined;

/** Refuted unless each is in its block, and on the name or namespace that it is said to be on. */
export function shownOperations(bundle: ProofBundle, opsHashAt: OpsHashes): Outcome<ShownOperations> {
  const { name } = bundle;
  const find = (held: HeldOperation | null): Shown | null => {
    const record = held === null ? null : recordIn(held, opsHashAt(held.height));
    return held === null || record === null ? null : { height: held.height, record };
  };
  const [operation, namespace] = [find(bundle.operation), find(bundle.namespace)];
  const dates = bundle.dates.map(find).filter((date) => date !== null);
  const missing = (found: Shown | null, held: HeldOperation | null): boolean => found === null && held !== null;
  if (missing(operation, bundle.operation)) return refuted("the operation is not in the block that the proof leads to");
  if (missing(namespace, bundle.namespace) || dates.length < bundle.dates.length) {
    return refuted("an operation that is shown beside it is not in its block");
  }
  if (operation !== null && !isOnName(operation, name)) return refuted(`the operation is not on "${name}"`);
  if (namespace !== null && !isOnNamespace(namespace, namespaceOf(name))) {
    return refuted(`what is shown of the namespace of "${name}" is not on it`);
  }
  return proven({ operation, namespace, dates });
}

const isOnName = (shown: Shown, name: string): shown is Shown<HashedNameRecord> =>
  isNameRecord(shown.record) && shown.record.name === name;

const isOnNamespace = (shown: Shown, id: string): shown is Shown<HashedNamespaceRecord> =>
  isNamespaceRecord(shown.record) && shown.record.namespaceId === id;

/** The record of an operation if it is in the block of an ops hash, and is one. */
function recordIn(operation: HeldOperation, ops: OpsHash | undefined): HashedRecord | null {
  try {
    return ops !== undefined && opsHashOfProof(operation) === ops ? parseHashedRecord(operation.text) : null;
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
