/**
 * Subdomains in the database: every record that a kept zone file carries, once for each operation that announced the file.
 *
 * Rows follow from zone files and from the chain, not from the chain alone: two nodes on one chain may hold different ones,
 * and no digest covers them. Which records count is not stored: it follows from the rows (verify/subdomain.ts), and a
 * reorg only takes rows away.
 */
import type { Database } from "../../database/sqlite.ts";
import { encodeBase58Check, decodeBase58Check } from "../../encoding/base58check.ts";
import { ParseError } from "../../errors.ts";
import { hash160 } from "../../primitives/digest.ts";
import { type Txid, type ZonefileHash, zonefileHash } from "../../primitives/hash.ts";
import { isName, type Name, stemOf, type SubdomainName } from "../../primitives/name.ts";
import type { Network } from "../../protocol/network-definition.ts";
import { acceptedRecords, isSignedBy, type PlacedSubdomain } from "../../verify/subdomain.ts";
import { type SubdomainRecord, subdomainsIn } from "../../zonefile/subdomain-record.ts";
import type { Page } from "../../api/page.ts";
import { positionOf } from "./schema.ts";

/** Height from which zone files were read for subdomains (original: SUBDOMAINS_FIRST_BLOCK). */
function firstBlockOf({ bitcoin }: Network): number {
  return bitcoin.chain === "bitcoin" ? 478_872 : 0;
}

/** A record with where it stands. */
export interface StoredSubdomain extends PlacedSubdomain {
  /** Height of the block that announced the carrying zone file. */
  readonly height: number;
  readonly txid: Txid;
  readonly zonefileHash: ZonefileHash;
  /** Hash of the carrying zone file. */
  readonly carrier: ZonefileHash;
  /** What the carrying zone file says beside its records. */
  readonly resolver: string | null;
  readonly missing: readonly number[];
}

/** The columns of a row, as fsck compares them. */
type Columns = readonly (string | number | null | Uint8Array)[];

function columnsOf(
  position: number,
  record: SubdomainRecord,
  { resolver, missing }: { readonly resolver: string | null; readonly missing: readonly number[] },
): Columns {
  return [
    position, record.offset, record.name, record.domain, record.sequence, record.owner,
    zonefileHash.of(hash160(record.zonefile)), record.zonefile, record.signature, resolver, JSON.stringify(missing),
  ]; // prettier-ignore
}

/** The rows that a zone file gives where a name announced it. */
export function subdomainRows(position: number, domain: string, bytes: Uint8Array, network: Network): Columns[] {
  if (!isName(domain) || position < positionOf(firstBlockOf(network), 0)) return [];
  const carried = subdomainsIn(bytes, domain);
  return (carried?.records ?? []).map((record) =>
    columnsOf(position, record, carried ?? { resolver: null, missing: [] }),
  );
}

export type SubdomainWriter = ReturnType<typeof subdomainWriter>;

/** Writes rows where a zone file and its announcement meet, in whichever order they come. Not a transaction of its own. */
export function subdomainWriter(database: Database, network: Network) {
  const sql = {
    insert: database.prepare(
      `INSERT INTO subdomains (position, zonefile_offset, name, domain, sequence, owner, zonefile_hash, zonefile,
         signature, resolver, missing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    announcements: database.prepare("SELECT position, subject FROM operations WHERE announces = ? ORDER BY position"),
    kept: database.prepare("SELECT bytes FROM zonefiles WHERE hash = ?"),
    forget: database.prepare("DELETE FROM subdomains WHERE position >= ?"),
  };
  const read = (position: number, domain: string, bytes: Uint8Array): void => {
    for (const row of subdomainRows(position, domain, bytes, network)) sql.insert.run(...row);
  };
  return {
    /** A zone file was kept that the chain had announced. */
    kept(hash: string, bytes: Uint8Array): void {
      for (const { position, subject } of sql.announcements.all(hash)) read(Number(position), String(subject), bytes);
    },
    /** An operation announced a zone file, which may be kept already. */
    announced(position: number, subject: string, hash: string): void {
      const row = sql.kept.get(hash);
      if (row !== undefined) read(position, subject, row["bytes"] as Uint8Array);
    },
    /** Operations from a position on are taken back. */
    forget: (from: number): void => void sql.forget.run(from),
  };
}

interface Row {
  readonly position: number;
  readonly zonefile_offset: number;
  readonly name: SubdomainName;
  readonly domain: Name;
  readonly sequence: number;
  readonly owner: string;
  readonly zonefile_hash: ZonefileHash;
  readonly zonefile: Uint8Array;
  readonly signature: string | null;
  readonly resolver: string | null;
  readonly missing: string;
  readonly height: number;
  readonly txid: Txid;
  readonly announces: ZonefileHash;
}

const subdomainOf = (row: Row): StoredSubdomain => ({
  name: row.name,
  domain: row.domain,
  owner: row.owner,
  sequence: row.sequence,
  zonefile: row.zonefile,
  signature: row.signature,
  offset: row.zonefile_offset,
  position: row.position,
  height: row.height,
  txid: row.txid,
  zonefileHash: row.zonefile_hash,
  carrier: row.announces,
  resolver: row.resolver,
  missing: JSON.parse(row.missing) as readonly number[],
});

/** Verdicts on signatures that are kept: enough for the subdomains that are asked for again soon. */
const REMEMBERED_VERDICTS = 4096;

/** `isSignedBy`, with its last verdicts kept: a signature costs a millisecond. */
function rememberedSignatures(): (record: StoredSubdomain, owner: string) => boolean {
  const known = new Map<string, boolean>();
  return (record, owner) => {
    const { name, domain, sequence, signature, zonefileHash: hash } = record;
    const key = JSON.stringify([owner, name, domain, record.owner, sequence, signature, hash]);
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= REMEMBERED_VERDICTS) known.clear();
    const verdict = isSignedBy(record, owner);
    known.set(key, verdict);
    return verdict;
  };
}

/** Versions of addresses in the DIDs of subdomains, by those of the owner (spec 06 §8). */
const DID_VERSIONS: Readonly<Record<number, number>> = { 0: 63, 5: 50, 111: 127, 196: 142 };

/** Rows that the zone file of the subdomain's own domain carries. */
const OWN = "substr(s.name, -length(s.domain) - 1) = '.' || s.domain";
/** Rows that make a subdomain: the first of its name, in the zone file of its own domain. */
const MAKES = `s.sequence = 0 AND ${OWN}
  AND NOT EXISTS (SELECT 1 FROM subdomains e WHERE e.name = s.name AND e.sequence = 0 AND e.position < s.position)`;

/** A subdomain as it stands. */
export interface SubdomainStanding {
  readonly current: StoredSubdomain;
  /** All records that count, in their order. */
  readonly accepted: readonly StoredSubdomain[];
}

/** What the API asks of subdomains. */
export function subdomainQueries(database: Database) {
  const columns = "s.*, o.height, o.txid, o.announces FROM subdomains s JOIN operations o ON o.position = s.position";
  const sql = {
    ofName: database.prepare(`SELECT ${columns} WHERE s.name = ? AND s.position < ? ORDER BY s.position`),
    ofTransaction: database.prepare(`SELECT ${columns} WHERE o.txid = ? ORDER BY s.zonefile_offset`),
    names: database.prepare("SELECT DISTINCT name FROM subdomains ORDER BY name LIMIT ? OFFSET ?"),
    count: database.prepare(`SELECT count(*) AS count FROM subdomains s WHERE ${MAKES}`),
    ofOwner: database.prepare("SELECT DISTINCT name FROM subdomains WHERE owner = ? AND position < ? ORDER BY name"),
    madeBefore: database.prepare(
      `SELECT count(*) AS count FROM subdomains s
       WHERE s.owner = ? AND (s.position < ?2 OR s.position = ?2 AND s.zonefile_offset < ?3) AND ${MAKES}`,
    ),
    resolver: database.prepare(
      `SELECT resolver FROM subdomains s WHERE domain = ? AND ${OWN} ORDER BY position DESC, zonefile_offset LIMIT 1`,
    ),
    place: database.prepare("SELECT count(*) AS count FROM operations WHERE announces IS NOT NULL AND position <= ?"),
    absent: database.prepare(
      `SELECT o.position FROM operations o LEFT JOIN zonefiles z ON z.hash = o.announces
       WHERE o.subject = ? AND o.announces IS NOT NULL AND z.hash IS NULL`,
    ),
    lost: database.prepare("SELECT missing FROM subdomains WHERE domain = ? ORDER BY position DESC LIMIT 1"),
  };
  const signed = rememberedSignatures();
  const stored = (rows: unknown[]): StoredSubdomain[] => (rows as Row[]).map(subdomainOf);
  const countOf = (row: unknown): number => (row as { count: number }).count;
  const namesOf = (rows: unknown[]): SubdomainName[] => (rows as { name: SubdomainName }[]).map(({ name }) => name);

  /** A subdomain after the block of a height; null where no record counts. */
  const standing = (name: SubdomainName, height: number): SubdomainStanding | null => {
    const accepted = acceptedRecords(stored(sql.ofName.all(name, positionOf(height + 1, 0))), signed);
    const current = accepted.at(-1);
    return current === undefined ? null : { current, accepted };
  };
  /** Place in the inventory of zone files, from 1. */
  const placeOf = (position: number): number => countOf(sql.place.get(position));
  return {
    subdomain: standing,
    subdomainPlace: placeOf,
    /** Every record in a zone file, whether it counts or not. */
    subdomainsOfTransaction: (txid: Txid): StoredSubdomain[] => stored(sql.ofTransaction.all(txid)),
    /** Of every record, whether it counts or not, in alphabetical order. */
    allSubdomains: ({ offset, count }: Page): SubdomainName[] => namesOf(sql.names.all(count, offset)),
    subdomainsCount: (): number => countOf(sql.count.get()),
    /** Subdomains whose owner is this address after the block of a height. */
    subdomainsOf: (owner: string, height: number): SubdomainName[] =>
      namesOf(sql.ofOwner.all(owner, positionOf(height + 1, 0))).filter(
        (name) => standing(name, height)?.current.owner === owner,
      ),
    /** The nth subdomain that was made for its first owner; null where that is no address. */
    subdomainDid({ accepted }: SubdomainStanding): string | null {
      const [made] = accepted;
      if (made === undefined) return null;
      try {
        const { version, payload } = decodeBase58Check(made.owner);
        const shown = DID_VERSIONS[version];
        if (shown === undefined) return null;
        const index = countOf(sql.madeBefore.get(made.owner, made.position, made.offset));
        return `did:stack:v0:${encodeBase58Check(shown, payload)}-${index}`;
      } catch (error) {
        if (error instanceof ParseError) return null;
        throw error;
      }
    },
    /** Who answers for subdomains of a domain that are not here, by the last zone file that carried some. */
    resolverOf: (domain: Name): string | null =>
      (sql.resolver.get(domain) as { resolver: string | null } | undefined)?.resolver ?? null,
    /** May a zone file that is not held say more? Those that the domain declares lost are not waited for. */
    isSubdomainPending(name: SubdomainName): boolean {
      const absent = sql.absent.all(stemOf(name)) as { position: number }[];
      if (absent.length === 0) return false;
      const row = sql.lost.get(stemOf(name)) as { missing: string } | undefined;
      const lost = new Set(JSON.parse(row?.missing ?? "[]") as number[]);
      return absent.some(({ position }) => !lost.has(placeOf(position)));
    },
  };
}
