/** Entries as older journals wrote them. Version 1: a list of transactions, one for each step. */
import type { Entry, EntryState, OwnOutput, StepRole } from "./entry.ts";
import { type Txid } from "../primitives/hash.ts";

/** Version of what `body` holds. */
export const SCHEMA_VERSION = 2;

interface Transaction1 {
  readonly role: StepRole;
  readonly txid: Txid;
  readonly raw: string;
  readonly spends: readonly { readonly txid: Txid; readonly index: number }[];
  readonly returns: readonly OwnOutput[];
  readonly fee: number;
  readonly burned: number;
  readonly deathHeight: number | null;
}

interface Entry1 extends Omit<Entry, "steps" | "spent" | "endedAt" | "earlier"> {
  readonly transactions: readonly Transaction1[];
}

/**
 * One step with one variant for each transaction. Version 1 kept neither plans nor what was sent when: what may have
 * been sent counts as sent at the beginning.
 */
export function fromVersion1(old: Entry1): Entry {
  const { transactions, ...entry } = old;
  return {
    ...entry,
    steps: transactions.map(({ role, ...transaction }) => ({
      role,
      variants: [
        {
          ...transaction,
          does: "operation",
          size: transaction.raw.length / 2, // witnesses counted in full: an upper bound
          plan: null,
          sent: wasSent(role, entry.state) ? { at: entry.createdAt, height: 0 } : null,
        },
      ],
    })),
    spent: { fees: 0, burned: 0 },
    endedAt: null,
    earlier: [],
  };
}

function wasSent(role: StepRole, state: EntryState): boolean {
  if (state === "planned") return false;
  return role === "register" || role === "spare" ? !["preordered", "preorder-confirmed"].includes(state) : true;
}
