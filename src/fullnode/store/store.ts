/** The store of one full node: the virtualchain's tables, and the zone files beside them. */
import type { AppliedOperation } from "../../ops/applied.ts";
import type { BlockHash, ConsensusHash, ZonefileHash } from "../../primitives/hash.ts";
import type { BlockHeight } from "../../primitives/units.ts";
import type { Network } from "../../protocol/network-definition.ts";
import type { Changes } from "../../rules/changes.ts";
import type { StateView } from "../../rules/state-view.ts";
import type { Allocation } from "../../tokens/allocation.ts";
import type { IndexedBlock, VirtualchainStore } from "../../virtualchain/store.ts";
import { closeSqliteWhole, type Database, type SqlRow, transaction } from "../../database/sqlite.ts";
import { adoptAllocation, adoptedAllocation } from "./allocation.ts";
import { requireCheckpoints } from "./checkpoints.ts";
import { openDatabase } from "./database.ts";
import { chainDigest, type ChainTable, tableDigest, type TableDigest, tableRows } from "./digest.ts";
import { storedEvidence, type StoredEvidence } from "./evidence.ts";
import { type HashedChain, hashedChainOf } from "./hashed.ts";
import { type StateAt, stateNow, statesOf } from "./past.ts";
import { type Queries, queriesOf } from "./queries.ts";
import { positionOf } from "./schema.ts";
import { Snapshot } from "./snapshot.ts";
import { stateViewOf } from "./state-view.ts";
import { type SubdomainWriter, subdomainWriter } from "./subdomains.ts";
import { type BlockWriter, blockWriter } from "./writer.ts";

interface StoredTip {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
}

export interface StoredZonefile {
  readonly hash: ZonefileHash;
  readonly bytes: Uint8Array;
  /** Seconds since 1970. */
  readonly received: number;
}

/** Blocks are whole: `append` and `rollBack` are transactions, or parts of the one that `together` opens. */
export class NodeStore implements VirtualchainStore<StateView, AppliedOperation, Changes> {
  readonly network: Network;
  readonly view: StateView;
  readonly queries: Queries;
  readonly hashed: HashedChain;
  readonly #database: Database;
  readonly #writer: BlockWriter;
  readonly #subdomains: SubdomainWriter;
  readonly #past: (height: number) => StateAt;
  readonly #snapshot: Snapshot;
  /** The state after the last block, until the next change. */
  #now: StateAt | null = null;
  #inTransaction = false;

  private constructor(database: Database, network: Network) {
    this.network = network;
    this.#database = database;
    this.#subdomains = subdomainWriter(database, network);
    this.#writer = blockWriter(database, this.#subdomains);
    this.view = stateViewOf(database, network);
    this.queries = queriesOf(database, network);
    this.hashed = hashedChainOf(database);
    this.#past = statesOf(database, this.queries, network);
    this.#snapshot = new Snapshot(database);
  }

  /**
   * Opens or creates the database at `path` (`:memory:` for one in memory).
   * `allocation`: who held tokens at the start, where the network's definition names a file of it.
   * @throws BskError of kind `machine`, see `openDatabase`, `adoptAllocation`.
   */
  static open(path: string, network: Network, allocation: Allocation | null = null): NodeStore {
    const store = new NodeStore(openDatabase(path, network), network);
    if (allocation === null) return store;
    try {
      adoptAllocation(store.#database, network, allocation, store.tip()?.height ?? null);
      return store;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** Id of the initial allocation of tokens that the accounts began with; null for none. */
  get allocation(): string | null {
    return adoptedAllocation(this.#database);
  }

  /** Can it say who holds tokens? Not on a network whose initial allocation is in a file that nobody gave. */
  get knowsAccounts(): boolean {
    return this.network.allocation === undefined || this.allocation !== null;
  }

  tip(): StoredTip | null {
    return this.queries.tip();
  }

  blockHashAt(height: number): BlockHash | null {
    return this.queries.block(height)?.hash ?? null;
  }

  consensusHashAt(height: number): ConsensusHash | null {
    return this.view.consensusHashAt(height);
  }

  /** The state after the last block, or after the block of this height, which must be indexed. */
  stateAt(height?: number): StateAt {
    const last = this.tip()?.height ?? this.network.firstBlock - 1;
    if (height !== undefined && height !== last) return this.#past(height);
    return (this.#now ??= stateNow(this.view, this.queries, this.network, last));
  }

  /** @throws BskError `refuted` if the block contradicts a certain checkpoint of the network. */
  append(block: IndexedBlock<AppliedOperation, Changes>): void {
    requireCheckpoints(this.network, block.height, (height) =>
      height === block.height ? block.consensusHash : this.consensusHashAt(height),
    );
    this.together(() => this.#writer.append(block));
  }

  rollBack(): void {
    const tip = this.tip();
    if (tip === null) throw new Error("nothing to roll back: the store holds no block");
    this.together(() => this.#writer.rollBack(tip.height));
  }

  /** Runs `work` in one transaction, so that many blocks cost one write to disk: all of them are kept, or none. */
  together<T>(work: () => T): T {
    this.#snapshot.release();
    const nested = this.#inTransaction;
    this.#inTransaction = true;
    try {
      return nested ? work() : transaction(this.#database, work);
    } finally {
      this.#inTransaction = nested;
      this.#now = null;
      this.queries.changed();
    }
  }

  /** What is read until this turn of the event loop ends, or until something is written, is read as one: that is faster. */
  readTogether(): void {
    if (!this.#inTransaction) this.#snapshot.hold();
  }

  /** Keeps a zone file under its hash, with the subdomains in it; `received` is in seconds since 1970. */
  putZonefile(hash: string, bytes: Uint8Array, received: number): void {
    this.together(() => {
      const { changes } = this.#database
        .prepare("INSERT INTO zonefiles (hash, bytes, received) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING")
        .run(hash, bytes, received);
      if (Number(changes) > 0) this.#subdomains.kept(hash, bytes);
    });
  }

  /** The subdomains that zone files here carry, in the order of the chain. */
  subdomains(): IterableIterator<SqlRow> {
    return this.#database.prepare("SELECT * FROM subdomains ORDER BY position, zonefile_offset").iterate();
  }

  /** Every operation that announced a zone file which is here, in the order of the chain. */
  announcements(): IterableIterator<SqlRow> {
    return this.#database
      .prepare(
        `SELECT o.position, o.subject, z.bytes FROM operations o JOIN zonefiles z ON z.hash = o.announces
         ORDER BY o.position`,
      )
      .iterate();
  }

  /** SHA256 over all rows that a hash stands for: equal on every node that has the same blocks, wherever from. */
  digest(): string {
    return chainDigest(this.#database);
  }

  /** Rows and digest of one table. */
  tableDigest(table: ChainTable): TableDigest {
    return tableDigest(this.#database, table);
  }

  /** The rows of a table as they are stored, in their one order. */
  rows(table: ChainTable): SqlRow[] {
    return [...this.eachRow(table)];
  }

  /** The same, one by one. */
  eachRow(table: ChainTable): IterableIterator<SqlRow> {
    return tableRows(this.#database, table);
  }

  /** What the blocks' rows are derived from, block by block from a height on. */
  evidence(from?: number): Generator<StoredEvidence, void, undefined> {
    return storedEvidence(this.#database, from);
  }

  /** The texts of a block's operations that enter its ops hash. */
  canonicalAt(height: number): string[] {
    return this.#database
      .prepare("SELECT canonical FROM operations WHERE position >= ? AND position < ? AND canonical IS NOT NULL")
      .all(positionOf(height, 0), positionOf(height + 1, 0))
      .map(({ canonical }) => String(canonical));
  }

  /** Every zone file that is kept, by hash. */
  *zonefiles(): Generator<StoredZonefile, void, undefined> {
    const rows = this.#database.prepare("SELECT hash, bytes, received FROM zonefiles ORDER BY hash").iterate();
    for (const row of rows) yield row as unknown as StoredZonefile;
  }

  /** What SQLite finds wrong with the file and its indexes, null where nothing is. Reads all of it. */
  brokenStructure(): string | null {
    const [row] = this.#database.prepare("pragma integrity_check(1)").all();
    const found = String(row?.["integrity_check"]);
    return found === "ok" ? null : (found.split("\n").at(-1) ?? found);
  }

  /** The network's definition as it stood when the database was made. */
  definition(): string {
    return String(this.#database.prepare("SELECT value FROM meta WHERE key = 'network_definition'").get()?.["value"]);
  }

  /** Writes the log into the file and closes it: what is left is one file that any `sqlite3` opens. */
  close(): void {
    // What is remembered of a closed store must not look like an answer.
    this.#now = null;
    this.queries.changed();
    this.#snapshot.release();
    closeSqliteWhole(this.#database);
  }
}
