/**
 * What the journal keeps of one intention: its transactions, signed, before the first is sent (design §4).
 *
 * The state is never the truth: the chain is. Each start compares every live entry with the chain and moves it.
 */
import type { ScriptHex } from "../bitcoin/address.ts";
import { fromUtf8, toHex } from "../primitives/bytes.ts";
import { sha256 } from "../primitives/digest.ts";
import type { NetworkId, Txid } from "../primitives/hash.ts";

/** An output of one of our transactions that pays us. */
export interface OwnOutput {
  readonly index: number;
  /** Satoshis. */
  readonly value: number;
  readonly script: ScriptHex;
}

export interface JournalTransaction {
  /**
   * split: makes the coins of the others, sent first · spare: a register from another coin, for the case that the first
   * is in a block and was refused.
   */
  readonly role: "split" | "preorder" | "register" | "spare" | "single";
  readonly txid: Txid;
  /** Signed serialization in hex. */
  readonly raw: string;
  /** Outputs that it spends. */
  readonly spends: readonly { readonly txid: Txid; readonly index: number }[];
  /** Outputs that come back to the wallet. */
  readonly returns: readonly OwnOutput[];
  /** Satoshis to miners. */
  readonly fee: number;
  /** Satoshis burned or paid to a namespace's creator. */
  readonly burned: number;
  /** Last height at which its consensus hash is valid; null for a transaction that carries none. */
  readonly deathHeight: number | null;
}

/**
 * planned: on disk, nothing sent · preordered: the preorder is on its way · preorder-confirmed: it counts ·
 * registered: the register is on its way · sent: a single operation is on its way · done: the chain took all of it ·
 * failed: nothing more can be done; `because` says what happened to the money.
 */
export type EntryState = "planned" | "preordered" | "preorder-confirmed" | "registered" | "sent" | "done" | "failed";

export interface Entry {
  /** Same network, kind, subject and owner: same entry, so that asking twice never pays twice. */
  readonly id: string;
  readonly networkId: NetworkId;
  readonly kind: "registration" | "operation" | "payment";
  /** The name or namespace, or the destination of a payment. */
  readonly subject: string;
  /** What the user asked for, as one line. */
  readonly purpose: string;
  /** Address that will own the name; null where nothing changes hands. */
  readonly owner: string | null;
  /** Zone file to publish once the chain has announced its hash, in base64. */
  readonly zonefile: string | null;
  readonly transactions: readonly JournalTransaction[];
  readonly state: EntryState;
  readonly because: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** May this entry still move? */
export function isLive(entry: Entry): boolean {
  return entry.state !== "done" && entry.state !== "failed";
}

/** The id of a registration: one per network, name and owner. */
export function registrationId(network: NetworkId, name: string, owner: string): string {
  return entryId(["registration", network, name, owner]);
}

/** The id of an entry with one transaction: one per network and transaction. */
export function operationId(network: NetworkId, txid: Txid): string {
  return entryId(["operation", network, txid]);
}

function entryId(parts: readonly string[]): string {
  return toHex(sha256(fromUtf8(parts.join("\n")))).slice(0, 32);
}
