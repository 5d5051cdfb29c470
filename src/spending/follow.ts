/** Moves an entry on by what the chain says, until it is done, or as far as it goes now. */
import { Buffer } from "node:buffer";
import type { TransactionStatus } from "../chain/source.ts";
import { BskError } from "../errors.ts";
import { advance, type ChainFacts, type OperationVerdict, type Step } from "../journal/advance.ts";
import type { Entry } from "../journal/entry.ts";
import { fromHex } from "../primitives/bytes.ts";
import type { Txid } from "../primitives/hash.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Desk } from "./desk.ts";

export interface FollowOptions {
  /** Go on until the entry is done; else return as soon as there is nothing to do but wait. */
  readonly wait: boolean;
  /** Return as soon as the entry is in this state, with nothing left to wait for, or beyond it. */
  readonly until?: "preorder-confirmed";
  /** Called when what is waited for changes. */
  readonly waiting: (what: string) => void;
  sleep(ms: number): Promise<void>;
}

/** What following needs: no keys, since everything was signed before. */
export type Following = Pick<Desk, "network" | "source" | "node" | "journal">;

const POLL_MS = { regtest: 250, other: 15_000 };
/** Blocks that hold a preorder before its register goes out, the first included: a reorg of one block takes nothing back. */
const PREORDER_CONFIRMATIONS = { regtest: 1, other: 2 };

/** Where the entry stands and what comes next. */
export async function stepOf(entry: Entry, desk: Following): Promise<Step> {
  return advance(entry, await factsOf(entry, desk));
}

async function factsOf(entry: Entry, { source, node, network }: Following): Promise<ChainFacts> {
  const statuses = new Map<Txid, TransactionStatus>();
  const verdicts = new Map<Txid, OperationVerdict>();
  for (const { txid } of entry.transactions) {
    const status = await source.transactionStatus(txid);
    statuses.set(txid, status);
    if (status.kind === "confirmed" && entry.kind !== "payment") {
      verdicts.set(txid, await node.verdict(txid, status.height, status.blockHash));
    }
  }
  return {
    tipHeight: (await source.tip()).height,
    status: (txid) => statuses.get(txid) ?? { kind: "unknown" },
    verdict: (txid) => verdicts.get(txid) ?? "not-indexed",
    preorderConfirmations: choose(PREORDER_CONFIRMATIONS, network),
  };
}

function choose(values: { readonly regtest: number; readonly other: number }, { bitcoin }: Network): number {
  return bitcoin.chain === "regtest" ? values.regtest : values.other;
}

/** Looks in a row that may fail while we wait anyway: a server that restarts, a reorganisation under our questions. */
const OUTAGES_WAITED_OUT = 20;

/**
 * Follows an entry. Harmless to interrupt: everything is in the journal, and the same command goes on from there.
 * @throws BskError `rejected` where the network ignored it or it came too late; what source and node throw,
 * `machine` only after it was waited out for a while.
 */
export async function follow(start: Entry, desk: Following, options: FollowOptions): Promise<Entry> {
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
    await options.sleep(choose(POLL_MS, desk.network));
    entry = desk.journal.find(entry.id) ?? entry;
  }
}

async function followOn(start: Entry, desk: Following, options: FollowOptions): Promise<Entry> {
  let entry = start;
  let told = "";
  let sent: Txid | null = null;
  for (;;) {
    const { state, because, action } = await stepOf(entry, desk);
    if (state === "done") await publish(entry, desk);
    if (state !== entry.state || because !== entry.because) {
      entry = { ...entry, state, because };
      desk.journal.put(entry);
    }
    if (state === "failed") throw failure(entry);
    if (state === "done" || hasReached(options.until, { state, action })) return entry;
    if (action.kind === "broadcast" && action.transaction.txid !== sent) {
      await desk.source.broadcast(fromHex(action.transaction.raw));
      sent = action.transaction.txid;
      continue;
    }
    if (!options.wait) return entry;
    // A source may need a while until it shows what it was sent; what it forgets later is sent again.
    sent = null;
    const what = action.kind === "wait" ? action.what : "the transaction to be seen";
    if (what !== told) {
      told = what;
      options.waiting(told);
    }
    await options.sleep(choose(POLL_MS, desk.network));
  }
}

function hasReached(until: FollowOptions["until"], { state, action }: Pick<Step, "state" | "action">): boolean {
  if (until === undefined) return false;
  return state === "registered" || (state === until && action.kind !== "wait");
}

/** The chain has announced the hash by now: a node that indexes it takes the file. */
async function publish({ zonefile }: Entry, { node }: Following): Promise<void> {
  if (zonefile !== null) await node.putZonefile(new Uint8Array(Buffer.from(zonefile, "base64")));
}

function failure({ purpose, because }: Entry): BskError {
  return new BskError("rejected", `${purpose}: ${because ?? "failed"}`, { rule: "not-accepted" });
}
