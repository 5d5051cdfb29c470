/** What the network made of a transaction, or would make of it now, and by which rule. */
import { parseTransaction, type Transaction, transactionId } from "../bitcoin/transaction.ts";
import type { CoinSource, TransactionStatus } from "../chain/source.ts";
import { BskError } from "../errors.ts";
import type { Flaw } from "../ops/flaw.ts";
import { flawText } from "../ops/flaw.ts";
import type { Operation } from "../ops/operation.ts";
import { readOperation, readOutputs } from "../ops/read-transaction.ts";
import { type Txid, txidOf } from "../primitives/hash.ts";
import type { BlockHash } from "../primitives/hash.ts";
import { updateHashOf } from "../primitives/name.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import { isEndedAt, payloadFormsAt, preflight } from "../rules/machine.ts";
import { type Question, questionOf, type Snapshot, snapshotView } from "../rules/snapshot.ts";
import { type RuleId, RULES } from "../rules/verdict.ts";

/** A node of the network, as far as explaining needs it. */
export interface ExplainingNode {
  tip(): Promise<{ readonly height: number }>;
  preflight(question: Question): Promise<Snapshot>;
  judgement(txid: Txid, minedAt: BlockHeight, inBlock: BlockHash): Promise<NodeJudgement>;
}

type NodeJudgement =
  | { readonly kind: "accepted" }
  | { readonly kind: "ignored"; readonly reason: { readonly rule: string; readonly because: string } | null }
  | { readonly kind: "not-indexed" };

/**
 * accepted, ignored: by the block that holds it · would-be-…: if the next block held it, alone · no-operation: it has a
 * flaw · not-indexed: the node has not come to its block · unknown: whose coins it spends cannot be found.
 */
export type ExplainedVerdict =
  "accepted" | "ignored" | "would-be-accepted" | "would-be-ignored" | "no-operation" | "not-indexed" | "unknown";

export interface Explanation {
  readonly txid: Txid;
  readonly where: TransactionStatus["kind"];
  /** Of the block that holds it; null before. */
  readonly height: BlockHeight | null;
  readonly verdict: ExplainedVerdict;
  /** What it says, with all fields and the sender; null where it is no operation. */
  readonly operation: Operation | null;
  /** Why it is no operation; null where it is one. */
  readonly flaw: Flaw | null;
  /** The rule that ignored it, or would. */
  readonly rule: string | null;
  /** What that rule demands of every operation. */
  readonly demands: string | null;
  /** Why it fired here, with the values; or the flaw in words. */
  readonly because: string | null;
  /** Last block in which its consensus hash is valid; null where it carries none, or none that is still valid. */
  readonly deathHeight: BlockHeight | null;
  /** Last block that the node has indexed. */
  readonly asOf: number;
}

export interface Explaining {
  readonly network: Network;
  readonly source: CoinSource;
  readonly node: ExplainingNode;
}

/** @throws BskError `unproven` where the source does not know the transaction, `usage` where the bytes are none. */
export async function explain(what: Txid | Uint8Array, desk: Explaining): Promise<Explanation> {
  const raw = typeof what === "string" ? await known(what, desk) : what;
  const transaction = parseTransaction(raw);
  const txid = transactionId(transaction);
  const status = await desk.source.transactionStatus(txid);
  const asOf = (await desk.node.tip()).height;
  const base: Explanation = {
    txid,
    where: status.kind,
    height: status.kind === "confirmed" ? status.height : null,
    verdict: "unknown",
    operation: null,
    flaw: null,
    rule: null,
    demands: null,
    because: null,
    deathHeight: null,
    asOf,
  };
  return { ...base, ...(await judged(transaction, txid, status, base, desk)) };
}

async function known(txid: Txid, { source }: Explaining): Promise<Uint8Array> {
  const raw = await source.rawTransaction(txid);
  if (raw !== null) return raw;
  throw new BskError("unproven", `${source.description} does not know the transaction ${txid}`, {
    rule: "transaction-unknown",
    hint: "give the transaction itself in hex; a Bitcoin Core node finds old ones with txindex=1 only",
  });
}

type Judged = Partial<Explanation> & Pick<Explanation, "verdict">;

async function judged(
  transaction: Transaction,
  txid: Txid,
  status: TransactionStatus,
  { asOf }: Explanation,
  desk: Explaining,
): Promise<Judged> {
  const { network, node } = desk;
  const at = status.kind === "confirmed" ? status.height : blockHeight(asOf + 1);
  const said = readOutputs(transaction, network.magic);
  if (said.kind === "malformed") return flawed(said.flaw);
  if (at < network.firstBlock) {
    return { verdict: "no-operation", because: `the network "${network.name}" begins at height ${network.firstBlock}` };
  }
  const spent = await spentScripts(transaction, desk);
  const read =
    spent === null
      ? null
      : readOperation(transaction, spent, {
          magic: network.magic,
          on: network.bitcoin,
          forms: payloadFormsAt(network, at),
        });
  if (read?.kind === "malformed") return flawed(read.flaw);
  const operation = read?.value ?? null;
  if (status.kind === "confirmed") {
    return { operation, ...verdictOf(await node.judgement(txid, status.height, status.blockHash), at, network) };
  }
  if (operation === null) {
    return {
      verdict: "unknown",
      because: "the transactions whose coins it spends are not known here, so neither is its sender",
    };
  }
  return { operation, ...(await ifMinedNext(operation, desk)) };
}

function flawed(flaw: Flaw): Judged {
  return { verdict: "no-operation", flaw, because: flawText(flaw) };
}

function verdictOf(judgement: NodeJudgement, at: BlockHeight, network: Network): Judged {
  if (judgement.kind === "accepted") return { verdict: "accepted" };
  if (judgement.kind === "not-indexed") {
    return { verdict: "not-indexed", because: "the node has not indexed its block, or follows another branch" };
  }
  if (judgement.reason !== null) return broken("ignored", judgement.reason.rule, judgement.reason.because);
  if (isEndedAt(network, at)) {
    return broken("ignored", "chain-ended", `all operations from height ${String(network.endHeight)} on are ignored`);
  }
  return { verdict: "ignored", because: "the node saw no operation in it" };
}

function broken(verdict: "ignored" | "would-be-ignored", rule: string, because: string): Judged {
  return { verdict, rule, demands: rule in RULES ? RULES[rule as RuleId] : null, because };
}

/** Scripts of the outputs that it spends, from the transactions that made them; null where one is not known. */
async function spentScripts(transaction: Transaction, { source }: Explaining): Promise<readonly Uint8Array[] | null> {
  const found: Uint8Array[] = [];
  for (const { previousTxid, previousIndex } of transaction.inputs) {
    const raw = await source.rawTransaction(txidOf(previousTxid));
    const output = raw === null ? undefined : parseTransaction(raw).outputs[previousIndex];
    if (output === undefined) return null;
    found.push(output.script);
  }
  return found;
}

const NOTHING: Question = { names: [], namespaces: [], preorderHashes: [], owners: [], nameHashes: [] };

/** The rules' answer for the next block, on the state that the node tells of. */
async function ifMinedNext(operation: Operation, { network, node }: Explaining): Promise<Judged> {
  const question = operation.kind === "ANNOUNCE" ? { ...NOTHING, owners: [operation.sender] } : questionOf(operation);
  const snapshot = await node.preflight(question);
  const at = blockHeight(snapshot.height + 1);
  // Whom nodes listen to is their operators' choice; that the sender owns a living name is not.
  const announcers = snapshot.names.map(({ name }) => name);
  const verdict = preflight(operation, at, snapshotView(snapshot), network, announcers);
  const deathHeight = deathHeightOf(operation, snapshot, network);
  return verdict.kind === "accepted"
    ? { verdict: "would-be-accepted", deathHeight }
    : { ...broken("would-be-ignored", verdict.rule, verdict.because), deathHeight };
}

/** From the height whose consensus hash an operation carries; an update hides it behind its name. */
function deathHeightOf(operation: Operation, snapshot: Snapshot, network: Network): BlockHeight | null {
  const { consensusHashes, names } = snapshot;
  const carries = (hash: (typeof consensusHashes)[number]["hash"]): boolean =>
    operation.kind === "NAME_UPDATE"
      ? names.some(({ name }) => updateHashOf(name, hash) === operation.updateHash)
      : "consensusHash" in operation && operation.consensusHash === hash;
  const seen = consensusHashes.find(({ hash }) => carries(hash));
  return seen === undefined ? null : blockHeight(seen.height + network.consensusHashWindow);
}
