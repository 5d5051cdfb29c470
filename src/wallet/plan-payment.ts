/** Plans of plain payments. */
import type { ScriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import { type Satoshi, toBtc } from "../primitives/units.ts";
import { payerCoins } from "./coins.ts";
import type { Funding } from "./fund.ts";
import { type Draft, finish, output, type PlanContext, planOf, type PlanOutput, type TxPlan } from "./plan.ts";
import { dustLimit, feeFor, virtualSize } from "./size.ts";

export interface PaymentRequest {
  /** Script of any kind of address: see destination.ts. */
  readonly destination: ScriptHex;
  /** The address as the user wrote it. */
  readonly address: string;
  /** "all": every coin that may be spent and is worth its fee. The fee comes out of what is sent. */
  readonly amount: Satoshi | "all";
}

/**
 * @throws BskError (usage) for an amount that nodes would not relay, (wallet) where the coins do not suffice.
 */
export function planPayment(request: PaymentRequest, context: PlanContext): TxPlan {
  const { destination, address, amount } = request;
  if (amount === "all") return planSweep(request, context);
  const least = dustLimit(destination);
  if (amount < least) {
    throw new BskError("usage", `${amount.toString()} satoshis are too few to send to "${address}"`, {
      hint: `nodes relay nothing below ${least.toString()} satoshis to it`,
    });
  }
  return planOf(
    {
      ...draftOf(amount, address),
      layout: (_, change) => [output("destination", destination, amount), change],
    },
    context,
  );
}

function draftOf(amount: bigint, address: string): Omit<Draft, "layout"> {
  return {
    purpose: "payment",
    payload: null,
    effect: `pays ${amount.toString()} satoshis (${toBtc(amount)} BTC) to ${address}`,
  };
}

function planSweep({ destination, address }: PaymentRequest, context: PlanContext): TxPlan {
  const { purse, feeRate } = context;
  const inputFee = (script: ScriptHex): bigint => feeFor(virtualSize([script], []) - virtualSize([], []), feeRate);
  const inputs = payerCoins(purse).filter(({ script, value }) => value > inputFee(script));
  const size = virtualSize(
    inputs.map(({ script }) => script),
    [destination],
  );
  const fee = feeFor(size, feeRate);
  const held = inputs.reduce((total, { value }) => total + value, 0n);
  const amount = held - fee;
  if (inputs.length === 0 || amount < dustLimit(destination)) {
    const shortfall = dustLimit(destination) - amount;
    throw new BskError(
      "wallet",
      `not enough coins: ${shortfall.toString()} satoshis (${toBtc(shortfall)} BTC) are missing to send anything`,
      { rule: "not-enough-coins" },
    );
  }
  const outputs = [output("destination", destination, amount)];
  const funding: Funding<PlanOutput> = { inputs, outputs, fee, size };
  return finish({ ...draftOf(amount, address), layout: () => outputs }, funding, context);
}
