/** Tokens, which came with epoch 4: amounts and kinds. Who is paid in bitcoin alone needs nothing of this. */
import { ParseError } from "../errors.ts";
import type { Brand } from "./brand.ts";

/**
 * An amount of a token in its smallest unit (a millionth of a STACKS token): decimal digits without leading zeros, since
 * neither JSON nor SQLite has integers of that size. `BigInt(amount)` is its value.
 */
export type TokenAmount = Brand<string, "TokenAmount">;

/** The kind of a token, as accounts and operations spell it. */
export type TokenType = Brand<string, "TokenType">;

/** The one token that pays for names. */
export const STACKS = "STACKS" as TokenType;

/** @throws ParseError on a negative value. */
export function tokenAmount(value: bigint): TokenAmount {
  if (value < 0n) throw new ParseError(`not an amount of tokens: ${value}`);
  return value.toString() as TokenAmount;
}

/** @throws ParseError unless the text is a whole number in plain decimal digits. */
export function parseTokenAmount(text: string): TokenAmount {
  if (!/^(?:0|[1-9][0-9]{0,77})$/u.test(text)) throw new ParseError(`not an amount of tokens: "${text}"`);
  return text as TokenAmount;
}

/** @throws ParseError on an empty text, or one that does not fit the 19 bytes of an operation. */
export function tokenType(text: string): TokenType {
  if (!/^[\u0020-\u007e]{1,19}$/u.test(text)) throw new ParseError(`not a kind of token: "${text}"`);
  return text as TokenType;
}
