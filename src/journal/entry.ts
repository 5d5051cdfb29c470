/**
 * What the journal keeps of one intention: its transactions, signed, before the first is sent (design §4).
 *
 * An entry is a list of steps. A step holds variants: signed transactions that all spend the same input 0, so that at
 * most one of them can ever confirm. The state is never the truth: the chain is. Each start compares every live entry
 * with the chain and moves it.
 */
import type { ScriptHex } from "../bitcoin/address.ts";
import { fromUtf8, toHex } from "../primitives/bytes.ts";
import { sha256 } from "../primitives/digest.ts";
import type { NetworkId, Txid } from "../primitives/hash.ts";
import type { StoredPlan } from "./stored-plan.ts";

/** An output of one of our transactions that pays us. */
export interface OwnOutput {
  readonly index: number;
  /** Satoshis. */
  readonly value: number;
  readonly script: ScriptHex;
}

/** When a transaction was first handed to the network. */
export interface Sent {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Height of the last block then. */
  readonly height: number;
}

/** One signed version of a step. */
export interface Variant {
  readonly txid: Txid;
  /** Signed serialization in hex. */
  readonly raw: string;
  /** cancel: takes the coins back and does nothing else. */
  readonly does: "operation" | "cancel";
  /** Outputs that it spends, input 0 first. */
  readonly spends: readonly { readonly txid: Txid; readonly index: number }[];
  /** Outputs that come back to the wallet. */
  readonly returns: readonly OwnOutput[];
  /** Satoshis to miners. */
  readonly fee: number;
  /** Virtual bytes. */
  readonly size: number;
  /** Satoshis burned or paid to a namespace's creator. */
  readonly burned: number;
  /** Last height at which its consensus hash is valid; null for a transaction that carries none. */
  readonly deathHeight: number | null;
  /** What it was signed from, to make the next version from; null in entries of journals that did not keep it. */
  readonly plan: StoredPlan | null;
  /** On disk before it is sent; null: signed and kept ready. */
  readonly sent: Sent | null;
}

/**
 * split: makes the coins of the others, sent first · spare: a register from another coin, for the case that the one
 * before it is in a block and was refused · single: the only transaction of its entry · child: pays more for a
 * transaction whose change it spends.
 */
export type StepRole = "split" | "preorder" | "register" | "spare" | "single" | "child";

export interface EntryStep {
  readonly role: StepRole;
  /** In the order in which they were signed. */
  readonly variants: readonly Variant[];
}

/**
 * planned: on disk, nothing sent · preordered: the preorder is on its way · preorder-confirmed: it counts ·
 * registered: the register is on its way · sent: a single operation is on its way · done: the chain took all of it ·
 * failed: nothing more can be done; `because` says what happened to the money.
 */
export type EntryState = "planned" | "preordered" | "preorder-confirmed" | "registered" | "sent" | "done" | "failed";

/** An attempt at the same thing that ended before this one began. */
export interface EarlierAttempt {
  readonly steps: readonly EntryStep[];
  readonly state: EntryState;
  readonly because: string | null;
  readonly createdAt: string;
  readonly spent: Spent;
}

/** Satoshis that blocks hold, of the transactions of one entry. */
export interface Spent {
  readonly fees: number;
  readonly burned: number;
}

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
  readonly steps: readonly EntryStep[];
  readonly state: EntryState;
  readonly because: string | null;
  readonly spent: Spent;
  /** Height of the chain when it last ended; null: it never has. A reorganisation may bring it back to life. */
  readonly endedAt: number | null;
  readonly earlier: readonly EarlierAttempt[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** Blocks after its end in which an entry is still compared with the chain. */
const WATCHED_BLOCKS = 12;

/** May this entry still move? */
export function isLive({ state }: Pick<Entry, "state">): boolean {
  return state !== "done" && state !== "failed";
}

/** Live, or ended so shortly ago that a reorganisation may change it. */
export function isWatched(entry: Entry, tipHeight: number): boolean {
  return isLive(entry) || tipHeight < (watchedUntil(entry) ?? 0);
}

/** The block at which an ended entry is looked at no more; null for one that has not ended. */
export function watchedUntil({ endedAt }: Pick<Entry, "endedAt">): number | null {
  return endedAt === null ? null : endedAt + WATCHED_BLOCKS;
}

/** Every signed transaction of an entry. */
export function variantsOf({ steps }: Pick<Entry, "steps">): readonly Variant[] {
  return steps.flatMap(({ variants }) => variants);
}

/** The entry with one step, or one variant, changed. */
export function withVariants(
  entry: Entry,
  change: (variants: readonly Variant[], step: EntryStep) => readonly Variant[],
): Entry {
  return { ...entry, steps: entry.steps.map((step) => ({ ...step, variants: change(step.variants, step) })) };
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
