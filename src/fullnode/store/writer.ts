/**
 * Writing one block, and taking it back.
 *
 * A block adds operations, which keep the whole record as it stood after each of them, and moves names, namespaces and
 * preorders on. Hence no other undo data: the row before the block is the record of the last operation before it.
 */
import type { AppliedOperation } from "../../ops/applied.ts";
import type { NamespaceRecord, NameRecord } from "../../ops/record.ts";
import { isName, isNamespaceId } from "../../primitives/name.ts";
import type { Changes } from "../../rules/changes.ts";
import type { IndexedBlock } from "../../virtualchain/store.ts";
import type { Database } from "../../database/sqlite.ts";
import { accountWriter } from "./accounts.ts";
import { blockChecksum, evidenceOfBlock, refusedChecksum } from "./evidence.ts";
import { NAME_COLUMNS, NAMESPACE_COLUMNS, namespaceValues, nameValues, recordOfJson } from "./rows.ts";
import { positionOf } from "./schema.ts";
import type { SubdomainWriter } from "./subdomains.ts";

/** What of an operation goes into columns of its own. */
interface OperationColumns {
  /** The name, the namespace, or the hash that stands for them until they are shown. */
  readonly subject: string;
  /** The zone file hash that the operation publishes. */
  readonly announces: string | null;
  /** The first owner, where the operation makes a name (the nth of an address is its DID, spec 06 §8). */
  readonly creator: string | null;
  /** The owner after it, where the operation gives a name to an address. */
  readonly owner: string | null;
  readonly record: unknown;
}

function columnsOf(applied: AppliedOperation, height: number): OperationColumns {
  switch (applied.kind) {
    case "NAME_PREORDER":
    case "NAMESPACE_PREORDER":
      return columns(applied.preorder.preorderHash, applied.preorder);
    case "NAME_REGISTRATION":
      return { ...given(applied.name), announces: applied.name.valueHash, creator: applied.name.address };
    case "NAME_IMPORT": {
      // An import of a name that was imported before keeps its heights, and makes no new name.
      const { firstRegistered, address, valueHash } = applied.name;
      return { ...given(applied.name), announces: valueHash, creator: firstRegistered === height ? address : null };
    }
    case "NAME_RENEWAL":
      return { ...given(applied.name), announces: applied.name.valueHash };
    case "NAME_UPDATE":
      return { ...columns(applied.name.name, applied.name), announces: applied.name.valueHash };
    case "NAME_TRANSFER":
      return given(applied.name);
    case "NAME_REVOKE":
      return columns(applied.name.name, applied.name);
    case "NAMESPACE_REVEAL":
    case "NAMESPACE_READY":
      return columns(applied.namespace.namespaceId, applied.namespace);
    case "ANNOUNCE":
      return columns(applied.announcement.announcementHash, applied.announcement);
    case "TOKEN_TRANSFER":
      return columns(applied.transfer.address, applied.transfer);
  }
}

function columns(subject: string, record: unknown): OperationColumns {
  return { subject, announces: null, creator: null, owner: null, record };
}

/** Of an operation that says whose a name is. */
function given(record: NameRecord): OperationColumns {
  return { ...columns(record.name, record), owner: record.address };
}

/** The operation that made a name: the first owner, and where it stands in the chain. */
interface Origin {
  readonly creator: string;
  readonly position: number;
}

/**
 * INSERT that replaces the row of the same key, touching only the indexes whose column changed. `computed`: columns whose
 * value is an expression, of the parameters behind those of the others.
 */
function upsert(
  table: string,
  key: string,
  columns: readonly string[],
  computed: Readonly<Record<string, string>> = {},
): string {
  const all = [...columns, ...Object.keys(computed)];
  const values = [...columns.map(() => "?"), ...Object.values(computed)];
  const assignments = all.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`);
  return `INSERT INTO ${table} (${all.join(", ")}) VALUES (${values.join(", ")})
    ON CONFLICT (${key}) DO UPDATE SET ${assignments.join(", ")}`;
}

/** Writes a name that was made at a position: with its creator, and how many were made for him before. */
const MADE_NAME = upsert("names", "name", NAME_COLUMNS, {
  creator: `?${NAME_COLUMNS.length + 1}`,
  ordinal: `(SELECT count(*) FROM operations
    WHERE creator = ?${NAME_COLUMNS.length + 1} AND position < ?${NAME_COLUMNS.length + 2})`,
});

/** Writes what became of a name that was there already. */
const CHANGED_NAME = `UPDATE names SET ${NAME_COLUMNS.flatMap((column, i) =>
  column === "name" ? [] : [`${column} = ?${i + 1}`],
).join(", ")} WHERE name = ?1`;

/** The two writes of a virtualchain. The caller owns the transaction; each call leaves the rows of whole blocks. */
export interface BlockWriter {
  append(block: IndexedBlock<AppliedOperation, Changes>): void;
  /** Takes the block of this height, which must be the last, back: the rows are exactly what they were before it. */
  rollBack(height: number): void;
}

/** Prepares the statements of a database, once. */
export function blockWriter(database: Database, subdomains: SubdomainWriter): BlockWriter {
  return { append: appender(database, subdomains), rollBack: undoer(database, subdomains) };
}

function appender(database: Database, subdomains: SubdomainWriter): BlockWriter["append"] {
  const sql = {
    block: database.prepare(
      `INSERT INTO blocks (height, hash, previous_hash, time, ops_hash, consensus_hash, checksum, refused_checksum)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    operation: database.prepare(
      `INSERT INTO operations
         (position, txid, opcode, subject, announces, creator, owner, canonical, raw_transaction, sender_script,
          record)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    rejection: database.prepare(
      `INSERT INTO rejections (position, txid, raw_transaction, sender_script, rule, because) VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    consume: database.prepare(
      "UPDATE preorders SET consumed_height = ? WHERE preorder_hash = ? AND consumed_height IS NULL",
    ),
    preorder: database.prepare("INSERT INTO preorders (position, preorder_hash) VALUES (?, ?)"),
    madeName: database.prepare(MADE_NAME),
    changedName: database.prepare(CHANGED_NAME),
    namespace: database.prepare(upsert("namespaces", "namespace_id", NAMESPACE_COLUMNS)),
    importKey: database.prepare("INSERT INTO import_keys (namespace_id, ordinal, address, height) VALUES (?, ?, ?, ?)"),
  };
  const writeAccounts = accountWriter(database);
  return (block) => {
    const { height, changes } = block;
    const evidence = evidenceOfBlock(block);
    sql.block.run(
      height, block.hash, block.previousHash, block.time, block.opsHash, block.consensusHash,
      blockChecksum(evidence), refusedChecksum(evidence),
    ); // prettier-ignore
    const made = new Map<string, Origin>();
    for (const { txid, vtxindex, accepted, canonical, rawTransaction, senderScript } of block.accepted) {
      const { subject, announces, creator, owner, record } = columnsOf(accepted, height);
      const position = positionOf(height, vtxindex);
      sql.operation.run(
        position, txid, accepted.kind, subject, announces, creator, owner, canonical,
        rawTransaction, senderScript, JSON.stringify(record),
      ); // prettier-ignore
      if (creator !== null && !made.has(subject)) made.set(subject, { creator, position });
      if (announces !== null) subdomains.announced(position, subject, announces);
    }
    for (const { txid, vtxindex, rawTransaction, senderScript, rule, because } of block.rejected) {
      const position = positionOf(height, vtxindex);
      sql.rejection.run(position, txid, rawTransaction, senderScript, rule, because);
    }
    // Earlier rows are consumed before this block's are added: those are what still stands at its end.
    for (const hash of changes.consumedPreorders) sql.consume.run(height, hash);
    for (const { vtxindex, preorderHash } of changes.openedPreorders) {
      sql.preorder.run(positionOf(height, vtxindex), preorderHash);
    }
    for (const record of changes.names) {
      const origin = made.get(record.name);
      if (origin === undefined) sql.changedName.run(...nameValues(record));
      else sql.madeName.run(...nameValues(record), origin.creator, origin.position);
    }
    for (const record of changes.namespaces) sql.namespace.run(...namespaceValues(record));
    for (const { namespaceId, addresses } of changes.importKeys) {
      addresses.forEach((address, ordinal) => sql.importKey.run(namespaceId, ordinal, address, height));
    }
    writeAccounts(changes.accounts ?? []);
  };
}

function undoer(database: Database, subdomains: SubdomainWriter): BlockWriter["rollBack"] {
  const sql = {
    // Without its sign the column would lead SQLite through the index of all subjects.
    subjects: database.prepare(
      "SELECT subject, max(creator IS NOT NULL) AS made FROM operations WHERE position >= ? GROUP BY +subject",
    ),
    consumers: database.prepare(
      `SELECT record FROM operations
       WHERE position >= ? AND opcode IN ('NAME_REGISTRATION', 'NAMESPACE_REVEAL')`,
    ),
    before: database.prepare(
      "SELECT record FROM operations WHERE subject = ? AND position < ? ORDER BY position DESC LIMIT 1",
    ),
    origin: database.prepare(
      `SELECT creator, position FROM operations
       WHERE subject = ? AND position >= ? AND creator IS NOT NULL ORDER BY position LIMIT 1`,
    ),
    madeName: database.prepare(MADE_NAME),
    changedName: database.prepare(CHANGED_NAME),
    namespace: database.prepare(upsert("namespaces", "namespace_id", NAMESPACE_COLUMNS)),
    forgetName: database.prepare("DELETE FROM names WHERE name = ?"),
    forgetNamespace: database.prepare("DELETE FROM namespaces WHERE namespace_id = ?"),
    operations: database.prepare("DELETE FROM operations WHERE position >= ?"),
    rejections: database.prepare("DELETE FROM rejections WHERE position >= ?"),
    preorders: database.prepare("DELETE FROM preorders WHERE position >= ?"),
    reopen: database.prepare(
      "UPDATE preorders SET consumed_height = NULL WHERE preorder_hash = ? AND consumed_height = ?",
    ),
    importKeys: database.prepare("DELETE FROM import_keys WHERE height = ?"),
    accounts: database.prepare("DELETE FROM accounts WHERE position >= ?"),
    block: database.prepare("DELETE FROM blocks WHERE height = ?"),
  };
  /** `made`: the block made the name anew, so that it has its earlier creator again. */
  const restoreName = (record: NameRecord, made: boolean): void => {
    const first = positionOf(record.firstRegistered, 0);
    const origin = made ? (sql.origin.get(record.name, first) as Origin | undefined) : undefined;
    if (origin === undefined) sql.changedName.run(...nameValues(record));
    else sql.madeName.run(...nameValues(record), origin.creator, origin.position);
  };
  return (height) => {
    const start = positionOf(height, 0);
    for (const { subject, made } of sql.subjects.all(start) as { subject: string; made: number }[]) {
      const before = sql.before.get(subject, start) as { record: string } | undefined;
      if (isName(subject)) {
        if (before === undefined) sql.forgetName.run(subject);
        else restoreName(recordOfJson<NameRecord>(before.record), made === 1);
      } else if (isNamespaceId(subject)) {
        if (before === undefined) sql.forgetNamespace.run(subject);
        else sql.namespace.run(...namespaceValues(recordOfJson<NamespaceRecord>(before.record)));
      }
      // What remains are hashes and addresses, longer than any namespace id: no row is theirs.
    }
    for (const { record } of sql.consumers.all(start) as { record: string }[]) {
      sql.reopen.run(recordOfJson<NameRecord | NamespaceRecord>(record).preorderHash, height);
    }
    subdomains.forget(start);
    sql.operations.run(start);
    sql.rejections.run(start);
    sql.preorders.run(start);
    sql.importKeys.run(height);
    sql.accounts.run(start);
    sql.block.run(height);
  };
}
