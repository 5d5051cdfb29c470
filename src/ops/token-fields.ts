/** The fields in which operations speak of tokens, from epoch 4 on (spec 01 §4). */
import type { Field } from "../encoding/layout.ts";
import { ParseError } from "../errors.ts";
import { concat, fromHex, fromLatin1, toHex, toLatin1 } from "../primitives/bytes.ts";
import { type TokenAmount, tokenAmount, type TokenType } from "../primitives/token-amount.ts";

const AMOUNT_SIZE = 8;
const TYPE_SIZE = 19;

/** An amount in 8 bytes, big-endian. */
export const tokenAmountField: Field<TokenAmount> = {
  size: AMOUNT_SIZE,
  encode: (value) => {
    const hex = BigInt(value).toString(16);
    if (hex.length > 2 * AMOUNT_SIZE) throw new ParseError(`${value} does not fit into ${AMOUNT_SIZE} bytes`);
    return fromHex(hex.padStart(2 * AMOUNT_SIZE, "0"));
  },
  decode: (bytes) => tokenAmount(BigInt(`0x${toHex(bytes)}`)),
};

/** A kind of token in 19 bytes. Written with NUL bytes behind it; read with NUL bytes on either side, as the original did. */
export const tokenTypeField: Field<TokenType> = {
  size: TYPE_SIZE,
  encode: (value) => {
    if (value.length > TYPE_SIZE) throw new ParseError(`"${value}" is longer than ${TYPE_SIZE} bytes`);
    return concat(fromLatin1(value), new Uint8Array(TYPE_SIZE - value.length));
  },
  decode: (bytes) => {
    const first = bytes.findIndex((byte) => byte !== 0);
    const last = bytes.findLastIndex((byte) => byte !== 0);
    return toLatin1(bytes.subarray(first, last + 1)) as TokenType;
  },
};

/** Everything to the end of the payload, as hex. */
export const restAsHexField: Field<string> = { size: "rest", encode: fromHex, decode: toHex };
