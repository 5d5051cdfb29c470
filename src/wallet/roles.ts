/** The parts that certain inputs and outputs play in several operations. */
import { addressOf, type ScriptHex, scriptOf } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import type { Burn } from "./burn.ts";
import { type Coin, coinsOf, payerCoins } from "./coins.ts";
import { output, type PlanContext, type PlanOutput } from "./plan.ts";
import { dustLimit, OWNER_OUTPUT } from "./size.ts";

/** Pays the price, or what nodes relay where the price is below that (spec 01 §6). */
export function burnOutput({ address, price }: Burn, { network }: PlanContext): PlanOutput {
  const script = scriptOf(address, network.bitcoin);
  const least = dustLimit(script);
  return output("burn", script, price > least ? price : least);
}

/** The owner's input comes back; where it was too small for nodes to relay, the payer adds to it. */
export function returned({ script, value }: Coin): PlanOutput {
  const least = dustLimit(script);
  return output("returned", script, value > least ? value : least);
}

/**
 * The coin that proves ownership: the smallest confirmed one of the script, else the smallest pending one.
 * @throws BskError (wallet) where the script holds no coin.
 */
export function ownerCoin(script: ScriptHex, { purse, network }: PlanContext): Coin {
  const [coin] = coinsOf(script, purse);
  if (coin !== undefined) return coin;
  const address = addressOf(script, network.bitcoin) ?? script;
  throw new BskError("wallet", `the owner address "${address}" holds no coin to sign with`, {
    rule: "no-owner-coin",
    hint: `pay ${OWNER_OUTPUT.toString()} satoshis to it first: bsk wallet pay ${address} ${OWNER_OUTPUT.toString()}`,
  });
}

/**
 * The coin with which the second phase shows that it belongs to the first: the largest confirmed one of the script,
 * else the largest pending one (the change of the first phase).
 * @throws BskError (wallet) where the script holds no coin.
 */
export function payerCoin(script: ScriptHex, did: string, { purse, network }: PlanContext): Coin {
  const coin = payerCoins(purse).find((held) => held.script === script);
  if (coin !== undefined) return coin;
  const address = addressOf(script, network.bitcoin) ?? script;
  throw new BskError("wallet", `the address "${address}" that ${did} holds no coin that may be spent`, {
    rule: "no-payer-coin",
    hint: `the second transaction must be paid from the address of the first: pay some satoshis to ${address}`,
  });
}
