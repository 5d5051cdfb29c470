/** The fee rate of a transaction: what the user set, else what the source's estimates make of the blocks that are left. */
import { BskError } from "../errors.ts";
import { chooseFeeRate, type ChosenRate, FEE_TARGETS, type FeeEstimates, urgencyOf } from "../wallet/fee-policy.ts";
import { RELAY_POLICY } from "../wallet/replacement.ts";
import type { Desk } from "./desk.ts";

type Asked = Pick<Desk, "feeRate" | "source" | "network" | "limits">;

/** Satoshis per virtual byte where coins are worth nothing and nobody estimates. */
const FEE_RATE_WITHOUT_VALUE = 5;

/**
 * A rate the user set is taken as it is; an estimate is kept between what nodes relay and the limit of the user.
 * @param blocksLeft in which the transaction must confirm, null where it may take as long as it likes
 * @throws BskError `usage` where coins carry value and there is no estimate.
 */
export async function feeRateOf(
  { feeRate, source, network, limits }: Asked,
  blocksLeft: number | null = null,
): Promise<ChosenRate> {
  if (feeRate !== null) return { ...urgencyOf(blocksLeft), feeRate, capped: false };
  const bounds = { floor: RELAY_POLICY.floor, ceiling: limits.maxFeeRate };
  const chosen = chooseFeeRate(blocksLeft, await estimatesOf(source, urgencyOf(blocksLeft).targetBlocks), bounds);
  if (chosen !== null) return chosen;
  if (!network.bitcoin.carriesValue)
    return { ...urgencyOf(blocksLeft), feeRate: FEE_RATE_WITHOUT_VALUE, capped: false };
  throw new BskError("usage", `${source.description} has no fee estimate`, {
    rule: "no-fee-estimate",
    hint: "set one in satoshis per virtual byte: --fee-rate RATE",
  });
}

/** What the source says of every target of the schedule that is not faster than this one. */
async function estimatesOf(source: Desk["source"], fastest: number): Promise<FeeEstimates> {
  const estimates = new Map<number, number>();
  for (const target of FEE_TARGETS.filter((each) => each >= fastest)) {
    const estimate = await source.feeRate(target);
    if (estimate !== null) estimates.set(target, estimate);
  }
  return estimates;
}
