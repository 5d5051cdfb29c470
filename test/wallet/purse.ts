/** Coins for tests. */
import { scriptOf, address, type ScriptHex } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { txid } from "../../src/primitives/hash.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import type { Coin, Purse } from "../../src/wallet/coins.ts";

export function script(text: string): ScriptHex {
  return scriptOf(address(text, BITCOIN_CHAINS.bitcoin), BITCOIN_CHAINS.bitcoin);
}

/** p2pkh scripts that nobody else uses. */
export const anyScript = (n: number): ScriptHex => `76a914${n.toString(16).padStart(40, "0")}88ac` as ScriptHex;

/** A coin; `id` is the byte that its txid repeats. */
export function coin(id: number, value: number | bigint, to: ScriptHex, height: number | null = 100, index = 0): Coin {
  return {
    txid: txid(id.toString(16).padStart(2, "0").repeat(32)),
    index,
    value: satoshi(value),
    script: to,
    height: height === null ? null : blockHeight(height),
  };
}

export function purse(coins: readonly Coin[], options: Partial<Purse> = {}): Purse {
  return { coins, kept: new Set(), locked: new Set(), ...options };
}
