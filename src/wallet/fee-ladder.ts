/**
 * The same transaction at several fees: what was planned for the highest fee can be sent at any lower one, since only its
 * change differs.
 */
import { satoshi } from "../primitives/units.ts";
import { LEAST_CHANGE, type TxPlan } from "./plan.ts";
import type { FeeLimits } from "./sign.ts";
import { feeFor } from "./size.ts";

/** How many times the present rate coins are set aside for. */
const TOP = 8;

/** Satoshis per virtual byte that a transaction of this size is funded for: several times the present rate. */
export function highestRate(feeRate: number, size: number, { maxFee, maxFeeRate }: FeeLimits): number {
  return Math.max(feeRate, Math.min(feeRate * TOP, maxFeeRate, Number(maxFee) / size));
}

/** The plan at another rate: inputs and outputs are the same, and its change pays the difference. Needs change. */
export function atRate(plan: TxPlan, feeRate: number): TxPlan {
  return atFee(plan, feeFor(plan.size, feeRate), feeRate);
}

function atFee(plan: TxPlan, fee: bigint, feeRate: number): TxPlan {
  const more = fee - plan.fee;
  const at = plan.outputs.findIndex(({ role }) => role === "change");
  const change = (plan.outputs[at]?.value ?? 0n) - more;
  if (change < LEAST_CHANGE) throw new Error("the change of this plan does not pay for such a fee");
  return {
    ...plan,
    outputs: plan.outputs.map((output, index) => (index === at ? { ...output, value: satoshi(change) } : output)),
    fee: satoshi(fee),
    feeRate,
    cost: { ...plan.cost, fee: satoshi(fee), total: satoshi(plan.cost.total + more) },
  };
}

/**
 * The plan at so many fees (two or more), from its own up to several times that, in equal proportions: fewer where its
 * change or a limit affords no more, and only itself where it has no change. Each pays for the relay of its own bytes on
 * top of the one before, so that it may replace it (BIP 125 rule 4).
 */
export function ladder(plan: TxPlan, steps: number, limits: FeeLimits): readonly TxPlan[] {
  const change = plan.outputs.find(({ role }) => role === "change")?.value;
  if (change === undefined) return [plan];
  const highest = highestRate(plan.feeRate, plan.size, limits);
  const affordable = plan.fee + change - LEAST_CHANGE;
  const most = least(affordable, BigInt(Math.floor(highest * plan.size)), limits.maxFee);
  const factor = (highest / plan.feeRate) ** (1 / (steps - 1));
  const rungs = [plan];
  for (let step = 1, { fee } = plan; step < steps; step++) {
    const wanted = BigInt(Math.round(plan.size * plan.feeRate * factor ** step));
    const replacing = fee + BigInt(plan.size);
    const next = least(wanted > replacing ? wanted : replacing, most);
    if (next < replacing) break;
    rungs.push(atFee(plan, next, Math.floor((Number(next) / plan.size) * 1000) / 1000));
    fee = satoshi(next);
  }
  return rungs;
}

const least = (...of: readonly bigint[]): bigint => of.reduce((a, b) => (b < a ? b : a));
