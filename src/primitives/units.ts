import { ParseError } from "../errors.ts";
import type { Brand } from "./brand.ts";

/** A Bitcoin block height, a non-negative integer. */
export type BlockHeight = Brand<number, "BlockHeight">;

/** @throws ParseError unless the number is an integer from 0 to 2^31-1. */
export function blockHeight(value: number): BlockHeight {
  if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff) throw new ParseError(`not a block height: ${value}`);
  return value as BlockHeight;
}

/** @throws ParseError unless the text is a plain decimal height. */
export function parseBlockHeight(text: string): BlockHeight {
  if (!/^(0|[1-9][0-9]{0,9})$/u.test(text)) throw new ParseError(`not a block height: "${text}"`);
  return blockHeight(Number(text));
}

/** An amount of bitcoin in units of 1/100 000 000. */
export type Satoshi = Brand<bigint, "Satoshi">;

/** All bitcoin there can be, in satoshis (Bitcoin Core: MAX_MONEY). */
export const MAX_MONEY = 2_100_000_000_000_000n;

/** @throws ParseError unless 0 <= value <= MAX_MONEY. */
export function satoshi(value: bigint | number): Satoshi {
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new ParseError(`not an amount in satoshis: ${value}`);
  const amount = BigInt(value);
  if (amount < 0n || amount > MAX_MONEY) throw new ParseError(`not an amount in satoshis: ${amount.toString()}`);
  return amount as Satoshi;
}

/** "0.00040000" for 40000 satoshis. */
export function toBtc(amount: bigint): string {
  const sign = amount < 0n ? "-" : "";
  const positive = amount < 0n ? -amount : amount;
  return `${sign}${(positive / 100_000_000n).toString()}.${(positive % 100_000_000n).toString().padStart(8, "0")}`;
}

/**
 * Satoshis of a decimal text in BTC, with up to 8 digits behind the point.
 * @throws ParseError
 */
export function fromBtc(text: string): Satoshi {
  const match = /^([0-9]{1,8})(?:\.([0-9]{1,8}))?$/u.exec(text);
  if (match === null) throw new ParseError(`not an amount in BTC: "${text}"`);
  return satoshi(BigInt(match[1] ?? "0") * 100_000_000n + BigInt((match[2] ?? "").padEnd(8, "0")));
}
