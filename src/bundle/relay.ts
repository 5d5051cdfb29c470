/** Follows a bundle until its registration is done, without a wallet and without a state: the chain tells all of it. */
import type { CoinSource, OutpointFate, TransactionStatus } from "../chain/source.ts";
import { BskError } from "../errors.ts";
import type { BlockHash, ConsensusHash, Txid } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import { FEE_TARGETS } from "../wallet/fee-policy.ts";
import type { CheckedBundle } from "./check.ts";
import type { Variant } from "./read.ts";
import { type RelayFacts, type RelayJudgement, relayStep } from "./step.ts";

/** A node of the network. What it says decides when something is sent, never what. */
export interface RelayNode {
  consensusHashAt(height: number): Promise<ConsensusHash | null>;
  judgement(txid: Txid, minedAt: BlockHeight, inBlock: BlockHash): Promise<RelayJudgement>;
}

export interface Relaying {
  readonly network: Network;
  readonly source: CoinSource;
  readonly node: RelayNode;
  /** Go on until it is done; else return as soon as there is nothing to do but wait. */
  readonly wait: boolean;
  /** Called when what is waited for changes. */
  readonly waiting: (what: string) => void;
  /** Told what is sent, and what the Bitcoin node would not take. */
  readonly note: (text: string) => void;
  sleep(ms: number): Promise<void>;
}

export interface Relayed {
  readonly state: "registered" | "preorder-confirmed" | "waiting";
  /** What decided it, or what is waited for. */
  readonly txid: Txid | null;
  readonly waitingFor: string | null;
  /** Transactions that this relay sent, in order. */
  readonly sent: readonly Txid[];
}

const POLL_MS = { regtest: 250, other: 15_000 };
/** As for the wallet itself: a reorg of one block takes nothing back. */
const PREORDER_CONFIRMATIONS = { regtest: 1, other: 2 };
/** Looks in a row that may fail while it waits anyway. */
const OUTAGES_WAITED_OUT = 20;

/** @throws BskError `rejected` where it is too late, or the rules refused it; `machine` for outages that last. */
export async function relay(bundle: CheckedBundle, relaying: Relaying): Promise<Relayed> {
  const sent: Txid[] = [];
  let told = "";
  const wait = async (what: string): Promise<void> => {
    if (what !== told) relaying.waiting(what);
    told = what;
    await relaying.sleep(choose(POLL_MS, relaying.network));
  };
  for (let outages = 0; ;) {
    try {
      const step = relayStep(bundle, await factsOf(bundle, relaying));
      outages = 0;
      switch (step.kind) {
        case "done":
          return { state: step.state, txid: step.txid, waitingFor: null, sent };
        case "refused":
          throw new BskError("rejected", step.because, { rule: step.rule, hint: HINTS[step.rule] });
        case "send":
          relaying.note(`sends ${step.what}`);
          for (const variant of step.transactions) {
            if (await send(variant, relaying)) sent.push(variant.txid);
          }
          if (!relaying.wait) return { state: "waiting", txid: null, waitingFor: step.what, sent };
          await wait(`${step.what}, to be seen`);
          break;
        case "wait":
          if (!relaying.wait) return { state: "waiting", txid: null, waitingFor: step.what, sent };
          await wait(step.what);
          break;
      }
    } catch (error) {
      const passes = relaying.wait && error instanceof BskError && error.kind === "machine";
      if (!passes || ++outages > OUTAGES_WAITED_OUT) throw error;
      await wait(`an answer: ${error.message}`);
    }
  }
}

const HINTS = {
  "bundle-dead": "only its owner can go on, with a fresh consensus hash: bsk register NAME",
  "bundle-cancelled": "ask its owner",
  "bundle-of-another-chain": "the chain was reorganised, or the node follows another branch; nothing was sent",
  "preorder-ignored": "bsk explain TXID says why",
  "register-ignored": "bsk explain TXID says why",
} as const;

function choose<T>(values: { readonly regtest: T; readonly other: T }, { bitcoin }: Network): T {
  return bitcoin.chain === "regtest" ? values.regtest : values.other;
}

/** A refusal is no end: another relay may have sent a higher fee, and the next look shows what became of it. */
async function send({ raw, txid }: Variant, { source, note }: Relaying): Promise<boolean> {
  try {
    await source.broadcast(raw);
    return true;
  } catch (error) {
    if (!(error instanceof BskError) || error.kind !== "rejected") throw error;
    note(`not taken: ${txid}: ${error.message}`);
    return false;
  }
}

async function factsOf(bundle: CheckedBundle, { network, source, node }: Relaying): Promise<RelayFacts> {
  const { split, preorder, register, deathHeight } = bundle;
  const tip = await source.tip();
  const statuses = new Map<Txid, TransactionStatus>();
  const judgements = new Map<Txid, RelayJudgement>();
  if (split !== null) statuses.set(split.txid, await source.transactionStatus(split.txid));
  // What a ladder spends is asked before its transactions: one that confirms meanwhile is then seen as ours.
  const look = async (ladder: readonly Variant[]): Promise<OutpointFate> => {
    const [first] = ladder;
    const fate = first === undefined ? "unknown" : await source.outpointFate(first.stake);
    if (fate === "unspent") return fate; // so that none of them is anywhere
    for (const { txid } of ladder) {
      const status = await source.transactionStatus(txid);
      if (status.kind === "unknown") continue;
      statuses.set(txid, status);
      if (status.kind === "confirmed") {
        judgements.set(txid, await node.judgement(txid, status.height, status.blockHash));
      }
      break; // at most one can be there
    }
    return fate;
  };
  const fate = await look(preorder.variants);
  for (const ladder of [register?.variants ?? [], register?.spares ?? []]) await look(ladder);
  const ofOurs = preorder.variants.some(({ txid }) => statuses.get(txid)?.kind === "confirmed");
  const estimates = new Map<number, number>();
  for (const target of FEE_TARGETS) {
    const rate = await source.feeRate(target);
    if (rate !== null) estimates.set(target, rate);
  }
  const hash = await node.consensusHashAt(deathHeight - network.consensusHashWindow);
  return {
    tipHeight: tip.height,
    status: (txid) => statuses.get(txid) ?? { kind: "unknown" },
    judgement: (txid) => judgements.get(txid) ?? { kind: "not-indexed" },
    stakeSpentElsewhere: !ofOurs && fate === "spent-in-block",
    hashIsRight: hash === null ? null : hash === preorder.consensusHash,
    estimates,
    preorderConfirmations: choose(PREORDER_CONFIRMATIONS, network),
  };
}
