/**
 * The journal on disk: one row per entry, committed with fsync before anything is broadcast, shared by all processes of
 * a wallet through SQLite's locks.
 */
import { closeSqlite, type Database, openSqlite, type SqlRow, transaction } from "../database/sqlite.ts";
import { BskError } from "../errors.ts";
import { networkId, type NetworkId } from "../primitives/hash.ts";
import { type Entry, isLive } from "./entry.ts";
import { fromVersion1, SCHEMA_VERSION } from "./migrate.ts";

const SCHEMA = `
create table if not exists meta (key text primary key, value text not null) without rowid;
create table if not exists entries (
  id         text primary key,
  network_id text not null,
  kind       text not null,
  subject    text not null,
  state      text not null,
  created_at text not null,
  body       text not null
) without rowid;
`;

export interface Journal {
  /** Every entry of the network, oldest first. */
  entries(): readonly Entry[];
  /** Entries that may still move. */
  live(): readonly Entry[];
  find(id: string): Entry | null;
  /** Writes the entry, durably, before it returns. */
  put(entry: Entry): void;
  /** Reads the entry as it is now, writes it changed, and returns that: no other process can write in between. */
  change(entry: Entry, change: (now: Entry) => Entry): Entry;
  /**
   * Writes a new entry. An ended one of the same id becomes part of its history.
   * @throws BskError `usage` if its id is live already: another process was faster.
   */
  begin(entry: Entry): Entry;
  close(): void;
}

/** Opens the journal of one network. @throws BskError `machine` on a file that is not such a journal. */
export function openJournal(path: string, network: NetworkId): Journal {
  const database = openSqlite(path);
  prepareSchema(database, path);
  const select = database.prepare("select body from entries where id = ? and network_id = ?");
  const list = database.prepare("select body from entries where network_id = ? order by created_at, id");
  const upsert = database.prepare(`
    insert into entries (id, network_id, kind, subject, state, created_at, body) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (id) do update set state = excluded.state, body = excluded.body, created_at = excluded.created_at`);

  const find = (id: string): Entry | null => {
    const row = select.get(id, network);
    return row === undefined ? null : entryOf(row);
  };
  const put = (entry: Entry): void => {
    if (entry.networkId !== network) throw new BskError("bug", "an entry of another network");
    upsert.run(entry.id, network, entry.kind, entry.subject, entry.state, entry.createdAt, JSON.stringify(entry));
  };
  const entries = (): Entry[] => list.all(network).map(entryOf);
  return {
    entries,
    live: () => entries().filter(isLive),
    find,
    put,
    change: (entry, change) =>
      transaction(database, () => {
        const changed = change(find(entry.id) ?? entry);
        put(changed);
        return changed;
      }),
    begin: (entry) =>
      transaction(database, () => {
        const present = find(entry.id);
        if (present !== null && isLive(present)) {
          throw new BskError("usage", `already under way: ${present.purpose}`, {
            hint: "run the same command again to continue it",
          });
        }
        const begun = present === null ? entry : { ...entry, earlier: [...present.earlier, attemptOf(present)] };
        put(begun);
        return begun;
      }),
    close: () => {
      closeSqlite(database);
    },
  };
}

function attemptOf({ steps, state, because, createdAt, spent }: Entry): Entry["earlier"][number] {
  return { steps, state, because, createdAt, spent };
}

function prepareSchema(database: Database, path: string): void {
  try {
    database.exec(SCHEMA);
  } catch (cause) {
    throw new BskError("machine", `not a journal: "${path}"`, { cause });
  }
  const version = (): SqlRow[string] =>
    database.prepare("select value from meta where key = 'schema'").get()?.["value"] ?? null;
  const setVersion = database.prepare("insert or replace into meta (key, value) values ('schema', ?)");
  if (version() === String(SCHEMA_VERSION)) return;
  transaction(database, () => {
    const found = version(); // again: another process may have been faster
    if (found === "1") upgrade(database);
    else if (found !== null && found !== String(SCHEMA_VERSION)) {
      throw new BskError("machine", `journal "${path}" has schema ${String(found)}, this bsk reads ${SCHEMA_VERSION}`, {
        hint: "use the bsk that wrote it, or a newer one",
      });
    }
    setVersion.run(String(SCHEMA_VERSION));
  });
}

function upgrade(database: Database): void {
  const update = database.prepare("update entries set body = ? where id = ?");
  for (const row of database.prepare("select id, body from entries").all()) {
    const old = JSON.parse(String(row["body"])) as Parameters<typeof fromVersion1>[0];
    update.run(JSON.stringify(fromVersion1(old)), String(row["id"]));
  }
}

function entryOf(row: SqlRow): Entry {
  const entry = JSON.parse(String(row["body"])) as Entry;
  return { ...entry, networkId: networkId(entry.networkId) };
}
