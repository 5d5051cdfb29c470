/** Moves an entry on by what the chain says, until it is done, or as far as it goes now. */
import { Buffer } from "node:buffer";
import { BskError } from "../errors.ts";
import { type Action, advance, type Step } from "../journal/advance.ts";
import { type Entry, isLive } from "../journal/entry.ts";
import type { Txid } from "../primitives/hash.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Desk } from "./desk.ts";
import { factsOf } from "./look.ts";
import { markSent, send } from "./send.ts";
import { anotherRegister, renew } from "./sign-more.ts";

export interface FollowOptions {
  /** Go on until the entry is done; else return as soon as there is nothing to do but wait. */
  readonly wait: boolean;
  /**
   * Return as soon as the entry is in this state, with nothing left to wait for, or beyond it. `planned`: at once, as it
   * stands in the journal; others send it.
   */
  readonly until?: "planned" | "preorder-confirmed";
  /** Called when what is waited for changes. */
  readonly waiting: (what: string) => void;
  sleep(ms: number): Promise<void>;
}

const POLL_MS = { regtest: 250, other: 15_000 };

/** Where the entry stands and what comes next. `canSign`: may that be something to sign? */
export async function stepOf(entry: Entry, desk: Desk, canSign = true): Promise<Step & { readonly tipHeight: number }> {
  const facts = await factsOf(entry, desk, canSign);
  return { ...advance(entry, facts), tipHeight: facts.tipHeight };
}

function pollMs({ bitcoin }: Network): number {
  return bitcoin.chain === "regtest" ? POLL_MS.regtest : POLL_MS.other;
}

/** Looks in a row that may fail while we wait anyway: a server that restarts, a reorganisation under our questions. */
const OUTAGES_WAITED_OUT = 20;

/**
 * Follows an entry. Harmless to interrupt: everything is in the journal, and the same command goes on from there.
 * @throws BskError `rejected` where the network ignored it or it came too late; what source and node throw,
 * `machine` only after it was waited out for a while.
 */
export async function follow(start: Entry, desk: Desk, options: FollowOptions): Promise<Entry> {
  if (options.until === "planned") return start;
  let entry = start;
  for (let outages = 0; ; outages++) {
    try {
      return await followOn(entry, desk, {
        ...options,
        sleep: (ms) => {
          outages = 0; // a whole look went well
          return options.sleep(ms);
        },
      });
    } catch (error) {
      const passes = options.wait && error instanceof BskError && error.kind === "machine";
      if (!passes || outages >= OUTAGES_WAITED_OUT) throw error;
      options.waiting(`an answer: ${error.message}`);
    }
    await options.sleep(pollMs(desk.network));
    entry = desk.journal.find(entry.id) ?? entry;
  }
}

/** What was tried at the present tip and did not work: it is tried again when a block has come. */
interface Tried {
  readonly height: number;
  readonly sent: Set<Txid>;
  /** Those that were sent for the first time. */
  readonly first: Set<Txid>;
  /** Why the network refused to take a transaction, or why nothing could be signed. */
  readonly refused: Map<Txid | "signing", BskError>;
}

const triedAt = (height: number): Tried => ({ height, sent: new Set(), first: new Set(), refused: new Map() });

async function followOn(start: Entry, desk: Desk, options: FollowOptions): Promise<Entry> {
  let entry = start;
  let told = "";
  let tried = triedAt(-1);
  for (;;) {
    const step = await stepOf(entry, desk, !tried.refused.has("signing"));
    if (tried.height !== step.tipHeight) tried = triedAt(step.tipHeight);
    if (step.state === "done" && entry.state !== "done") await publish(entry, desk);
    entry = moveTo(entry, step, desk);
    if (step.state === "failed") throw failure(entry);
    if (step.state === "done" || hasReached(options.until, step)) return entry;
    const acted = await act(entry, step.action, desk, tried);
    if (acted !== null) {
      entry = acted;
      continue;
    }
    if (!options.wait) return entry;
    // A source may need a while until it shows what it was sent; what it forgets later is sent again.
    tried.sent.clear();
    const what = waitedFor(step.action, tried);
    if (what !== told) {
      told = what;
      options.waiting(told);
    }
    await options.sleep(pollMs(desk.network));
    entry = desk.journal.find(entry.id) ?? entry;
  }
}

/** Writes where the entry stands, if that is news. */
export function moveTo(
  entry: Entry,
  { state, because, spent, tipHeight }: Step & { tipHeight: number },
  desk: Desk,
): Entry {
  const same =
    entry.state === state &&
    entry.because === because &&
    entry.spent.fees === spent.fees &&
    entry.spent.burned === spent.burned;
  if (same) return entry;
  return desk.journal.change(entry, (now) => ({
    ...now,
    state,
    because,
    spent,
    endedAt: isLive({ state }) ? now.endedAt : isLive(now) ? tipHeight : now.endedAt,
  }));
}

/** Does what can be done now; null where there is nothing to do but wait. */
async function act(entry: Entry, action: Action, desk: Desk, tried: Tried): Promise<Entry | null> {
  if (action.kind === "broadcast") return sendNow(entry, action, desk, tried);
  if (action.kind !== "sign" || tried.refused.has("signing")) return null;
  try {
    return await signMore(entry, desk);
  } catch (error) {
    if (!(error instanceof BskError) || error.kind === "machine" || error.kind === "cancelled") throw error;
    tried.refused.set("signing", error);
    return entry;
  }
}

async function sendNow(
  entry: Entry,
  { variant, why }: Extract<Action, { kind: "broadcast" }>,
  desk: Desk,
  { height, sent, first, refused }: Tried,
): Promise<Entry | null> {
  const { txid } = variant;
  const refusal = refused.get(txid);
  // Looked at again, and still nobody has it: the refusal stands. What replaces another may be refused and wait.
  if (refusal !== undefined && first.has(txid)) throw refusal;
  if (refusal !== undefined || sent.has(txid)) return null;
  sent.add(txid);
  if (why === "first") first.add(txid);
  const marked = markSent(entry, variant, height, desk);
  try {
    await send(variant, desk);
  } catch (error) {
    if (!(error instanceof BskError) || error.kind !== "rejected") throw error;
    refused.set(txid, error);
  }
  return marked;
}

/** Signs under the wallet's lock, unless another process was faster. */
async function signMore(entry: Entry, desk: Desk): Promise<Entry> {
  return desk.alone(async () => {
    const now = desk.journal.find(entry.id) ?? entry;
    const { action } = await stepOf(now, desk);
    if (action.kind !== "sign") return now;
    return action.what === "renewal" ? renew(now, action.role, desk) : anotherRegister(now, desk);
  });
}

function waitedFor(action: Action, { refused }: Tried): string {
  const cannotSign = refused.get("signing");
  const signing = cannotSign === undefined ? "" : ` (it could not be signed: ${cannotSign.message})`;
  if (action.kind === "wait") return `${action.what}${signing}`;
  const refusal = action.kind === "broadcast" ? refused.get(action.variant.txid) : undefined;
  if (refusal !== undefined) return `the next block: ${refusal.message}`;
  return action.kind === "broadcast" ? "the transaction to be seen" : `another attempt to sign${signing}`;
}

function hasReached(until: FollowOptions["until"], { state, action }: Pick<Step, "state" | "action">): boolean {
  if (until === undefined) return false;
  return state === "registered" || (state === until && action.kind !== "wait");
}

/** The chain has announced the hash by now: a node that indexes it takes the file. */
async function publish({ zonefile }: Entry, { node }: Pick<Desk, "node">): Promise<void> {
  if (zonefile !== null) await node.putZonefile(new Uint8Array(Buffer.from(zonefile, "base64")));
}

function failure({ purpose, because }: Entry): BskError {
  return new BskError("rejected", `${purpose}: ${because ?? "failed"}`, { rule: "not-accepted" });
}
