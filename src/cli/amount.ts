/** Amounts and heights as people read them: satoshis with BTC, heights with an estimated date. */
import { ParseError } from "../errors.ts";
import type { BlockHeight, Satoshi } from "../primitives/units.ts";
import { fromBtc, satoshi, toBtc } from "../primitives/units.ts";

/** "40000 sat (0.00040000 BTC)". */
export function showAmount(amount: Satoshi | bigint): string {
  return `${amount.toString()} sat (${toBtc(amount)} BTC)`;
}

/** "40000", "40000sat" or "0.0004btc". @throws ParseError */
export function parseAmount(text: string): Satoshi {
  const match = /^([0-9.]{1,20})\s?(sat|btc)?$/iu.exec(text);
  const [, digits = "", unit = "sat"] = match ?? [];
  if (unit.toLowerCase() === "btc") return fromBtc(digits);
  if (/^[0-9]{1,16}$/u.test(digits)) return satoshi(BigInt(digits));
  throw new ParseError(`not an amount in satoshis, or in BTC like 0.001btc: "${text}"`);
}

/** A height with the time at which it is expected, from a known height and time. */
export interface DatedHeight {
  readonly height: BlockHeight;
  /** ISO 8601 in UTC, to the minute. An estimate unless the block is the known one; null where no block's time is known. */
  readonly expected: string | null;
}

/** Dates a height by the chain's usual distance between blocks. */
export function dateHeight(
  height: BlockHeight,
  known: { readonly height: BlockHeight; readonly time: Date | null },
  secondsPerBlock: number,
): DatedHeight {
  if (known.time === null) return { height, expected: null };
  const at = new Date(known.time.getTime() + (height - known.height) * secondsPerBlock * 1000);
  return { height, expected: `${at.toISOString().slice(0, 16)}Z` };
}

/** "block 700123 (about 2026-11-24)". */
export function showDatedHeight({ height, expected }: DatedHeight): string {
  return expected === null ? `block ${height}` : `block ${height} (about ${expected.slice(0, 10)})`;
}
