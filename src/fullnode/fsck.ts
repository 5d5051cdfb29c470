/**
 * Checking a node's database against itself: everything is derived again from the transactions that it holds, and
 * compared. What is derived is then compared with a pin, if there is one: a height and its consensus hash, which stand for
 * every operation up to it.
 */
import { isStorageFailure } from "../database/sqlite.ts";
import { BskError } from "../errors.ts";
import { hash160 } from "../primitives/digest.ts";
import { type ConsensusHash, zonefileHash } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { canonicalDefinition, type Network } from "../protocol/network-definition.ts";
import type { Allocation } from "../tokens/allocation.ts";
import { rederive } from "./rederive.ts";
import { readAllocation } from "./store/allocation-file.ts";
import {
  adoptDraft,
  databasePath,
  draftPath,
  removeDraft,
  requireDatabase,
  restoreLength,
} from "./store/database-file.ts";
import { CHAIN_TABLE_NAMES, type TableDigest } from "./store/digest.ts";
import { type Difference, firstDifference } from "./store/difference.ts";
import { NodeStore, type StoredZonefile } from "./store/store.ts";
import { wrongSubdomain } from "./subdomain-check.ts";

/** A consensus hash that the user trusts, with its height. */
export interface Pin {
  readonly height: BlockHeight;
  readonly consensusHash: ConsensusHash;
}

export interface FsckOptions {
  readonly network: Network;
  /** Holds `node.db`; the caller has locked it. Needs as much room again. */
  readonly directory: string;
  readonly pin: Pin | null;
  /** Puts what could be derived in the place of a database that differs from it. */
  readonly repair: boolean;
  /** Hears of heights; may throw to stop. */
  readonly told: (height: number) => void;
}

export interface FsckReport {
  /** Last block; null for a database without blocks. */
  readonly height: number | null;
  readonly consensusHash: ConsensusHash | null;
  /** SHA256 over all that a hash stands for: nodes on the same chain have the same. */
  readonly digest: string;
  readonly tables: Readonly<Record<string, TableDigest>>;
  readonly zonefiles: number;
  /** The last block that came from tiles: what was refused up to there is not known. Null where none did. */
  readonly fromTilesUpTo: number | null;
  /** Null: nothing was wrong. */
  readonly repaired: Repair | null;
}

export interface Repair {
  readonly found: Difference;
  /** First height that must be indexed again, which the node does when it starts; null where none must. */
  readonly indexFrom: number | null;
  /** Zone files that were thrown away. */
  readonly zonefilesLost: number;
}

/**
 * Checks, and repairs if asked.
 * @throws BskError `refuted`, rule `database-differs`, with the first difference, or `pin-refuted`; `unproven` where the
 *   pin lies above the database; `machine` where it cannot be opened or the disk has no room.
 */
export async function fsck(options: FsckOptions): Promise<FsckReport> {
  const { network, directory, pin, repair, told } = options;
  requireDatabase(directory);
  if (repair) restoreLength(directory);
  const stored = NodeStore.open(databasePath(directory), network);
  let closed = false;
  try {
    const allocation = await allocationOf(stored, directory);
    removeDraft(directory);
    const derived = NodeStore.open(draftPath(directory), network, allocation);
    try {
      const outcome = await rederive(stored, derived, told, allocation);
      if (pin !== null) checkPin(pin, derived, outcome.kind === "broken");
      const broken: Difference | null =
        outcome.kind === "whole" ? null : { table: "blocks", key: String(outcome.height), because: outcome.because };
      const found = differenceOf(stored, derived, broken);
      if (found === null) return reportOf(stored, null);
      if (!repair) throw differs(found);
      const zonefilesLost = keepZonefiles(stored, derived);
      const indexFrom = outcome.kind === "broken" ? outcome.height : null;
      const report = reportOf(derived, { found, indexFrom, zonefilesLost });
      derived.close();
      stored.close();
      closed = true;
      adoptDraft(directory);
      return report;
    } finally {
      if (!closed) derived.close();
    }
  } finally {
    if (!closed) stored.close();
    removeDraft(directory);
  }
}

/**
 * The allocation that a database's accounts began with, null for none: without its file they can be neither checked nor
 * repaired.
 */
async function allocationOf(stored: NodeStore, directory: string): Promise<Allocation | null> {
  if (stored.allocation === null) return null;
  const allocation = await readAllocation(directory, stored.network);
  if (allocation?.id === stored.allocation) return allocation;
  throw new BskError("machine", "the file is not there that the accounts of this node began with", {
    hint: `put "${stored.network.allocation ?? ""}" back beside the database`,
  });
}

/** @throws BskError `refuted` or `unproven`; silent where the pin holds. */
function checkPin({ height, consensusHash }: Pin, derived: NodeStore, broken: boolean): void {
  const tip = derived.tip()?.height ?? derived.network.firstBlock - 1;
  if (height > tip) {
    throw new BskError("unproven", `the pin is of height ${height}, and the transactions here lead to ${tip}`, {
      rule: "pin-above-database",
      hint: broken ? "repair without the pin, index up to it, and check again" : "index up to the pin, and check again",
    });
  }
  const came = derived.consensusHashAt(height);
  if (came === consensusHash) return;
  throw new BskError(
    "refuted",
    `the transactions here come to "${came}" at height ${height}, the pin is "${consensusHash}"`,
    {
      rule: "pin-refuted",
      hint: "if the pin is right, the blocks came from a source that lied, or rules differ: index again with another source",
    },
  );
}

/** The first thing that is wrong, in the order: the file, the evidence, the tables, what is beside them. */
function differenceOf(stored: NodeStore, derived: NodeStore, broken: Difference | null): Difference | null {
  try {
    const structure = stored.brokenStructure();
    if (structure !== null) return { table: "file", key: null, because: structure };
    if (broken !== null) return broken;
    return firstDifference(stored, derived) ?? wrongZonefile(stored) ?? wrongSubdomain(stored) ?? wrongMeta(stored);
  } catch (error) {
    if (isStorageFailure(error)) return { table: "file", key: null, because: "it cannot be read to its end" };
    throw error;
  }
}

function wrongMeta(stored: NodeStore): Difference | null {
  if (stored.definition() === canonicalDefinition(stored.network)) return null;
  return {
    table: "meta",
    key: "network_definition",
    because: "is not the definition of the network whose id stands beside it",
  };
}

function wrongZonefile(stored: NodeStore): Difference | null {
  for (const zonefile of stored.zonefiles()) {
    const because = flawOf(zonefile, stored);
    if (because !== null) return { table: "zonefiles", key: zonefile.hash, because };
  }
  return null;
}

function flawOf({ hash, bytes, received }: StoredZonefile, store: NodeStore): string | null {
  if (!(bytes instanceof Uint8Array) || zonefileHash.of(hash160(bytes)) !== hash) return "does not hash to its key";
  if (!store.queries.isAnnounced(hash)) return "was never announced";
  return Number.isSafeInteger(received) && received >= 0 ? null : "was not received at any time";
}

/** Takes over the zone files that are whole and announced. Answers how many are not. */
function keepZonefiles(from: NodeStore, into: NodeStore): number {
  let lost = 0;
  const zonefiles = from.zonefiles();
  const next = (): StoredZonefile | null => {
    try {
      return zonefiles.next().value ?? null;
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      lost++; // and whatever lies behind it
      return null;
    }
  };
  into.together(() => {
    for (let zonefile = next(); zonefile !== null; zonefile = next()) {
      if (flawOf(zonefile, into) === null) into.putZonefile(zonefile.hash, zonefile.bytes, zonefile.received);
      else lost++;
    }
  });
  return lost;
}

function reportOf(store: NodeStore, repaired: Repair | null): FsckReport {
  const tip = store.queries.tip();
  return {
    height: tip?.height ?? null,
    consensusHash: tip?.consensusHash ?? null,
    digest: store.digest(),
    tables: Object.fromEntries(CHAIN_TABLE_NAMES.map((table) => [table, store.tableDigest(table)])),
    zonefiles: [...store.zonefiles()].length,
    fromTilesUpTo: store.queries.lastFromTiles(),
    repaired,
  };
}

/** "names "muneeb.id": sender is …". */
export function differenceText({ table, key, because }: Difference): string {
  return key === null ? `${table}: ${because}` : `${table} "${key}": ${because}`;
}

function differs(found: Difference): BskError {
  return new BskError("refuted", `the database differs from the transactions that it holds: ${differenceText(found)}`, {
    rule: "database-differs",
    hint: "bsk node fsck --repair derives again what can be derived; the node indexes the rest when it starts",
  });
}
