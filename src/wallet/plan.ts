/**
 * A transaction as data, before anything is signed: what `--dry-run` shows is what would be signed.
 *
 * The builders are in plan-name, plan-namespace and plan-payment; this file turns their drafts into plans. Outputs stand
 * in the order of spec 08 §7; every payer's change comes after what an operation needs, except where it is part of it.
 */
import type { ScriptHex } from "../bitcoin/address.ts";
import type { Payload } from "../ops/operation.ts";
import { encodePayload } from "../ops/payload.ts";
import type { Network } from "../protocol/network-definition.ts";
import { concat, toHex } from "../primitives/bytes.ts";
import type { ConsensusHash, NetworkId, Txid } from "../primitives/hash.ts";
import { type BlockHeight, blockHeight, type Satoshi, satoshi } from "../primitives/units.ts";
import { type Coin, outpointText, payerCoins, type Purse } from "./coins.ts";
import { fund, type Funding } from "./fund.ts";

export type PlanPurpose =
  | "preorder"
  | "register"
  | "renew"
  | "update"
  | "transfer"
  | "revoke"
  | "announce"
  | "namespace-preorder"
  | "namespace-reveal"
  | "namespace-ready"
  | "import"
  | "split"
  | "cancel"
  | "child"
  | "payment";

/** `owner`: proves who acts, and comes back in full. `payer`: pays fee, burn and outputs. */
export interface PlanInput extends Coin {
  readonly role: "owner" | "payer";
}

/**
 * `data`: OP_RETURN · `recipient`: output 1 of operations that have one · `returned`: the owner's input comes back ·
 * `burn`: price of a name · `zonefile-hash`: carries an import's hash, unspendable · `destination`: of a payment ·
 * `reserve`: a coin made for a transaction to come · `change`: back to the payer.
 */
export interface PlanOutput {
  readonly role: "data" | "recipient" | "returned" | "burn" | "zonefile-hash" | "destination" | "reserve" | "change";
  readonly value: Satoshi;
  readonly script: ScriptHex;
}

/** Where the payer's money goes, in satoshis. */
export interface PlanCost {
  readonly fee: Satoshi;
  /** Burned, or paid to a namespace's creator. */
  readonly burned: Satoshi;
  /** Put into outputs for the owner, the recipient or the destination. */
  readonly placed: Satoshi;
  /** Sum of the three: what the payer has less afterwards. */
  readonly total: Satoshi;
}

export interface TxPlan {
  readonly network: NetworkId;
  readonly purpose: PlanPurpose;
  /** Null where it is no operation: a payment, a split. */
  readonly payload: Payload | null;
  readonly inputs: readonly PlanInput[];
  readonly outputs: readonly PlanOutput[];
  /** Satoshis. */
  readonly fee: Satoshi;
  /** Satoshis per virtual byte that were asked for; the fee is a little more where change was too small to make. */
  readonly feeRate: number;
  /** Virtual bytes when signed, at most. */
  readonly size: number;
  readonly cost: PlanCost;
  /** Scripts that only the hash in its payload knows, and that the next phase will need. */
  readonly hides: readonly ScriptHex[];
  /** What the chain will know afterwards, as one line. */
  readonly effect: string;
  /** What is left to do afterwards. */
  readonly followUp: string | null;
  /** Last height at which its consensus hash is valid: a later block ignores it. Null: it carries none. */
  readonly deathHeight: BlockHeight | null;
}

/** What every builder needs. */
export interface PlanContext {
  readonly network: Network;
  readonly purse: Purse;
  /** Satoshis per virtual byte. */
  readonly feeRate: number;
  /** Where change goes, unless the operation says that it must go back to the payer's script. */
  readonly changeScript: ScriptHex;
}

/** A consensus hash to embed, and the height that it stands for. */
export interface SeenConsensus {
  readonly hash: ConsensusHash;
  readonly height: BlockHeight;
}

/** What a builder says of its transaction. */
export interface Draft {
  readonly purpose: PlanPurpose;
  /** The payload, which may depend on who pays: input 0 of a preorder enters its hash. */
  readonly payload: ((first: Coin) => Payload) | null;
  /** Input 0 of operations of an owner. */
  readonly owner?: Coin;
  /** Input 0 where a certain payer must stand there. */
  readonly payer?: Coin;
  /** All outputs in order; null ones are not made. */
  readonly layout: (data: PlanOutput, change: PlanOutput | null) => readonly (PlanOutput | null)[];
  /** Must there be change to the script of input 0, and how much at least (satoshis)? Else change is optional. */
  readonly changeToPayer?: bigint;
  readonly effect: string;
  readonly followUp?: string;
  readonly consensus?: SeenConsensus;
  readonly hides?: readonly ScriptHex[];
}

/** Version of every transaction that we make. */
export const VERSION = 2;
/** Sequence of every input: replaceable (BIP 125), so that a fee can be raised later. */
export const REPLACEABLE = 0xfffffffd;

/** Least change that is made: the relay limit of p2pkh, which is not below that of p2sh. */
export const LEAST_CHANGE = 546n;

/**
 * Chooses coins and fixes every output.
 * @throws BskError (wallet) with the shortfall where the coins do not suffice.
 */
export function planOf(draft: Draft, context: PlanContext): TxPlan {
  const { network, purse, feeRate, changeScript } = context;
  const fixed = [draft.owner, draft.payer].filter((coin) => coin !== undefined);
  const taken = new Set(fixed.map(outpointText));
  const funding = fund<PlanOutput>({
    fixed,
    candidates: payerCoins(purse).filter((coin) => !taken.has(outpointText(coin))),
    feeRate,
    changeRequired: draft.changeToPayer !== undefined,
    changeMinimum: draft.changeToPayer ?? LEAST_CHANGE,
    outputs([first], change) {
      const to = draft.changeToPayer === undefined ? changeScript : first.script;
      const data = draft.payload === null ? NO_DATA : dataOutput(network.magic, draft.payload(first));
      return draft
        .layout(data, change === null ? null : output("change", to, change))
        .filter((made) => made !== null && made !== NO_DATA) as PlanOutput[];
    },
  });
  return finish(draft, funding, context);
}

/** A plan of chosen inputs and outputs. */
export function finish(draft: Draft, funding: Funding<PlanOutput>, { network, feeRate }: PlanContext): TxPlan {
  const { inputs, outputs, fee, size } = funding;
  const [first] = inputs;
  if (first === undefined) throw new Error("a transaction has an input");
  return {
    network: network.id,
    purpose: draft.purpose,
    payload: draft.payload === null ? null : draft.payload(first),
    inputs: inputs.map((coin) => ({ ...coin, role: coin === draft.owner ? "owner" : "payer" })),
    outputs,
    fee: satoshi(fee),
    feeRate,
    size,
    cost: costOf(outputs, fee, draft.owner?.value ?? 0n),
    hides: draft.hides ?? [],
    effect: draft.effect,
    followUp: draft.followUp ?? null,
    deathHeight:
      draft.consensus === undefined ? null : blockHeight(draft.consensus.height + network.consensusHashWindow),
  };
}

function costOf(outputs: readonly PlanOutput[], fee: bigint, ownerValue: bigint): PlanCost {
  const sum = (...roles: readonly PlanOutput["role"][]): bigint =>
    outputs.reduce((total, { role, value }) => (roles.includes(role) ? total + value : total), 0n);
  const burned = sum("burn", "zonefile-hash");
  const placed = sum("recipient", "destination", "returned") - ownerValue;
  return {
    fee: satoshi(fee),
    burned: satoshi(burned),
    placed: satoshi(placed),
    total: satoshi(fee + burned + placed),
  };
}

export function output(role: PlanOutput["role"], script: ScriptHex, value: bigint): PlanOutput {
  return { role, script, value: satoshi(value) };
}

const NO_DATA: PlanOutput = { role: "data", script: "" as ScriptHex, value: satoshi(0n) };

const OP_RETURN = 0x6a;
const OP_PUSHDATA1 = 0x4c;
/** Longest data that one opcode pushes. */
const LONGEST_PUSH = 75;

/** OP_RETURN and one push of magic, opcode and payload. */
export function dataScript(magic: string, payload: Payload): ScriptHex {
  const data = encodePayload(magic, payload);
  const push = data.length <= LONGEST_PUSH ? [data.length] : [OP_PUSHDATA1, data.length];
  return toHex(concat(Uint8Array.of(OP_RETURN, ...push), data)) as ScriptHex;
}

function dataOutput(magic: string, payload: Payload): PlanOutput {
  return output("data", dataScript(magic, payload), 0n);
}

/**
 * The purse once a plan is under way as transaction `txid`: what it spends is gone, what comes back is pending. Lets the
 * next transaction be planned before a block holds this one.
 */
export function purseAfter(plan: TxPlan, txid: Txid, purse: Purse): Purse {
  const spent = new Set(plan.inputs.map(outpointText));
  const back = plan.outputs.flatMap(({ role, value, script }, index) =>
    role === "change" || role === "returned" ? [{ txid, index, value, script, height: null }] : [],
  );
  return { ...purse, coins: [...purse.coins.filter((coin) => !spent.has(outpointText(coin))), ...back] };
}
