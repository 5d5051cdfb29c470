/** Plans of the two phases of a registration. Output orders: spec 08 §7; what the network demands of them: spec 01 §5. */
import { type Address, type ScriptHex, scriptOf } from "../bitcoin/address.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import { type Txid, txid, type ZonefileHash } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import { type Satoshi, satoshi } from "../primitives/units.ts";
import type { Burn } from "./burn.ts";
import { LEAST_CHANGE, output, type PlanContext, planOf, purseAfter, type SeenConsensus, type TxPlan } from "./plan.ts";
import { registerReserve } from "./price.ts";
import { burnOutput, payerCoin } from "./roles.ts";
import { OWNER_OUTPUT } from "./size.ts";

export interface PreorderRequest {
  readonly name: Name;
  /** Address that the registration will name as owner: it enters the hash. */
  readonly owner: Address;
  readonly burn: Burn;
  readonly consensus: SeenConsensus;
  /** What the registration will carry: its cost is kept back in the change. */
  readonly zonefileHash: ZonefileHash | null;
}

/**
 * First phase. Change goes back to the script of input 0 and is enough for the registration, which must be paid from
 * that script (it enters the hash).
 */
export function planPreorder(request: PreorderRequest, context: PlanContext): TxPlan {
  const { name, owner, consensus, zonefileHash } = request;
  const burn = burnOutput(request.burn, context);
  return planOf(
    {
      purpose: "preorder",
      payload: (first) => ({
        kind: "NAME_PREORDER",
        preorderHash: preorderHashOf(name, first.script, owner),
        consensusHash: consensus.hash,
      }),
      layout: (data, change) => [data, change, burn],
      changeToPayer: registerReserve(name, zonefileHash !== null, context.feeRate) + LEAST_CHANGE,
      consensus,
      effect: `preorders "${name}" for ${owner}, without showing the name to anybody`,
      followUp: `register "${name}" as soon as a block holds the preorder`,
    },
    context,
  );
}

export interface RegisterRequest {
  readonly name: Name;
  readonly owner: Address;
  /** Script of the preorder's input 0. */
  readonly payer: ScriptHex;
  readonly zonefileHash: ZonefileHash | null;
}

/** Second phase: at most three outputs, since four would make it a renewal (quirk W3). */
export function planRegister(request: RegisterRequest, context: PlanContext): TxPlan {
  const { name, owner, payer, zonefileHash } = request;
  const recipient = output("recipient", scriptOf(owner, context.network.bitcoin), OWNER_OUTPUT);
  return planOf(
    {
      purpose: "register",
      payload: () => ({ kind: "NAME_REGISTRATION", name, zonefileHash }),
      payer: payerCoin(payer, "preordered", context),
      layout: (data, change) => [data, recipient, change],
      effect: `registers "${name}" for ${owner}${zonefileHash === null ? "" : `, with the zone file of hash ${zonefileHash}`}`,
      ...(zonefileHash === null ? {} : { followUp: "publish the zone file once a block holds the registration" }),
    },
    context,
  );
}

/** Stands for the id of a transaction that is not signed yet. */
export const UNSIGNED_TXID = txid("0".repeat(64));

/** Both phases, funded together before the first goes out. */
export interface RegistrationPlan {
  readonly preorder: TxPlan;
  /** May spend the preorder's change: then that input's txid is `UNSIGNED_TXID` until `afterPreorder` sets it. */
  readonly register: TxPlan;
  /** Both totals, in satoshis. */
  readonly total: Satoshi;
}

/** @throws BskError (wallet) with the shortfall where the coins do not suffice for both. */
export function planRegistration(request: PreorderRequest, context: PlanContext): RegistrationPlan {
  const { name, owner, zonefileHash } = request;
  const preorder = planPreorder(request, context);
  const [first] = preorder.inputs;
  if (first === undefined) throw new Error("a preorder has an input");
  const register = planRegister(
    { name, owner, payer: first.script, zonefileHash },
    { ...context, purse: purseAfter(preorder, UNSIGNED_TXID, context.purse) },
  );
  return { preorder, register, total: satoshi(preorder.cost.total + register.cost.total) };
}

/** The register of a plan, once its preorder is signed and has an id. */
export function afterPreorder({ register }: RegistrationPlan, preorder: Txid): TxPlan {
  return {
    ...register,
    inputs: register.inputs.map((input) => (input.txid === UNSIGNED_TXID ? { ...input, txid: preorder } : input)),
  };
}
