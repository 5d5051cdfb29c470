/**
 * The tables. `docs/schema.md` shows them column by column; a test compares the two.
 *
 * A `position` is the place of an operation in the chain: height * 2^20 + index of the transaction in its block. It sorts
 * as the chain does and is at most 2^51.
 *
 * There is no table of undo data: what a block changed is undone from the operations before it, which keep the whole
 * record as it stood after each of them (`writer.ts`).
 */

/** Raised when a table changes; a database of another version is refused. */
export const SCHEMA_VERSION = 7;

/** No block has more transactions: the smallest is 60 bytes, a block at most 1 000 000 without witnesses. */
const POSITIONS_PER_BLOCK = 1 << 20;

/** The position of a transaction; of the start of a block for index 0. */
export function positionOf(height: number, vtxindex: number): number {
  return height * POSITIONS_PER_BLOCK + vtxindex;
}

/** The table of the network that a database belongs to: read before anything else is trusted. */
export const META_TABLE = `CREATE TABLE IF NOT EXISTS meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID`;

const HEIGHT_OF_POSITION = "height INTEGER GENERATED ALWAYS AS (position >> 20) VIRTUAL";
const VTXINDEX_OF_POSITION = "vtxindex INTEGER GENERATED ALWAYS AS (position & 1048575) VIRTUAL";

export const TABLES: readonly string[] = [
  `CREATE TABLE blocks (
  height INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  time INTEGER NOT NULL,
  ops_hash TEXT NOT NULL,
  consensus_hash TEXT NOT NULL,
  checksum TEXT NOT NULL,
  refused_checksum TEXT
)`,
  `CREATE INDEX blocks_consensus_hash ON blocks (consensus_hash)`,

  `CREATE TABLE operations (
  position INTEGER PRIMARY KEY,
  ${HEIGHT_OF_POSITION},
  ${VTXINDEX_OF_POSITION},
  txid TEXT NOT NULL,
  opcode TEXT NOT NULL,
  subject TEXT NOT NULL,
  announces TEXT,
  creator TEXT,
  owner TEXT,
  canonical TEXT,
  raw_transaction BLOB NOT NULL,
  sender_script BLOB NOT NULL,
  record TEXT NOT NULL
)`,
  `CREATE UNIQUE INDEX operations_txid ON operations (txid)`,
  `CREATE INDEX operations_subject ON operations (subject)`,
  `CREATE INDEX operations_announces ON operations (announces) WHERE announces IS NOT NULL`,
  `CREATE INDEX operations_creator ON operations (creator) WHERE creator IS NOT NULL`,
  `CREATE INDEX operations_owner ON operations (owner) WHERE owner IS NOT NULL`,

  `CREATE TABLE rejections (
  position INTEGER PRIMARY KEY,
  ${HEIGHT_OF_POSITION},
  ${VTXINDEX_OF_POSITION},
  txid TEXT NOT NULL,
  raw_transaction BLOB NOT NULL,
  sender_script BLOB NOT NULL,
  rule TEXT NOT NULL,
  because TEXT NOT NULL
)`,
  `CREATE INDEX rejections_txid ON rejections (txid)`,

  `CREATE TABLE names (
  name TEXT PRIMARY KEY,
  namespace_id TEXT NOT NULL,
  name_hash128 TEXT NOT NULL,
  sender TEXT NOT NULL,
  address TEXT NOT NULL,
  sender_pubkey TEXT,
  block_number INTEGER NOT NULL,
  preorder_block_number INTEGER NOT NULL,
  namespace_block_number INTEGER NOT NULL,
  first_registered INTEGER NOT NULL,
  last_renewed INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  value_hash TEXT,
  op TEXT NOT NULL,
  opcode TEXT NOT NULL,
  txid TEXT NOT NULL,
  vtxindex INTEGER NOT NULL,
  op_fee REAL NOT NULL,
  token_fee TEXT,
  importer TEXT,
  importer_address TEXT,
  consensus_hash TEXT,
  preorder_hash TEXT,
  last_creation_op TEXT NOT NULL,
  last_update_consensus_hash TEXT,
  creator TEXT NOT NULL,
  ordinal INTEGER NOT NULL
) WITHOUT ROWID`,
  `CREATE INDEX names_namespace_id ON names (namespace_id)`,
  `CREATE INDEX names_name_hash128 ON names (name_hash128)`,
  `CREATE INDEX names_sender ON names (sender)`,
  `CREATE INDEX names_preorder_hash ON names (preorder_hash) WHERE preorder_hash IS NOT NULL`,

  `CREATE TABLE namespaces (
  namespace_id TEXT PRIMARY KEY,
  preorder_hash TEXT NOT NULL,
  sender TEXT NOT NULL,
  sender_pubkey TEXT,
  address TEXT NOT NULL,
  recipient TEXT NOT NULL,
  recipient_address TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  reveal_block INTEGER NOT NULL,
  ready_block INTEGER NOT NULL,
  op TEXT NOT NULL,
  opcode TEXT NOT NULL,
  txid TEXT NOT NULL,
  vtxindex INTEGER NOT NULL,
  op_fee INTEGER NOT NULL,
  token_fee TEXT,
  version INTEGER NOT NULL,
  lifetime INTEGER NOT NULL,
  coeff INTEGER NOT NULL,
  base INTEGER NOT NULL,
  buckets TEXT NOT NULL,
  nonalpha_discount INTEGER NOT NULL,
  no_vowel_discount INTEGER NOT NULL
) WITHOUT ROWID`,
  `CREATE INDEX namespaces_preorder_hash ON namespaces (preorder_hash)`,

  `CREATE TABLE preorders (
  position INTEGER PRIMARY KEY,
  preorder_hash TEXT NOT NULL,
  consumed_height INTEGER
)`,
  `CREATE INDEX preorders_preorder_hash ON preorders (preorder_hash)`,

  `CREATE TABLE import_keys (
  namespace_id TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  address TEXT NOT NULL,
  height INTEGER NOT NULL,
  PRIMARY KEY (namespace_id, ordinal)
) WITHOUT ROWID`,
  `CREATE INDEX import_keys_height ON import_keys (height)`,

  `CREATE TABLE accounts (
  position INTEGER NOT NULL,
  ${HEIGHT_OF_POSITION},
  ${VTXINDEX_OF_POSITION},
  address TEXT NOT NULL,
  type TEXT NOT NULL,
  credit TEXT NOT NULL,
  debit TEXT NOT NULL,
  lock_transfer_block_id INTEGER NOT NULL,
  receive_whitelisted INTEGER NOT NULL,
  txid TEXT NOT NULL,
  PRIMARY KEY (address, type, position)
) WITHOUT ROWID`,
  `CREATE INDEX accounts_position ON accounts (position)`,

  `CREATE TABLE zonefiles (
  hash TEXT PRIMARY KEY,
  bytes BLOB NOT NULL,
  received INTEGER NOT NULL
) WITHOUT ROWID`,

  `CREATE TABLE subdomains (
  position INTEGER NOT NULL,
  zonefile_offset INTEGER NOT NULL,
  name TEXT NOT NULL,
  domain TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  owner TEXT NOT NULL,
  zonefile_hash TEXT NOT NULL,
  zonefile BLOB NOT NULL,
  signature TEXT,
  resolver TEXT,
  missing TEXT NOT NULL,
  PRIMARY KEY (position, zonefile_offset)
) WITHOUT ROWID`,
  `CREATE INDEX subdomains_name ON subdomains (name)`,
  `CREATE INDEX subdomains_owner ON subdomains (owner)`,
  `CREATE INDEX subdomains_domain ON subdomains (domain)`,
  `CREATE INDEX subdomains_zonefile_hash ON subdomains (zonefile_hash)`,
];
