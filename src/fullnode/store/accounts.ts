/** Accounts of tokens in the database: one row for each state that an account was ever in. Undone by position, as operations. */
import type { Database } from "../../database/sqlite.ts";
import type { AccountAddress, AccountKey, AccountRecord } from "../../tokens/account.ts";
import type { Page } from "../../api/page.ts";
import { positionOf } from "./schema.ts";

interface AccountRow {
  readonly address: string;
  readonly type: string;
  readonly credit: string;
  readonly debit: string;
  readonly lock_transfer_block_id: number;
  readonly receive_whitelisted: number;
  readonly height: number;
  readonly vtxindex: number;
  readonly txid: string;
}

function accountOfRow(row: AccountRow): AccountRecord {
  return {
    address: row.address,
    type: row.type,
    credit: row.credit,
    debit: row.debit,
    lockTransferBlockId: row.lock_transfer_block_id,
    receiveWhitelisted: row.receive_whitelisted === 1,
    blockNumber: row.height,
    vtxindex: row.vtxindex,
    txid: row.txid,
  } as AccountRecord;
}

/** Reads the last state of an account. Rows that the current transaction wrote are seen. */
export function accountReader(database: Database): (key: AccountKey) => AccountRecord | null {
  const last = database.prepare("SELECT * FROM accounts WHERE address = ? AND type = ? ORDER BY position DESC LIMIT 1");
  return ({ address, type }) => {
    const row = last.get(address, type) as AccountRow | undefined;
    return row === undefined ? null : accountOfRow(row);
  };
}

/** Adds states, in chain order. */
export function accountWriter(database: Database): (records: readonly AccountRecord[]) => void {
  const insert = database.prepare(
    `INSERT INTO accounts (position, address, type, credit, debit, lock_transfer_block_id, receive_whitelisted, txid)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return (records) => {
    for (const of of records) {
      insert.run(
        positionOf(of.blockNumber, of.vtxindex), of.address, of.type, of.credit, of.debit, of.lockTransferBlockId,
        of.receiveWhitelisted ? 1 : 0, of.txid,
      ); // prettier-ignore
    }
  };
}

/** What the API asks of accounts. */
export function accountQueries(database: Database) {
  const sql = {
    last: database.prepare(
      "SELECT * FROM accounts WHERE address = ? AND type = ? AND position < ? ORDER BY position DESC LIMIT 1",
    ),
    types: database.prepare("SELECT DISTINCT type FROM accounts WHERE address = ? ORDER BY type"),
    history: database.prepare("SELECT * FROM accounts WHERE address = ? ORDER BY position DESC LIMIT ? OFFSET ?"),
    at: database.prepare(
      "SELECT * FROM accounts WHERE address = ? AND position >= ? AND position < ? ORDER BY position",
    ),
  };
  const records = (rows: unknown[]): AccountRecord[] => (rows as AccountRow[]).map(accountOfRow);
  return {
    /** An account as it stood after the block of a height. */
    accountAt({ address, type }: AccountKey, height: number): AccountRecord | null {
      return records(sql.last.all(address, type, positionOf(height + 1, 0)))[0] ?? null;
    },
    /** Kinds of tokens that an address ever had. */
    tokenTypesOf: (address: AccountAddress): string[] =>
      (sql.types.all(address) as { type: string }[]).map(({ type }) => type),
    /** States of all accounts of an address, the newest first. */
    accountHistory: (address: AccountAddress, { offset, count }: Page): AccountRecord[] =>
      records(sql.history.all(address, count, offset)),
    /** States that an address came into at a height, in the order of the block. */
    accountStatesAt: (address: AccountAddress, height: number): AccountRecord[] =>
      records(sql.at.all(address, positionOf(height, 0), positionOf(height + 1, 0))),
  };
}
