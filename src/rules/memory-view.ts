/** A state in maps: for replays, tests and snapshots. Takes blocks' changes, and takes them back. */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import type { NamespaceRecord, NameRecord, PreorderRecord } from "../ops/record.ts";
import type { ConsensusHash, NameHash, PreorderHash } from "../primitives/hash.ts";
import { type Name, type NamespaceId, nameHashOf } from "../primitives/name.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { AccountKey, AccountRecord } from "../tokens/account.ts";
import type { Changes } from "./changes.ts";
import type { StateView } from "./state-view.ts";

/** Heights before the first block that carry the genesis consensus hash. */
const GENESIS_HEIGHTS = 4;

/** What `apply` overwrote, newest application first. */
export interface Undo {
  readonly names: readonly { readonly name: Name; readonly before: NameRecord | null }[];
  readonly namespaces: readonly { readonly id: NamespaceId; readonly before: NamespaceRecord | null }[];
  readonly preorders: readonly { readonly hash: PreorderHash; readonly before: readonly PreorderRecord[] }[];
  readonly importKeys: readonly NamespaceId[];
  /** How many states of accounts were added. */
  readonly accounts: number;
}

/** Names by one of their fields. */
class NameIndex<K> {
  readonly #rows = new Map<K, Map<Name, NameRecord>>();
  readonly #keyOf: (record: NameRecord) => K;

  constructor(keyOf: (record: NameRecord) => K) {
    this.#keyOf = keyOf;
  }

  get(key: K): NameRecord[] {
    return [...(this.#rows.get(key)?.values() ?? [])];
  }

  replace(before: NameRecord | null, after: NameRecord | null): void {
    if (before !== null) this.#rows.get(this.#keyOf(before))?.delete(before.name);
    if (after === null) return;
    const key = this.#keyOf(after);
    const rows = this.#rows.get(key) ?? new Map<Name, NameRecord>();
    this.#rows.set(key, rows.set(after.name, after));
  }
}

const accountId = ({ address, type }: AccountKey): string => `${type} ${address}`;

export class MemoryView implements StateView {
  readonly #names = new Map<Name, NameRecord>();
  readonly #namespaces = new Map<NamespaceId, NamespaceRecord>();
  readonly #preorders = new Map<PreorderHash, readonly PreorderRecord[]>();
  readonly #importKeys = new Map<NamespaceId, readonly Address[]>();
  /** Every state of every account, in chain order. */
  readonly #accountHistory: AccountRecord[] = [];
  readonly #accounts = new Map<string, AccountRecord[]>();
  readonly #consensusHashes = new Map<number, ConsensusHash>();
  readonly #byHash = new NameIndex<NameHash>(({ name }) => nameHashOf(name));
  readonly #byOwner = new NameIndex<ScriptHex>(({ sender }) => sender);
  readonly #byPreorderHash = new NameIndex<PreorderHash | null>(({ preorderHash }) => preorderHash);

  /** An empty state before the first block. */
  constructor({ firstBlock, genesisConsensusHash }: Network) {
    for (let i = 1; i <= GENESIS_HEIGHTS; i++) this.#consensusHashes.set(firstBlock - i, genesisConsensusHash);
  }

  name(name: Name): NameRecord | null {
    return this.#names.get(name) ?? null;
  }

  namesByHash(hash: NameHash): readonly NameRecord[] {
    return this.#byHash.get(hash);
  }

  namesOf(owner: ScriptHex): readonly NameRecord[] {
    return this.#byOwner.get(owner);
  }

  namesByPreorderHash(hash: PreorderHash): readonly NameRecord[] {
    return this.#byPreorderHash.get(hash);
  }

  namespace(id: NamespaceId): NamespaceRecord | null {
    return this.#namespaces.get(id) ?? null;
  }

  namespacesByPreorderHash(hash: PreorderHash): readonly NamespaceRecord[] {
    return [...this.#namespaces.values()].filter(({ preorderHash }) => preorderHash === hash);
  }

  preorders(hash: PreorderHash): readonly PreorderRecord[] {
    return this.#preorders.get(hash) ?? [];
  }

  importKeys(id: NamespaceId): readonly Address[] | null {
    return this.#importKeys.get(id) ?? null;
  }

  account(key: AccountKey): AccountRecord | null {
    return this.#accounts.get(accountId(key))?.at(-1) ?? null;
  }

  consensusHashAt(height: number): ConsensusHash | null {
    return this.#consensusHashes.get(height) ?? null;
  }

  setConsensusHash(height: number, hash: ConsensusHash | null): void {
    if (hash === null) this.#consensusHashes.delete(height);
    else this.#consensusHashes.set(height, hash);
  }

  /** Every name, expired and revoked ones included. */
  allNames(): NameRecord[] {
    return [...this.#names.values()];
  }

  allNamespaces(): NamespaceRecord[] {
    return [...this.#namespaces.values()];
  }

  allPreorders(): PreorderRecord[] {
    return [...this.#preorders.values()].flat();
  }

  /** Every state of every account, in chain order. */
  accountStates(): readonly AccountRecord[] {
    return this.#accountHistory;
  }

  /** Applies what a block changed; the answer takes it back. */
  apply({ names, namespaces, openedPreorders, consumedPreorders, importKeys, accounts = [] }: Changes): Undo {
    const hashes = new Set([...consumedPreorders, ...openedPreorders.map(({ preorderHash }) => preorderHash)]);
    const undo: Undo = {
      names: names.map(({ name }) => ({ name, before: this.name(name) })),
      namespaces: namespaces.map(({ namespaceId: id }) => ({ id, before: this.namespace(id) })),
      preorders: [...hashes].map((hash) => ({ hash, before: this.preorders(hash) })),
      importKeys: importKeys.map(({ namespaceId }) => namespaceId),
      accounts: accounts.length,
    };
    for (const record of names) this.#putName(record.name, record);
    for (const record of namespaces) this.#namespaces.set(record.namespaceId, record);
    for (const hash of consumedPreorders) this.#preorders.delete(hash);
    for (const record of openedPreorders)
      this.#putPreorders(record.preorderHash, [...this.preorders(record.preorderHash), record]);
    for (const { namespaceId, addresses } of importKeys) this.#importKeys.set(namespaceId, addresses);
    for (const record of accounts) {
      this.#accountHistory.push(record);
      this.#accounts.set(accountId(record), [...(this.#accounts.get(accountId(record)) ?? []), record]);
    }
    return undo;
  }

  /** Takes the last application back. */
  undo({ names, namespaces, preorders, importKeys, accounts }: Undo): void {
    for (const { name, before } of names) this.#putName(name, before);
    for (const { id, before } of namespaces) {
      if (before === null) this.#namespaces.delete(id);
      else this.#namespaces.set(id, before);
    }
    for (const { hash, before } of preorders) this.#putPreorders(hash, before);
    for (const id of importKeys) this.#importKeys.delete(id);
    for (const record of this.#accountHistory.splice(this.#accountHistory.length - accounts)) {
      this.#accounts.get(accountId(record))?.pop();
    }
  }

  #putName(name: Name, after: NameRecord | null): void {
    const before = this.name(name);
    this.#byHash.replace(before, after);
    this.#byOwner.replace(before, after);
    this.#byPreorderHash.replace(before, after);
    if (after === null) this.#names.delete(name);
    else this.#names.set(name, after);
  }

  #putPreorders(hash: PreorderHash, rows: readonly PreorderRecord[]): void {
    if (rows.length === 0) this.#preorders.delete(hash);
    else this.#preorders.set(hash, rows);
  }
}
