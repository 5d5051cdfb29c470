/** A transaction that spends an output of another one to pay for both (child pays for parent). */
import type { ScriptHex } from "../bitcoin/address.ts";
import { satoshi } from "../primitives/units.ts";
import type { NetworkId } from "../primitives/hash.ts";
import type { Coin } from "./coins.ts";
import { type Ancestor, leastChildFee } from "./package-fee.ts";
import { output, type TxPlan } from "./plan.ts";
import { dustLimit, virtualSize } from "./size.ts";

/** `coin`: the parent's output, of ours. Null where it does not pay for both at this rate. */
export function planChild(
  coin: Coin,
  ancestors: readonly Ancestor[],
  feeRate: number,
  to: { readonly network: NetworkId; readonly script: ScriptHex },
): TxPlan | null {
  const size = virtualSize([coin.script], [to.script]);
  const fee = leastChildFee(ancestors, size, feeRate);
  if (coin.value - fee < dustLimit(to.script)) return null;
  return {
    network: to.network,
    purpose: "child",
    payload: null,
    inputs: [{ ...coin, role: "payer" }],
    outputs: [output("change", to.script, coin.value - fee)],
    fee: satoshi(fee),
    feeRate: Number(fee) / size,
    size,
    cost: { fee: satoshi(fee), burned: satoshi(0n), placed: satoshi(0n), total: satoshi(fee) },
    hides: [],
    effect: `pays for ${coin.txid} too, whose output it spends`,
    followUp: null,
    deathHeight: null,
  };
}
