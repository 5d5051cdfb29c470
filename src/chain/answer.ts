/** Pieces of valibot schemas for what servers answer: domain values, parsed once. */
import * as v from "valibot";
import { scriptHex } from "../bitcoin/address.ts";
import { blockHash, txid } from "../primitives/hash.ts";
import { blockHeight, satoshi } from "../primitives/units.ts";
import { satoshiOfBtc } from "./btc-amount.ts";
import { parsedBy } from "./parsed-by.ts";
import { hexBytes } from "./raw-transaction.ts";

export const blockHashField = v.pipe(v.string(), parsedBy(blockHash));
export const txidField = v.pipe(v.string(), parsedBy(txid));
export const heightField = v.pipe(v.number(), parsedBy(blockHeight));
/** Output index: the protocol allows 32 bits, a block holds far less. */
export const indexField = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));
/** Bytes given as hex. */
export const bytesField = v.pipe(v.string(), parsedBy(hexBytes));
/** A scriptPubKey; consensus bounds it by the block only, what we ever ask for is short. */
export const scriptField = v.pipe(
  v.string(),
  v.maxLength(2_000_000),
  parsedBy((text: string) => scriptHex(hexBytes(text))),
);
/** An amount in satoshis as a JSON number. */
export const satoshiField = v.pipe(
  v.number(),
  parsedBy((value: number) => satoshi(value)),
);
/** An amount in BTC as a JSON number. */
export const btcField = v.pipe(v.number(), parsedBy(satoshiOfBtc));
