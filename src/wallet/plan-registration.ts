/**
 * Plans of a registration. Output orders: spec 08 §7; what the network demands of them: spec 01 §5.
 *
 * The register never spends an output of the preorder, so that a preorder whose fee is raised, or that is replaced, takes
 * no register with it. It spends a reserved coin of the same script as the preorder's input 0, since that script enters
 * the preorder's hash; a second reserved coin pays for a spare register.
 */
import { type Address, type ScriptHex, scriptOf } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import { type Txid, txid, type ZonefileHash } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import { type Satoshi, satoshi } from "../primitives/units.ts";
import type { Burn } from "./burn.ts";
import { type Coin, coinsOf, outpointText, payerCoins } from "./coins.ts";
import { atRate, highestRate } from "./fee-ladder.ts";
import { LEAST_CHANGE, output, type PlanContext, planOf, type SeenConsensus, type TxPlan } from "./plan.ts";
import { planSplit } from "./plan-split.ts";
import { preorderSize, registerSize } from "./price.ts";
import { burnOutput, payerCoin } from "./roles.ts";
import type { FeeLimits } from "./sign.ts";
import { feeFor, OWNER_OUTPUT } from "./size.ts";

export interface PreorderRequest {
  readonly name: Name;
  /** Address that the registration will name as owner: it enters the hash. */
  readonly owner: Address;
  readonly burn: Burn;
  readonly consensus: SeenConsensus;
  /** What the registration will carry: it decides what its coins must hold. */
  readonly zonefileHash: ZonefileHash | null;
}

/** First phase. `payer`: its input 0; any coin that may pay if left out. Change goes back to the script of input 0. */
export function planPreorder(request: PreorderRequest, context: PlanContext, payer?: Coin): TxPlan {
  const { name, owner, consensus } = request;
  const burn = burnOutput(request.burn, context);
  return planOf(
    {
      purpose: "preorder",
      payload: (first) => ({
        kind: "NAME_PREORDER",
        preorderHash: preorderHashOf(name, first.script, owner),
        consensusHash: consensus.hash,
      }),
      ...(payer === undefined ? {} : { payer }),
      layout: (data, change) => [data, change, burn],
      changeToPayer: LEAST_CHANGE,
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

/** All of a registration, funded together before the first goes out. */
export interface RegistrationPlan {
  /**
   * Makes the coins of the other three; null where the wallet has them. Theirs then have `UNSIGNED_TXID`, until
   * `afterSplit` sets it.
   */
  readonly split: TxPlan | null;
  /** At the present fee rate, like the others: `ladder` gives them at higher ones, up to what their coins hold. */
  readonly preorder: TxPlan;
  readonly register: TxPlan;
  /** The same register from another coin: for the case that the first is in a block and was refused for a collision. */
  readonly spare: TxPlan;
  /** What the first three cost, in satoshis: the spare costs nothing unless it is needed. */
  readonly total: Satoshi;
}

/** @throws BskError (wallet) with the shortfall where the coins do not suffice for all, at the highest fee of the ladder. */
export function planRegistration(request: PreorderRequest, context: PlanContext, limits: FeeLimits): RegistrationPlan {
  for (const script of new Set(payerCoins(context.purse).map((coin) => coin.script))) {
    const plan = planWithCoinsOf(script, request, context, limits);
    if (plan !== null) return plan;
  }
  return planWithSplit(request, context, limits);
}

/** Satoshis that a coin must hold for the register, at the highest fee and with change that nodes relay. */
function reserveOf(
  { name, zonefileHash }: PreorderRequest,
  script: ScriptHex,
  context: PlanContext,
  limits: FeeLimits,
) {
  const size = registerSize({ name, zonefile: zonefileHash !== null, payer: script, change: context.changeScript });
  return OWNER_OUTPUT + feeFor(size, highestRate(context.feeRate, size, limits)) + LEAST_CHANGE;
}

/** What the preorder's coin must hold if it is its only input. */
function stakeOf({ burn }: PreorderRequest, script: ScriptHex, context: PlanContext, limits: FeeLimits) {
  const paid = burnOutput(burn, context);
  const size = preorderSize(script, paid.script);
  return paid.value + feeFor(size, highestRate(context.feeRate, size, limits)) + LEAST_CHANGE;
}

/** With three confirmed coins of one script, as they are; null where it has no such coins. */
function planWithCoinsOf(
  script: ScriptHex,
  request: PreorderRequest,
  context: PlanContext,
  limits: FeeLimits,
): RegistrationPlan | null {
  const { purse } = context;
  const smallestFirst = coinsOf(script, purse).filter(({ height }) => height !== null);
  const reserve = reserveOf(request, script, context, limits);
  const [first, second] = smallestFirst.filter(({ value }) => value >= reserve);
  if (first === undefined || second === undefined) return null;
  const rest = smallestFirst.filter((coin) => coin !== first && coin !== second);
  const stake = stakeOf(request, script, context, limits);
  const payer = rest.find(({ value }) => value >= stake) ?? rest.at(-1);
  if (payer === undefined) return null;
  const reserved = new Set([first, second].map(outpointText));
  const coins = purse.coins.filter((coin) => !reserved.has(outpointText(coin)));
  try {
    return assemble(null, [payer, first, second], request, { ...context, purse: { ...purse, coins } }, limits);
  } catch (error) {
    if (error instanceof BskError && error.rule === "not-enough-coins") return null;
    throw error;
  }
}

function planWithSplit(request: PreorderRequest, context: PlanContext, limits: FeeLimits): RegistrationPlan {
  const script = context.changeScript;
  const reserve = reserveOf(request, script, context, limits);
  const split = planSplit(
    {
      script,
      values: [stakeOf(request, script, context, limits), reserve, reserve],
      effect: `makes three coins of one address for the registration of "${request.name}"`,
      followUp: "preorder and register spend two of them; the third is for a second register, should it be needed",
    },
    context,
  );
  const made = split.outputs
    .slice(0, 3)
    .map(({ value }, index): Coin => ({ txid: UNSIGNED_TXID, index, value, script, height: null }));
  return assemble(split, made, request, context, limits);
}

function assemble(
  split: TxPlan | null,
  [payer, ...reserved]: readonly Coin[],
  request: PreorderRequest,
  context: PlanContext,
  limits: FeeLimits,
): RegistrationPlan {
  const { name, owner, zonefileHash } = request;
  const { feeRate } = context;
  if (payer === undefined) throw new Error("three coins were chosen");
  /** Funded for the highest fee, then lowered: so every fee between the two is only a matter of change. */
  const funded = (size: number, plan: (high: PlanContext) => TxPlan): TxPlan =>
    atRate(plan({ ...context, feeRate: highestRate(feeRate, size, limits) }), feeRate);
  const burnScript = burnOutput(request.burn, context).script;
  const preorder = funded(preorderSize(payer.script, burnScript), (high) => {
    // Coins that a split has yet to make are no candidates for more inputs, and neither are those that it spends.
    const purse = split === null ? high.purse : { ...high.purse, coins: [] };
    return planPreorder(request, { ...high, purse }, payer);
  });
  const size = registerSize({
    name,
    zonefile: zonefileHash !== null,
    payer: payer.script,
    change: context.changeScript,
  });
  const [register, spare] = reserved.map((coin) =>
    funded(size, (high) =>
      planRegister(
        { name, owner, payer: payer.script, zonefileHash },
        { ...high, purse: { ...high.purse, coins: [coin] } },
      ),
    ),
  );
  if (register === undefined || spare === undefined) throw new Error("two coins were reserved");
  const total = satoshi((split?.cost.total ?? 0n) + preorder.cost.total + register.cost.total);
  return { split, preorder, register, spare, total };
}

/** The plan once its split is signed and has an id. */
export function afterSplit(plan: RegistrationPlan, split: Txid): RegistrationPlan {
  const named = (each: TxPlan): TxPlan => ({
    ...each,
    inputs: each.inputs.map((input) => (input.txid === UNSIGNED_TXID ? { ...input, txid: split } : input)),
  });
  return { ...plan, preorder: named(plan.preorder), register: named(plan.register), spare: named(plan.spare) };
}
