/** Asks the rules before anything is signed: what the network would ignore is refused, with the rule's name. */
import { BskError } from "../errors.ts";
import type { ScriptHex } from "../bitcoin/address.ts";
import { type Transaction, transactionId } from "../bitcoin/transaction.ts";
import { extractOperation } from "../ops/extract.ts";
import type { Operation } from "../ops/operation.ts";
import type { Decoded } from "../ops/payload.ts";
import { readOutputs } from "../ops/read-transaction.ts";
import { concat, fromHex, reversed } from "../primitives/bytes.ts";
import type { Name } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import { applyOperation, checkOperation, prescan } from "../rules/block.ts";
import { BlockState } from "../rules/block-state.ts";
import { isEndedAt, payloadFormsAt, preflight } from "../rules/machine.ts";
import type { StateView } from "../rules/state-view.ts";
import { type RuleId, RULES } from "../rules/verdict.ts";
import { REPLACEABLE, type TxPlan, VERSION } from "./plan.ts";

/** What the rules are asked with. */
export interface PreflightContext {
  readonly network: Network;
  /** Height of the block that is to hold the transactions: the tip's and one. */
  readonly at: BlockHeight;
  /** The state as of the block before `at`. */
  readonly view: StateView;
  /** Public key of a script of ours: imports must show theirs. */
  readonly publicKeyOf: (script: ScriptHex) => Uint8Array | undefined;
  /** Names whose owners may announce. */
  readonly announcers?: readonly Name[];
}

/**
 * Refuses to go on with a network that has ended. Ask this first: before coins, before a passphrase.
 * @throws BskError (rejected, rule `chain-ended`)
 */
export function refuseEnded(network: Network, at: BlockHeight): void {
  if (!isEndedAt(network, at)) return;
  throw rejected(
    "chain-ended",
    `network "${network.name}" ended: it ignores all operations from height ${String(network.endHeight)} on`,
    "what it holds can still be read; names live on in other networks (bsk network list)",
  );
}

/**
 * The operation that the network will read from a plan once it is signed, or why it will read none. Null for a payment.
 */
export function operationOf(
  plan: TxPlan,
  { network, at, publicKeyOf }: Pick<PreflightContext, "network" | "at" | "publicKeyOf">,
): Decoded<Operation> | null {
  const transaction: Transaction = {
    version: VERSION,
    inputs: plan.inputs.map(({ txid, index, script }) => ({
      previousTxid: reversed(fromHex(txid)),
      previousIndex: index,
      scriptSig: standInSignature(publicKeyOf(script)),
      sequence: REPLACEABLE,
    })),
    outputs: plan.outputs.map(({ value, script }) => ({ value, script: fromHex(script) })),
    lockTime: 0,
  };
  const said = readOutputs(transaction, network.magic);
  if (said.kind === "malformed") return null;
  const carrier = {
    txid: transactionId(transaction),
    vtxindex: 1,
    transaction,
    spentScripts: plan.inputs.map(({ script }) => fromHex(script)),
    ...said.value,
  };
  return extractOperation(carrier, network.bitcoin, payloadFormsAt(network, at));
}

/** A push in place of the signature, then the public key, as p2pkh inputs show it. */
function standInSignature(publicKey: Uint8Array | undefined): Uint8Array {
  if (publicKey === undefined) return new Uint8Array();
  return concat(Uint8Array.of(1, 0, publicKey.length), publicKey);
}

/**
 * Would the network take these plans, each on top of those before it, all in the block `at`? A preorder is asked together
 * with its registration: alone it is always taken, since nobody sees the name in it.
 * @throws BskError (rejected) with the rule of the first that would be ignored. Plain payments are always fine.
 */
export function preflightPlans(plans: readonly TxPlan[], context: PreflightContext): void {
  const { network, at, view, announcers = [] } = context;
  const ops = plans.flatMap((plan) => {
    const read = operationOf(plan, context);
    if (read === null) return [];
    refuseEnded(network, at);
    if (read.kind === "malformed") throw refusal(plan, "not-an-operation", read.reason);
    return [{ plan, op: read.value }];
  });
  const [first, ...rest] = ops;
  if (first === undefined) return;
  if (rest.length === 0) {
    const verdict = preflight(first.op, at, view, network, announcers);
    if (verdict.kind === "rejected") throw refusal(first.plan, verdict.rule, verdict.because);
    return;
  }
  const state = new BlockState(view, at, network, announcers);
  prescan(
    ops.map(({ op }) => op),
    state,
  );
  for (const { plan, op } of ops) {
    const verdict = checkOperation(op, state);
    if (verdict.kind === "rejected") throw refusal(plan, verdict.rule, verdict.because);
    applyOperation(verdict.accepted, state);
  }
}

function refusal({ purpose }: TxPlan, rule: RuleId, because: string): BskError {
  return rejected(rule, `the network would ignore this ${purpose.replace("-", " ")}: ${because}`, RULES[rule]);
}

function rejected(rule: RuleId, message: string, hint: string): BskError {
  return new BskError("rejected", message, { rule, hint });
}
