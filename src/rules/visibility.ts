/** Questions that several rules ask of a block's state, most of them as of the block before (spec 02 §3.1). */
import type { ScriptHex } from "../bitcoin/address.ts";
import type { NamespaceRecord, NameRecord } from "../ops/record.ts";
import type { ConsensusHash, PreorderHash } from "../primitives/hash.ts";
import { type Name, type NamespaceId, namespaceOf } from "../primitives/name.ts";
import type { BlockState } from "./block-state.ts";
import { isLiveAt, isNamespaceReady, isNamespaceRevealedAt } from "../protocol/lifetime.ts";

/** The name if it is in the way as of the last block (registered and not lapsed, revoked or not). */
export function liveName(name: Name, state: BlockState): NameRecord | null {
  const record = state.name(name);
  return record !== null && isLive(record, state.last, state) ? record : null;
}

export function isLive(record: NameRecord, height: number, state: BlockState): boolean {
  return isLiveAt(record, state.namespace(namespaceOf(record.name)), height, state.network);
}

/** Names that a script owns as of the last block: live and not revoked. */
export function ownedNames(owner: ScriptHex, state: BlockState): NameRecord[] {
  return state.namesOf(owner).filter((record) => !record.revoked && isLive(record, state.last, state));
}

/** Does a script own as many names as it may, counting this block's registrations for it? */
export function isAtQuota(owner: ScriptHex, state: BlockState): boolean {
  return state.registrationsFor(owner) + ownedNames(owner, state).length >= state.network.maxNamesPerSender;
}

/** A namespace that is open, null for any other. */
export function readyNamespace(id: NamespaceId, state: BlockState): NamespaceRecord | null {
  const namespace = state.namespace(id);
  return namespace !== null && isNamespaceReady(namespace) ? namespace : null;
}

/** A namespace that is revealed as of the last block and neither open nor lapsed, null for any other. */
export function revealedNamespace(id: NamespaceId, state: BlockState): NamespaceRecord | null {
  const namespace = state.namespace(id);
  return namespace !== null && isNamespaceRevealedAt(namespace, state.last, state.network) ? namespace : null;
}

/** May an operation of this block carry this consensus hash? */
export function isRecent(hash: ConsensusHash, state: BlockState): boolean {
  return state.recentConsensusHashes().includes(hash);
}

/** Is a name preorder with this hash in the way? An open one is at any age, unless a live name carries the hash. */
export function isNamePreorderTaken(hash: PreorderHash, state: BlockState): boolean {
  if (!state.preorders(hash).some(({ op }) => op === "?")) return false;
  return !state.namesByPreorderHash(hash).some((record) => isLive(record, state.last, state));
}

/** The same for a namespace preorder, unless a revealed or open namespace carries the hash. */
export function isNamespacePreorderTaken(hash: PreorderHash, state: BlockState): boolean {
  if (!state.preorders(hash).some(({ op }) => op === "*")) return false;
  return !state
    .namespacesByPreorderHash(hash)
    .some((namespace) => isNamespaceReady(namespace) || isNamespaceRevealedAt(namespace, state.last, state.network));
}
