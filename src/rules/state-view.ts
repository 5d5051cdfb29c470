/** What a rule may read of the past. Answers are synchronous: the store, a snapshot and a test's maps all can. */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import type { NamespaceRecord, NameRecord, PreorderRecord } from "../ops/record.ts";
import type { ConsensusHash, NameHash, PreorderHash } from "../primitives/hash.ts";
import type { Name, NamespaceId } from "../primitives/name.ts";
import type { AccountKey, AccountRecord } from "../tokens/account.ts";

/** Rows as they stand after block `lastBlock`, expired and revoked ones included: rules decide what is visible. */
export interface StateView {
  name(name: Name): NameRecord | null;
  /** Names whose hash128 this is (at most one is expected). */
  namesByHash(hash: NameHash): readonly NameRecord[];
  /** Names whose `sender` is this script. */
  namesOf(owner: ScriptHex): readonly NameRecord[];
  /** Names that carry this preorder hash. */
  namesByPreorderHash(hash: PreorderHash): readonly NameRecord[];
  namespace(id: NamespaceId): NamespaceRecord | null;
  namespacesByPreorderHash(hash: PreorderHash): readonly NamespaceRecord[];
  /** Open preorders with this hash, of names and namespaces, oldest block first. */
  preorders(hash: PreorderHash): readonly PreorderRecord[];
  /** Addresses that may import into a namespace: written once, by the first import, for ever (quirk R7). */
  importKeys(id: NamespaceId): readonly Address[] | null;
  /** An account of tokens as its last change left it; null where there is none. */
  account(key: AccountKey): AccountRecord | null;
  /** The consensus hash of a height, null where there is none; the genesis value at the four heights before the first block. */
  consensusHashAt(height: number): ConsensusHash | null;
}
