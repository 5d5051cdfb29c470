/** What plan builders are given. */
import type { PlanContext } from "../wallet/plan.ts";
import type { Desk } from "./desk.ts";
import { feeRateOf } from "./fee-rate.ts";

/** What plan builders need, from the coins as they are now. `note` is told of a rate that a limit cuts. */
export async function planContext(desk: Desk, note: (text: string) => void = () => undefined): Promise<PlanContext> {
  const { feeRate, capped } = await feeRateOf(desk);
  if (capped) note(`the estimate is above your limit: ${feeRate} satoshis per byte may take longer to confirm`);
  return {
    network: desk.network,
    purse: await desk.purse(),
    feeRate,
    changeScript: desk.changeScript,
  };
}
