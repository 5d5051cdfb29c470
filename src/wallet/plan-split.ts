/** A payment of the wallet to itself that makes coins of the sizes that later transactions need. */
import type { ScriptHex } from "../bitcoin/address.ts";
import { output, type PlanContext, planOf, type TxPlan } from "./plan.ts";

export interface SplitRequest {
  /** Script of ours that gets all of them. */
  readonly script: ScriptHex;
  /** Satoshis of each, in the order of the outputs. */
  readonly values: readonly bigint[];
  /** What for, as one line. */
  readonly effect: string;
  readonly followUp: string;
}

/** Outputs in the order of the values, then change. @throws BskError (wallet) with the shortfall. */
export function planSplit({ script, values, effect, followUp }: SplitRequest, context: PlanContext): TxPlan {
  return planOf(
    {
      purpose: "split",
      payload: null,
      layout: (_, change) => [...values.map((value) => output("reserve", script, value)), change],
      effect,
      followUp,
    },
    context,
  );
}
