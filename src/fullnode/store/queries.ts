/** What the API asks of the tables. Everything is as of the last stored block. */
import type { Page } from "../../api/page.ts";
import type { Address } from "../../bitcoin/address.ts";
import type { NameRecord } from "../../ops/record.ts";
import type { BlockHash, ConsensusHash, OpsHash, Txid, ZonefileHash } from "../../primitives/hash.ts";
import type { Name, NamespaceId } from "../../primitives/name.ts";
import type { BlockHeight } from "../../primitives/units.ts";
import { epochAt } from "../../protocol/epoch.ts";
import type { Network } from "../../protocol/network-definition.ts";
import type { Database, SqlValue } from "../../database/sqlite.ts";
import { accountQueries } from "./accounts.ts";
import { recordOfJson, type StoredRecord } from "./rows.ts";
import { positionOf } from "./schema.ts";
import { subdomainQueries } from "./subdomains.ts";

export interface StoredBlock {
  readonly height: BlockHeight;
  readonly hash: BlockHash;
  readonly previousHash: BlockHash;
  /** Seconds since 1970. */
  readonly time: number;
  readonly opsHash: OpsHash;
  readonly consensusHash: ConsensusHash;
}

/** One accepted operation with the record as it stood after it. */
export interface StoredOperation {
  readonly height: BlockHeight;
  readonly vtxindex: number;
  readonly txid: Txid;
  readonly opcode: string;
  readonly record: StoredRecord;
}

/** What became of a transaction that looked like an operation. */
export type TransactionVerdict =
  | { readonly kind: "accepted"; readonly height: BlockHeight; readonly vtxindex: number; readonly opcode: string }
  | {
      readonly kind: "rejected";
      readonly height: number;
      readonly vtxindex: number;
      readonly rule: string;
      readonly because: string;
    };

/**
 * `isLiveAt` of protocol/lifetime.ts as a condition over `names n JOIN namespaces s`, for lists that are too long to be
 * judged one by one. A test compares the two over whole chains.
 */
const LIVE = `n.first_registered <= :height AND CASE s.op
  WHEN '!' THEN s.ready_block + s.lifetime * :multiplier + :grace > :height
    OR n.last_renewed + s.lifetime * :multiplier + :grace >= :height
  ELSE s.reveal_block <= :height AND :height < s.reveal_block + :revealExpire END`;
const OF_NAMES = "FROM names n JOIN namespaces s ON s.namespace_id = n.namespace_id";

/** The named parameters of `LIVE`, as positions: the same text with ? would need each value several times. */
function liveAt(network: Network, height: number): string {
  const { lifetimeMultiplier, gracePeriod } = epochAt(network.epochs, height);
  const values: Readonly<Record<string, number>> = {
    height,
    multiplier: lifetimeMultiplier,
    grace: gracePeriod,
    revealExpire: network.namespaceRevealExpire,
  };
  return LIVE.replaceAll(/:([a-zA-Z]+)/gu, (_, parameter: string) => String(values[parameter]));
}

/** A name as most clients want it: without the history of its record, with its zone file. */
export interface NameStanding extends Pick<
  NameRecord,
  "name" | "address" | "txid" | "revoked" | "valueHash" | "firstRegistered" | "lastRenewed"
> {
  /** As text where it is that; its bytes where they hold zeros or are no text. */
  readonly zonefile: string | Uint8Array | null;
  /** Address of the first owner, and how many names were made for it before; null where it is not known. */
  readonly creator: Address | null;
  readonly index: number;
}

/** The columns of `standing`. */
type StandingRow = readonly [
  address: Address,
  txid: Txid,
  revoked: number,
  valueHash: ZonefileHash | null,
  firstRegistered: BlockHeight,
  lastRenewed: BlockHeight,
  creator: Address,
  index: number,
  zonefile: string | Uint8Array | null,
];

/** What bytes that are no text become where they are read as one; it can also stand in a text. */
const NO_CHARACTER = "\ufffd";

export type Queries = ReturnType<typeof queriesOf>;

/** Prepares the statements of a database, once. */
export function queriesOf(database: Database, network: Network) {
  const prepare = (sql: string) => database.prepare(sql);
  const blockColumns =
    'height, hash, previous_hash AS "previousHash", time, ops_hash AS "opsHash", consensus_hash AS "consensusHash"';
  const operationColumns = "height, vtxindex, txid, opcode, record";
  const sql = {
    tip: prepare(`SELECT ${blockColumns} FROM blocks ORDER BY height DESC LIMIT 1`),
    block: prepare(`SELECT ${blockColumns} FROM blocks WHERE height = ?`),
    refusals: prepare("SELECT refused_checksum IS NULL AS unknown FROM blocks WHERE height = ?"),
    lastFromTiles: prepare("SELECT max(height) AS height FROM blocks WHERE refused_checksum IS NULL"),
    heightOf: prepare("SELECT height FROM blocks WHERE consensus_hash = ? ORDER BY height DESC LIMIT 1"),
    operationsAt: prepare(
      `SELECT ${operationColumns} FROM operations WHERE position >= ? AND position < ? AND opcode <> 'ANNOUNCE'
       ORDER BY position LIMIT ? OFFSET ?`,
    ),
    historyOf: prepare(`SELECT ${operationColumns} FROM operations WHERE position IN (
        SELECT position FROM operations WHERE subject = ?1 AND position < ?2
        UNION ALL
        SELECT (SELECT max(p.position) FROM operations p
                WHERE p.subject = json_extract(o.record, '$.preorderHash') AND p.position < o.position
                  AND p.opcode = CASE o.opcode WHEN 'NAMESPACE_REVEAL' THEN 'NAMESPACE_PREORDER' ELSE 'NAME_PREORDER' END)
        FROM operations o
        WHERE o.subject = ?1 AND o.position < ?2 AND o.opcode IN ('NAME_REGISTRATION', 'NAMESPACE_REVEAL'))
      ORDER BY position DESC LIMIT ?3 OFFSET ?4`),
    // Bytes without a zero come as text, which the driver makes sooner than bytes.
    standing: database.prepareList(`SELECT n.address, n.txid, n.revoked, n.value_hash, n.first_registered,
        n.last_renewed, n.creator, n.ordinal, iif(instr(z.bytes, x'00') = 0, CAST(z.bytes AS TEXT), z.bytes)
      FROM names n LEFT JOIN zonefiles z ON z.hash = n.value_hash WHERE n.name = ?`),
    originOf: prepare(`SELECT o.creator, (
        SELECT count(*) FROM operations earlier WHERE earlier.creator = o.creator AND earlier.position < o.position
      ) AS "index"
      FROM operations o WHERE o.subject = ? AND o.position >= ? AND o.creator IS NOT NULL ORDER BY o.position LIMIT 1`),
    operation: prepare(`SELECT ${operationColumns} FROM operations WHERE txid = ?`),
    rejection: prepare(
      "SELECT height, vtxindex, rule, because FROM rejections WHERE txid = ? ORDER BY position DESC LIMIT 1",
    ),
    readyNamespaces: prepare(
      "SELECT namespace_id AS name FROM namespaces WHERE op = '!' ORDER BY namespace_id LIMIT ? OFFSET ?",
    ),
    allNames: prepare("SELECT name FROM names ORDER BY name LIMIT ? OFFSET ?"),
    allNamesCount: prepare("SELECT count(*) AS count FROM names"),
    announced: prepare("SELECT 1 FROM operations WHERE announces = ? LIMIT 1"),
    announcedBy: prepare("SELECT 1 FROM operations WHERE announces = ? AND subject = ? LIMIT 1"),
    announcedCount: prepare("SELECT count(*) AS count FROM operations WHERE announces IS NOT NULL"),
    zonefile: prepare(
      `SELECT bytes FROM zonefiles WHERE hash = ?1
       UNION ALL SELECT zonefile AS bytes FROM subdomains WHERE zonefile_hash = ?1 LIMIT 1`,
    ),
  };
  // Every answer names the last block: it is read once for as long as it is the last.
  let tip: StoredBlock | null | undefined;
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the shape that the statement's columns give
  const one = <T>(row: unknown): T | null => (row === undefined ? null : (row as T));
  const zonefileOf = (hash: ZonefileHash | null): Uint8Array | null =>
    hash === null ? null : (one<{ bytes: Uint8Array }>(sql.zonefile.get(hash))?.bytes ?? null);
  const operations = (rows: unknown[]): StoredOperation[] => (rows as OperationRow[]).map(operationOfRow);
  const list = (sqlText: string, ...values: SqlValue[]): string[] =>
    (prepare(sqlText).all(...values) as { name: string }[]).map(({ name }) => name);
  const count = (sqlText: string, ...values: SqlValue[]): number =>
    (prepare(sqlText).get(...values) as { count: number }).count;

  return {
    tip: (): StoredBlock | null => (tip === undefined ? (tip = one<StoredBlock>(sql.tip.get())) : tip),
    /** To be called after each change of the tables: what was remembered of them is read again. */
    changed: (): void => {
      tip = undefined;
    },
    block: (height: number): StoredBlock | null => one<StoredBlock>(sql.block.get(height)),
    heightOfConsensusHash: (hash: ConsensusHash): BlockHeight | null =>
      one<{ height: BlockHeight }>(sql.heightOf.get(hash))?.height ?? null,

    /** The operations of a block that its ops hash covers: all but announcements. */
    operationsAt: (height: number, { offset, count: limit }: Page): StoredOperation[] =>
      operations(sql.operationsAt.all(positionOf(height, 0), positionOf(height + 1, 0), limit, offset)),
    /**
     * The operations on a name or namespace up to a height, with the preorders that they consumed, newest first.
     * A preorder is the last one of its hash that stands before the operation that uses it up.
     */
    historyOf: (subject: Name | NamespaceId, height: number, { offset, count: limit }: Page): StoredOperation[] =>
      operations(sql.historyOf.all(subject, positionOf(height + 1, 0), limit, offset)),
    /** What most questions about a name are after, in one statement; null for a name that never was. */
    standing(name: Name): NameStanding | null {
      const row = sql.standing.get(name) as StandingRow | undefined;
      if (row === undefined) return null;
      const [address, txid, revoked, valueHash, firstRegistered, lastRenewed, creator, index, zonefile] = row;
      return {
        name,
        address,
        txid,
        revoked: revoked === 1,
        valueHash,
        firstRegistered,
        lastRenewed,
        creator,
        index,
        zonefile: typeof zonefile === "string" && zonefile.includes(NO_CHARACTER) ? zonefileOf(valueHash) : zonefile,
      };
    },
    /** Which of the names that were ever made for the address of its first owner a name is, counted from 0. */
    originOf: (name: Name, firstRegistered: number): { readonly creator: Address; readonly index: number } | null =>
      one(sql.originOf.get(name, positionOf(firstRegistered, 0))),
    /** What the node made of a transaction; null where it saw no operation in it. */
    transaction(txid: Txid): TransactionVerdict | null {
      const accepted = one<OperationRow>(sql.operation.get(txid));
      if (accepted !== null) {
        const { height, vtxindex, opcode } = accepted;
        return { kind: "accepted", height, vtxindex, opcode };
      }
      const rejected = one<RejectionRow>(sql.rejection.get(txid));
      return rejected === null ? null : { kind: "rejected", ...rejected };
    },

    /** Would it be known of a block that it held operations which the rules refused? Not where it came from a tile. */
    knowsRefusalsAt: (height: number): boolean => sql.refusals.get(height)?.["unknown"] !== 1,

    /** The last block that came from a tile; null where none did. */
    lastFromTiles: (): number | null => {
      const height = sql.lastFromTiles.get()?.["height"];
      return typeof height === "number" ? height : null;
    },

    /** Namespaces that are open, in alphabetical order. */
    readyNamespaces: ({ offset, count: limit }: Page): string[] =>
      (sql.readyNamespaces.all(limit, offset) as { name: string }[]).map(({ name }) => name),
    /** Names that are live at a height, revoked ones included, in alphabetical order. */
    liveNames: (height: number, { offset, count: limit }: Page): string[] =>
      list(
        `SELECT n.name ${OF_NAMES} WHERE ${liveAt(network, height)} ORDER BY n.name LIMIT ? OFFSET ?`,
        limit,
        offset,
      ),
    liveNamesCount: (height: number): number =>
      count(`SELECT count(*) AS count ${OF_NAMES} WHERE ${liveAt(network, height)}`),
    liveNamesIn: (id: NamespaceId, height: number, { offset, count: limit }: Page): string[] =>
      list(
        `SELECT n.name ${OF_NAMES} WHERE n.namespace_id = ? AND ${liveAt(network, height)} ORDER BY n.name LIMIT ? OFFSET ?`,
        id, limit, offset,
      ), // prettier-ignore
    liveNamesCountIn: (id: NamespaceId, height: number): number =>
      count(`SELECT count(*) AS count ${OF_NAMES} WHERE n.namespace_id = ? AND ${liveAt(network, height)}`, id),
    /** Every name that was ever made, lapsed ones included. */
    allNames: ({ offset, count: limit }: Page): string[] =>
      (sql.allNames.all(limit, offset) as { name: string }[]).map(({ name }) => name),
    allNamesCount: (): number => (sql.allNamesCount.get() as { count: number }).count,
    isAnnounced: (hash: ZonefileHash): boolean => sql.announced.get(hash) !== undefined,
    /** Did this name ever carry this zone file hash? */
    isAnnouncedBy: (hash: ZonefileHash, name: Name): boolean => sql.announcedBy.get(hash, name) !== undefined,
    announcementsCount: (): number => (sql.announcedCount.get() as { count: number }).count,
    ...accountQueries(database),
    ...subdomainQueries(database),
    /** Of a name, or of a subdomain. */
    zonefile: (hash: ZonefileHash): Uint8Array | null => zonefileOf(hash),
  };
}

interface OperationRow {
  readonly height: BlockHeight;
  readonly vtxindex: number;
  readonly txid: Txid;
  readonly opcode: string;
  readonly record: string;
}

interface RejectionRow {
  readonly height: BlockHeight;
  readonly vtxindex: number;
  readonly rule: string;
  readonly because: string;
}

function operationOfRow({ height, vtxindex, txid, opcode, record }: OperationRow): StoredOperation {
  return { height, vtxindex, txid, opcode, record: recordOfJson(record) };
}
