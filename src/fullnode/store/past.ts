/**
 * Names and namespaces as they stood after a block. The last block's are rows of their own; those of an earlier one come
 * from the operations up to it, which keep the whole record as it stood after each of them.
 */
import { type Address, scriptOf } from "../../bitcoin/address.ts";
import type { Database } from "../../database/sqlite.ts";
import type { NamespaceRecord, NameRecord } from "../../ops/record.ts";
import type { Name, NamespaceId } from "../../primitives/name.ts";
import type { Network } from "../../protocol/network-definition.ts";
import type { StateView } from "../../rules/state-view.ts";
import type { NameStanding, Queries } from "./queries.ts";
import { recordOfJson } from "./rows.ts";
import { positionOf } from "./schema.ts";

/** The state after a block. */
export interface StateAt {
  /** Of that block; one below the network's first while nothing is indexed. */
  readonly height: number;
  readonly network: Network;
  name(name: Name): NameRecord | null;
  /** What most questions about a name are after; the zone file is the one that is held now. */
  standing(name: Name): NameStanding | null;
  namespace(id: NamespaceId): NamespaceRecord | null;
  /** Names whose owner is this address, lapsed and revoked ones included, in alphabetical order. */
  namesOf(owner: Address): NameRecord[];
}

/** Namespaces are few, and every question about a name asks for one. */
const REMEMBERED_NAMESPACES = 1000;

/** The state after the last block, which has this height; good until the tables change. */
export function stateNow(view: StateView, queries: Queries, network: Network, height: number): StateAt {
  const namespaces = new Map<NamespaceId, NamespaceRecord>();
  return {
    height,
    network,
    name: (name) => view.name(name),
    standing: (name) => queries.standing(name),
    namespace: (id) => {
      const known = namespaces.get(id) ?? view.namespace(id);
      if (known !== null && namespaces.size < REMEMBERED_NAMESPACES) namespaces.set(id, known);
      return known;
    },
    namesOf: (owner) => [...view.namesOf(scriptOf(owner, network.bitcoin))],
  };
}

/** States after earlier blocks. Prepares the statements of a database, once. */
export function statesOf(database: Database, queries: Queries, network: Network): (height: number) => StateAt {
  const sql = {
    last: database.prepare(
      "SELECT record FROM operations WHERE subject = ? AND position < ? ORDER BY position DESC LIMIT 1",
    ),
    given: database.prepare(
      "SELECT DISTINCT subject FROM operations WHERE owner = ? AND position < ? ORDER BY subject",
    ),
  };
  return (height) => {
    const end = positionOf(height + 1, 0);
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows the kind by the subject
    const last = <T extends NameRecord | NamespaceRecord>(subject: string): T | null => {
      const row = sql.last.get(subject, end) as { record: string } | undefined;
      return row === undefined ? null : recordOfJson<T>(row.record);
    };
    return {
      height,
      network,
      name: (name) => last<NameRecord>(name),
      standing: (name) => {
        const record = last<NameRecord>(name);
        if (record === null) return null;
        const zonefile = record.valueHash === null ? null : queries.zonefile(record.valueHash);
        const origin = queries.originOf(name, record.firstRegistered) ?? { creator: null, index: 0 };
        return { ...record, ...origin, zonefile };
      },
      namespace: (id) => last<NamespaceRecord>(id),
      namesOf: (owner) =>
        (sql.given.all(owner, end) as { subject: Name }[])
          .flatMap(({ subject }) => last<NameRecord>(subject) ?? [])
          .filter((record) => record.address === owner),
    };
  };
}
