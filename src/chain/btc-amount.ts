import { ParseError } from "../errors.ts";
import { satoshi, type Satoshi } from "../primitives/units.ts";

/**
 * Satoshis of an amount that JSON gives in BTC. Exact: below 21 million BTC the nearest double is always within half a
 * satoshi of the written decimal. @throws ParseError on what is no amount, and on fractions of a satoshi.
 */
export function satoshiOfBtc(btc: number): Satoshi {
  const scaled = btc * 1e8;
  const rounded = Math.round(scaled);
  if (!Number.isFinite(scaled) || Math.abs(scaled - rounded) > 0.5e-2 + Math.abs(scaled) * 1e-15) {
    throw new ParseError(`not an amount in BTC: ${btc}`);
  }
  return satoshi(rounded);
}
