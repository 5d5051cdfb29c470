/** A plan inside the journal: JSON, in which amounts are marked, since JSON has no large integers. */
import type { TxPlan } from "../wallet/plan.ts";

declare const stored: unique symbol;

/** A JSON value; only `recallPlan` reads it. */
export interface StoredPlan {
  readonly [stored]: "plan";
}

export function storePlan(plan: TxPlan): StoredPlan {
  const text = JSON.stringify(plan, (_, value: unknown) =>
    typeof value === "bigint" ? { satoshis: value.toString() } : value,
  );
  return JSON.parse(text) as StoredPlan;
}

/** What was stored. Only what `storePlan` made comes here: the journal is our own file. */
export function recallPlan(plan: StoredPlan): TxPlan {
  return JSON.parse(JSON.stringify(plan), (_, value: unknown) =>
    isMarked(value) ? BigInt(value.satoshis) : value,
  ) as TxPlan;
}

function isMarked(value: unknown): value is { readonly satoshis: string } {
  return typeof value === "object" && value !== null && Object.keys(value).join() === "satoshis";
}
