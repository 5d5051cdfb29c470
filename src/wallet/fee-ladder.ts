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
  const fee = feeFor(plan.size, feeRate);
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

/** The plan at so many rates (two or more), from its own up to what its change pays for, in equal proportions. */
export function ladder(plan: TxPlan, steps: number, limits: FeeLimits): readonly TxPlan[] {
  const change = plan.outputs.find(({ role }) => role === "change")?.value ?? 0n;
  const affordable = Number(plan.fee + change - LEAST_CHANGE) / plan.size;
  const highest = Math.min(highestRate(plan.feeRate, plan.size, limits), affordable);
  const factor = Math.max(1, highest / plan.feeRate);
  return Array.from({ length: steps }, (_, step) =>
    // Rounded down, so that the last step is not above the ceiling by a fraction.
    atRate(plan, Math.floor(plan.feeRate * factor ** (step / (steps - 1)) * 1000) / 1000),
  );
}
