/** The working state of one block: the past, with what the block has done so far on top. */
import type { Address, ScriptHex } from "../bitcoin/address.ts";
import type { NamespaceRecord, NameRecord, PreorderRecord } from "../ops/record.ts";
import type { ConsensusHash, NameHash, PreorderHash } from "../primitives/hash.ts";
import { type Name, type NamespaceId, nameHashOf } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { type Epoch, epochAt } from "../protocol/epoch.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { AccountKey, AccountRecord } from "../tokens/account.ts";
import { BlockAccounts } from "./block-accounts.ts";
import type { Changes } from "./changes.ts";
import type { StateView } from "./state-view.ts";

/** Reads like a `StateView`; rows change at once, while most questions are asked as of the block before (spec 02 §3). */
export class BlockState implements StateView {
  readonly network: Network;
  /** Names whose owners this node takes announcements from. */
  readonly announcers: readonly Name[];
  /** H: the block being processed. */
  readonly at: BlockHeight;
  /** L: the last finished block. */
  readonly last: number;
  readonly epoch: Epoch;
  /** Names and namespaces that two valid creations of this block claim: neither gets them. */
  readonly collided = new Set<Name | NamespaceId>();
  /** Names and namespaces created in this block. */
  readonly created = new Set<Name | NamespaceId>();
  /** Hashes preordered in this block, names and namespaces in one key space. */
  readonly preordered = new Set<PreorderHash>();
  readonly accounts: BlockAccounts;
  readonly #base: StateView;
  /** Preorders of the past that were asked for: a registration finds its preorder, then consumes it. */
  readonly #pastPreorders = new Map<PreorderHash, readonly PreorderRecord[]>();
  readonly #names = new Map<Name, NameRecord>();
  /** Hashes of the names that the block changed: each is computed once, though every transfer asks for all. */
  readonly #nameHashes = new Map<Name, NameHash>();
  readonly #namespaces = new Map<NamespaceId, NamespaceRecord>();
  /** Namespaces of the past that were asked for: every rule asks, and the past does not change within a block. */
  readonly #pastNamespaces = new Map<NamespaceId, NamespaceRecord | null>();
  readonly #opened = new Map<PreorderHash, readonly PreorderRecord[]>();
  readonly #consumed = new Set<PreorderHash>();
  readonly #importKeys = new Map<NamespaceId, readonly Address[]>();
  readonly #registrations = new Map<ScriptHex, number>();
  #recent: readonly ConsensusHash[] | null = null;

  constructor(base: StateView, at: BlockHeight, network: Network, announcers: readonly Name[]) {
    this.#base = base;
    this.accounts = new BlockAccounts(base);
    this.network = network;
    this.announcers = announcers;
    this.at = at;
    this.last = at - 1;
    this.epoch = epochAt(network.epochs, at);
  }

  name(name: Name): NameRecord | null {
    return this.#names.get(name) ?? this.#base.name(name);
  }

  namesByHash(hash: NameHash): readonly NameRecord[] {
    return this.#overlay(this.#base.namesByHash(hash), ({ name }) => this.#nameHash(name) === hash);
  }

  namesOf(owner: ScriptHex): readonly NameRecord[] {
    return this.#overlay(this.#base.namesOf(owner), ({ sender }) => sender === owner);
  }

  namesByPreorderHash(hash: PreorderHash): readonly NameRecord[] {
    return this.#overlay(this.#base.namesByPreorderHash(hash), ({ preorderHash }) => preorderHash === hash);
  }

  namespace(id: NamespaceId): NamespaceRecord | null {
    const changed = this.#namespaces.get(id);
    if (changed !== undefined) return changed;
    let past = this.#pastNamespaces.get(id);
    if (past === undefined) {
      past = this.#base.namespace(id);
      this.#pastNamespaces.set(id, past);
    }
    return past;
  }

  namespacesByPreorderHash(hash: PreorderHash): readonly NamespaceRecord[] {
    return [
      ...this.#base.namespacesByPreorderHash(hash).filter(({ namespaceId }) => !this.#namespaces.has(namespaceId)),
      ...[...this.#namespaces.values()].filter(({ preorderHash }) => preorderHash === hash),
    ];
  }

  preorders(hash: PreorderHash): readonly PreorderRecord[] {
    const opened = this.#opened.get(hash) ?? [];
    return this.#consumed.has(hash) ? opened : [...this.#preordersBefore(hash), ...opened];
  }

  importKeys(id: NamespaceId): readonly Address[] | null {
    return this.#importKeys.get(id) ?? this.#base.importKeys(id);
  }

  account(key: AccountKey): AccountRecord | null {
    return this.accounts.get(key);
  }

  consensusHashAt(height: number): ConsensusHash | null {
    return this.#base.consensusHashAt(height);
  }

  /** Consensus hashes that an operation of this block may carry, newest first. */
  recentConsensusHashes(): readonly ConsensusHash[] {
    this.#recent ??= Array.from({ length: this.network.consensusHashWindow }, (_, i) =>
      this.#base.consensusHashAt(this.last - i),
    ).filter((hash) => hash !== null);
    return this.#recent;
  }

  /** Registrations accepted in this block for an owner: they count for the quota before their names are visible. */
  registrationsFor(owner: ScriptHex): number {
    return this.#registrations.get(owner) ?? 0;
  }

  putName(record: NameRecord): void {
    this.#names.set(record.name, record);
  }

  /** Puts a name that a registration made. */
  register(record: NameRecord): void {
    this.putName(record);
    this.created.add(record.name);
    this.#registrations.set(record.sender, this.registrationsFor(record.sender) + 1);
  }

  putNamespace(record: NamespaceRecord): void {
    this.#namespaces.set(record.namespaceId, record);
  }

  openPreorder(record: PreorderRecord): void {
    const { preorderHash } = record;
    this.preordered.add(preorderHash);
    this.#opened.set(preorderHash, [...(this.#opened.get(preorderHash) ?? []), record]);
  }

  /** Drops all rows with the hash, of names and of namespaces. */
  consumePreorders(hash: PreorderHash): void {
    this.#opened.delete(hash);
    if (this.#preordersBefore(hash).length > 0) this.#consumed.add(hash);
  }

  /** Fixes who may import into a namespace, for ever. */
  fixImportKeys(id: NamespaceId, addresses: readonly Address[]): void {
    this.#importKeys.set(id, addresses);
  }

  changes(): Changes {
    return {
      names: [...this.#names.values()],
      namespaces: [...this.#namespaces.values()],
      openedPreorders: [...this.#opened.values()].flat(),
      consumedPreorders: [...this.#consumed],
      importKeys: [...this.#importKeys]
        .filter(([namespaceId]) => !this.#isOpened(namespaceId))
        .map(([namespaceId, addresses]) => ({ namespaceId, addresses })),
      accounts: this.accounts.changes(),
    };
  }

  /**
   * Did the namespace open in this block? Nobody asks for its import keys ever again; and where they were fixed by an
   * import that stands behind the opening, and is refused for it, no hash would stand for them.
   */
  #isOpened(id: NamespaceId): boolean {
    return this.#namespaces.get(id)?.op === "!";
  }

  #preordersBefore(hash: PreorderHash): readonly PreorderRecord[] {
    let past = this.#pastPreorders.get(hash);
    if (past === undefined) {
      past = this.#base.preorders(hash);
      this.#pastPreorders.set(hash, past);
    }
    return past;
  }

  #nameHash(name: Name): NameHash {
    let hash = this.#nameHashes.get(name);
    if (hash === undefined) {
      hash = nameHashOf(name);
      this.#nameHashes.set(name, hash);
    }
    return hash;
  }

  #overlay(base: readonly NameRecord[], belongs: (record: NameRecord) => boolean): readonly NameRecord[] {
    if (this.#names.size === 0) return base;
    return [
      ...base.filter(({ name }) => !this.#names.has(name)),
      ...[...this.#names.values()].filter((record) => belongs(record)),
    ];
  }
}
