/** What one of the wallet's own transactions was for, and what can be done now. */
import { type Entry, type EntryState, type StepRole, type Variant, variantsOf } from "../journal/entry.ts";
import type { Txid } from "../primitives/hash.ts";
import type { Desk } from "./desk.ts";
import { pendingEntries } from "./pending.ts";

export interface OwnStory {
  /** Of the journal's entry. */
  readonly id: string;
  /** What the user asked for, as one line. */
  readonly purpose: string;
  readonly role: StepRole | "cancel";
  /** Was it handed to the network from here, or to a relay? */
  readonly sent: boolean;
  readonly state: EntryState;
  readonly because: string | null;
  /** Another version of it, of which only one can confirm, that a block holds; null: none does. */
  readonly instead: Txid | null;
  /** What can be done now, as one line; null: nothing is left to do. */
  readonly next: string | null;
}

/** Where the wallet's journal has a transaction. */
export interface OwnTransaction {
  readonly entry: Entry;
  readonly variant: Variant;
}

/** The transaction in the journal; null where it is none of the wallet's. */
export function ownTransaction(txid: Txid, { journal }: Pick<Desk, "journal">): OwnTransaction | null {
  for (const entry of journal.entries()) {
    const variant = variantsOf(entry).find((each) => each.txid === txid);
    if (variant !== undefined) return { entry, variant };
  }
  return null;
}

/** Compares the journal with the chain. Sends nothing. */
export async function ownStory({ entry, variant }: OwnTransaction, desk: Desk): Promise<OwnStory> {
  const row = (await pendingEntries(desk)).find(({ id }) => id === entry.id);
  const step = entry.steps.find(({ variants }) => variants.includes(variant));
  let instead: Txid | null = null;
  for (const { txid } of step?.variants ?? []) {
    const { kind } = txid === variant.txid ? { kind: "unknown" } : await desk.source.transactionStatus(txid);
    if (kind === "confirmed") instead = txid;
  }
  return {
    id: entry.id,
    purpose: entry.purpose,
    role: variant.does === "cancel" ? "cancel" : (step?.role ?? "single"),
    sent: variant.sent !== null,
    state: row?.state ?? entry.state,
    because: row?.because ?? entry.because,
    instead,
    next: row?.next ?? null,
  };
}
