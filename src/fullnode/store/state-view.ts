/** The past as rules read it: prepared statements over the tables, as of the last stored block. */
import type { Address } from "../../bitcoin/address.ts";
import type { NamespaceRecord, NameRecord, PreorderRecord } from "../../ops/record.ts";
import type { ConsensusHash } from "../../primitives/hash.ts";
import type { Network } from "../../protocol/network-definition.ts";
import type { StateView } from "../../rules/state-view.ts";
import type { Database } from "../../database/sqlite.ts";
import { accountReader } from "./accounts.ts";
import {
  type NameRow,
  nameOfRow,
  namesOfRows,
  type NamespaceRow,
  namespaceOfRow,
  namespacesOfRows,
  recordOfJson,
} from "./rows.ts";

/** Heights before the first block that carry the genesis consensus hash (spec 03 §6). */
const GENESIS_HEIGHTS = 4;

/** Answers are read when asked: rows that the current transaction wrote are seen. */
export function stateViewOf(database: Database, network: Network): StateView {
  const sql = {
    name: database.prepare("SELECT * FROM names WHERE name = ?"),
    namesByHash: database.prepare("SELECT * FROM names WHERE name_hash128 = ?"),
    namesOf: database.prepare("SELECT * FROM names WHERE sender = ? ORDER BY name"),
    namesByPreorderHash: database.prepare("SELECT * FROM names WHERE preorder_hash = ?"),
    namespace: database.prepare("SELECT * FROM namespaces WHERE namespace_id = ?"),
    namespacesByPreorderHash: database.prepare("SELECT * FROM namespaces WHERE preorder_hash = ?"),
    preorders: database.prepare(
      `SELECT o.record FROM preorders p JOIN operations o ON o.position = p.position
       WHERE p.preorder_hash = ? AND p.consumed_height IS NULL ORDER BY p.position`,
    ),
    importKeys: database.prepare("SELECT address FROM import_keys WHERE namespace_id = ? ORDER BY ordinal"),
    consensusHash: database.prepare("SELECT consensus_hash FROM blocks WHERE height = ?"),
  };
  return {
    name(name): NameRecord | null {
      const row = sql.name.get(name) as NameRow | undefined;
      return row === undefined ? null : nameOfRow(row);
    },
    namesByHash: (hash) => namesOfRows(sql.namesByHash.all(hash)),
    namesOf: (owner) => namesOfRows(sql.namesOf.all(owner)),
    namesByPreorderHash: (hash) => namesOfRows(sql.namesByPreorderHash.all(hash)),
    namespace(id): NamespaceRecord | null {
      const row = sql.namespace.get(id) as NamespaceRow | undefined;
      return row === undefined ? null : namespaceOfRow(row);
    },
    namespacesByPreorderHash: (hash) => namespacesOfRows(sql.namespacesByPreorderHash.all(hash)),
    preorders: (hash) =>
      (sql.preorders.all(hash) as { record: string }[]).map(({ record }) => recordOfJson<PreorderRecord>(record)),
    importKeys(id): readonly Address[] | null {
      const rows = sql.importKeys.all(id) as { address: Address }[];
      return rows.length === 0 ? null : rows.map(({ address }) => address);
    },
    account: accountReader(database),
    consensusHashAt(height): ConsensusHash | null {
      if (height < network.firstBlock) {
        return height >= network.firstBlock - GENESIS_HEIGHTS ? network.genesisConsensusHash : null;
      }
      const row = sql.consensusHash.get(height) as { consensus_hash: ConsensusHash } | undefined;
      return row?.consensus_hash ?? null;
    },
  };
}
