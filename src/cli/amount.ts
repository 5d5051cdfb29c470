/** Amounts and heights as people read them: satoshis with BTC, heights with an estimated date. */
import type { BlockHeight, Satoshi } from "../primitives/units.ts";
import { toBtc } from "../primitives/units.ts";

/** "40000 sat (0.00040000 BTC)". */
export function showAmount(amount: Satoshi | bigint): string {
  return `${amount.toString()} sat (${toBtc(amount)} BTC)`;
}

/** A height with the time at which it is expected, from a known height and time. */
export interface DatedHeight {
  readonly height: BlockHeight;
  /** ISO 8601 in UTC, to the minute. An estimate unless the block is the known one. */
  readonly expected: string;
}

/** Dates a height by the chain's usual distance between blocks. */
export function dateHeight(
  height: BlockHeight,
  known: { readonly height: BlockHeight; readonly time: Date },
  secondsPerBlock: number,
): DatedHeight {
  const at = new Date(known.time.getTime() + (height - known.height) * secondsPerBlock * 1000);
  return { height, expected: `${at.toISOString().slice(0, 16)}Z` };
}

/** "block 700123 (about 2026-11-24)". */
export function showDatedHeight({ height, expected }: DatedHeight): string {
  return `block ${height} (about ${expected.slice(0, 10)})`;
}
