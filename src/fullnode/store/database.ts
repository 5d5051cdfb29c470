/** Opening a full node's database: it belongs to one network and one schema version, or it is refused. */
import { type Database, openSqlite, transaction } from "../../database/sqlite.ts";
import { BskError } from "../../errors.ts";
import { canonicalDefinition, type Network } from "../../protocol/network-definition.ts";
import { META_TABLE, SCHEMA_VERSION, TABLES } from "./schema.ts";

/** Page cache in KiB. */
const CACHE_KIB = 64 * 1024;

const START_AFRESH = "give the node an empty directory, or remove this file to index the chain again";

/**
 * Opens the database at `path` (`:memory:` for one in memory), creating it if it is new or empty.
 * @throws BskError of kind `machine` when it cannot be opened, is no database, is of another schema version, or
 *   belongs to another network.
 */
export function openDatabase(path: string, network: Network): Database {
  const database = openSqlite(path);
  try {
    database.exec(`pragma cache_size = -${CACHE_KIB}`);
    const meta = readMeta(database);
    if (meta === null) create(database, network);
    else refuseOther(meta, path, network);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof BskError) throw error;
    throw new BskError("machine", `cannot use "${path}" as a database`, { cause: error, hint: START_AFRESH });
  }
}

/** The meta rows, none if it is somebody else's database; null for an empty one. */
function readMeta(database: Database): ReadonlyMap<string, string> | null {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  if (tables.length === 0) return null;
  if (!tables.some(({ name }) => name === "meta")) return new Map();
  const rows = database.prepare("SELECT key, value FROM meta").all() as { key: string; value: string }[];
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** All tables and the meta rows come in one transaction: a database is never half made. */
function create(database: Database, network: Network): void {
  transaction(database, () => {
    for (const statement of [META_TABLE, ...TABLES]) database.exec(statement);
    const insert = database.prepare("INSERT INTO meta (key, value) VALUES (?, ?)");
    insert.run("schema_version", String(SCHEMA_VERSION));
    insert.run("network_id", network.id);
    insert.run("network_definition", canonicalDefinition(network));
  });
}

function refuseOther(meta: ReadonlyMap<string, string>, path: string, network: Network): void {
  const version = meta.get("schema_version");
  if (version === undefined) {
    throw new BskError("machine", `"${path}" is not the database of a node`, { hint: START_AFRESH });
  }
  if (version !== String(SCHEMA_VERSION)) {
    throw new BskError("machine", `"${path}" has schema version "${version}", this program knows ${SCHEMA_VERSION}`, {
      hint: START_AFRESH,
    });
  }
  const id = meta.get("network_id") ?? "";
  if (id !== network.id) {
    throw new BskError("machine", `"${path}" belongs to network "${id.slice(0, 16)}…", not to "${network.name}"`, {
      hint: `"${network.name}" is ${network.id.slice(0, 16)}…; ${START_AFRESH}`,
    });
  }
}
