/** What is under way: where each entry stands, its deadline, what it has cost, what comes next; and how to let go of it. */
import { BskError } from "../errors.ts";
import { type Action, advance } from "../journal/advance.ts";
import {
  type Entry,
  type EntryState,
  isLive,
  isWatched,
  type StepRole,
  variantsOf,
  watchedUntil,
} from "../journal/entry.ts";
import type { ChainFacts } from "../journal/facts.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import { enables, epochAt } from "../protocol/epoch.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Desk } from "./desk.ts";
import { follow, type FollowOptions, moveTo } from "./follow.ts";
import { factsOf } from "./look.ts";

export interface PendingEntry {
  readonly id: string;
  readonly purpose: string;
  readonly subject: string;
  readonly state: EntryState;
  readonly because: string | null;
  /** Last block that may hold what comes next, and what happens then; null: it has no deadline. */
  readonly deadline: { readonly height: BlockHeight; readonly what: string } | null;
  /** Satoshis that blocks hold already. */
  readonly fees: number;
  readonly burned: number;
  /** What happens next, as one line; null: nothing, it has ended. */
  readonly next: string | null;
  /** An entry that has ended is compared with the chain up to this block, since a reorganisation may bring it back. */
  readonly watchedUntil: number | null;
  /** Transactions that were handed to the network, in the order of the steps. */
  readonly sent: readonly { readonly role: StepRole | "cancel"; readonly txid: string; readonly fee: number }[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** Compares every entry that may still move with the chain. Sends nothing. */
export async function pendingEntries(desk: Desk): Promise<readonly PendingEntry[]> {
  const { height } = await desk.source.tip();
  const rows: PendingEntry[] = [];
  for (const entry of desk.journal.entries().filter((each) => isWatched(each, height))) {
    const facts = await factsOf(entry, desk, desk.canSign());
    const step = advance(entry, facts);
    const now = moveTo(entry, { ...step, tipHeight: facts.tipHeight }, desk);
    rows.push(rowOf(now, step.action, facts, desk.network));
  }
  return rows;
}

function rowOf(entry: Entry, action: Action, facts: ChainFacts, network: Network): PendingEntry {
  const { id, purpose, subject, state, because, spent, steps, createdAt } = entry;
  const sent = steps.flatMap(({ role, variants }) =>
    variants
      .filter((each) => each.sent !== null)
      .map(({ txid, fee, does }) => ({ role: does === "cancel" ? ("cancel" as const) : role, txid, fee })),
  );
  const deadline = isLive(entry) ? deadlineOf(entry, facts, network) : null;
  return {
    id,
    purpose,
    subject,
    state,
    because,
    deadline,
    ...spent,
    next: nextOf(action, id),
    watchedUntil: isLive(entry) ? null : watchedUntil(entry),
    sent,
    createdAt,
  };
}

function nextOf(action: Action, id: string): string | null {
  switch (action.kind) {
    case "broadcast": {
      const what = action.why === "cancel" ? "the cancel" : action.role === "single" ? "it" : `the ${action.role}`;
      return `${action.why === "raise" ? "raise the fee of" : "send"} ${what}: bsk pending resume ${id}`;
    }
    case "sign":
      return `sign ${action.what === "renewal" ? "a fresh consensus hash" : "another register"}: bsk pending resume ${id}`;
    case "wait": {
      const help = action.passphrase === true ? `: bsk pending bump ${id}` : "";
      return `wait for ${action.what}${help}`;
    }
    case "nothing":
      return null;
  }
}

/** Until the preorder counts, its hash; then, where the epoch says so, the preorder's own age. */
function deadlineOf(entry: Entry, facts: ChainFacts, network: Network): PendingEntry["deadline"] {
  if (entry.state === "preorder-confirmed" || entry.state === "registered") {
    const preorder = entry.steps.find(({ role }) => role === "preorder")?.variants ?? [];
    const held = preorder.map(({ txid }) => facts.status(txid)).find(({ kind }) => kind === "confirmed");
    const { epochs, namePreorderExpire } = network;
    if (held?.kind !== "confirmed" || !enables(epochAt(epochs, facts.tipHeight + 1), "PREORDER_EXPIRE")) return null;
    return { height: blockHeight(held.height + namePreorderExpire), what: "the preorder can be used" };
  }
  const operations = variantsOf(entry).filter(({ deathHeight }) => deathHeight !== null);
  const sent = operations.filter((each) => each.sent !== null);
  const deaths = (sent.length === 0 ? operations : sent).map(({ deathHeight }) => deathHeight ?? 0);
  return deaths.length === 0 ? null : { height: blockHeight(Math.max(...deaths)), what: "its consensus hash is valid" };
}

/**
 * The entry of an id, or of the beginning of one, or of a transaction.
 * @throws BskError `usage` if there is none, or more than one.
 */
export function findEntry({ journal }: Pick<Desk, "journal">, text: string): Entry {
  const found = journal
    .entries()
    .filter((entry) => entry.id.startsWith(text) || variantsOf(entry).some(({ txid }) => txid === text));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  throw new BskError(
    "usage",
    `${first === undefined ? "no entry" : "more than one entry"} of the journal is "${text}"`,
    {
      rule: "no-such-entry",
      hint: "list them: bsk pending",
    },
  );
}

/** Goes on with all of these, in turn, until none can go on now, or none is live. Failures are told by their entries. */
export async function resumeAll(entries: readonly Entry[], desk: Desk, options: FollowOptions): Promise<void> {
  for (let live = entries; ;) {
    for (const entry of live) {
      try {
        await follow(desk.journal.find(entry.id) ?? entry, desk, { ...options, wait: false });
      } catch (error) {
        if (!(error instanceof BskError) || error.kind !== "rejected") throw error;
      }
    }
    live = live.filter(({ id }) => {
      const now = desk.journal.find(id);
      return now !== null && isLive(now);
    });
    if (live.length === 0 || !options.wait) return;
    options.waiting(`${live.length} ${live.length === 1 ? "entry" : "entries"} of the journal`);
    await options.sleep(desk.network.bitcoin.chain === "regtest" ? 250 : 15_000);
  }
}

/**
 * Lets go of an entry: nothing more is sent for it, and its coins are free. It can be resumed by its id.
 * @throws BskError `usage` where money is at stake and it is not forced; the numbers are in the message.
 */
export async function forget(entry: Entry, desk: Desk, force: boolean): Promise<Entry> {
  if (!isLive(entry)) {
    throw new BskError("usage", `it has ended already: ${entry.purpose}: ${entry.because ?? entry.state}`, {
      rule: "has-ended",
    });
  }
  const facts = await factsOf(entry, desk, false);
  const { spent } = advance(entry, facts);
  const out = variantsOf(entry).filter((each) => each.sent !== null && facts.status(each.txid).kind !== "confirmed");
  const risked = Math.max(0, ...out.map(({ burned }) => burned));
  const fees = Math.max(0, ...out.map(({ fee }) => fee));
  const paid = `${spent.fees} satoshis of fees and ${spent.burned} of burns are paid`;
  const open = `${fees} of fees and ${risked} of burns may still be, by what was sent`;
  if ((spent.fees > 0 || spent.burned > 0 || out.length > 0) && !force) {
    throw new BskError("usage", `money is at stake in "${entry.purpose}": ${paid}, ${open}`, {
      rule: "money-at-stake",
      hint: `go on with it: bsk pending resume ${entry.id}; or give it up with --force`,
    });
  }
  // Not watched any more: only its id brings it back.
  const because = `forgotten by its user: ${paid}, ${open}`;
  return desk.journal.change(entry, (now) => ({ ...now, state: "failed", because, spent, endedAt: null }));
}
