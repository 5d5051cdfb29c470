/**
 * What is signed beside a transaction before it is sent, so that later nobody has to be asked for the passphrase: the
 * same at higher fees, and where a burn is at stake a cancel.
 */
import { ladder } from "../wallet/fee-ladder.ts";
import { planCancel } from "../wallet/plan-again.ts";
import type { TxPlan } from "../wallet/plan.ts";
import type { FeeLimits } from "../wallet/sign.ts";

/** Fees at which a transaction is signed. */
const RUNGS = 4;

/** The plan, then the same at higher fees, then the cancel, which outbids them all. */
export function readied(plan: TxPlan, { limits }: { readonly limits: FeeLimits }): readonly TxPlan[] {
  const isUrgent = plan.deathHeight !== null || plan.purpose === "register";
  if (!isUrgent) return [plan];
  const rungs = ladder(plan, RUNGS, limits);
  if (plan.deathHeight === null || plan.cost.burned === 0n) return rungs;
  for (let kept = rungs.length; kept > 0; kept--) {
    const top = rungs[kept - 1];
    const cancel = top === undefined ? null : planCancel(plan, top.fee, plan.feeRate);
    // The cancel is worth more than the dearest raise.
    if (cancel !== null && cancel.fee <= limits.maxFee) return [...rungs.slice(0, kept), cancel];
  }
  return rungs;
}
