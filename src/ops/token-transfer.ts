/**
 * TOKEN_TRANSFER, opcode "$", epoch 4 on: give tokens of the sender's account to another.
 *
 *   0    2  3                    19               38             46
 *   "id" $  consensusHash (16)   tokenUnits (19)  tokenFee (8)   scratchArea (0 or more)
 *
 * tokenUnits has NUL bytes on either side. Output 1 is the recipient. The scratch area is free; builders keep it to 34
 * bytes. Source: spec 01 §4.11; original `operations/tokentransfer.py`.
 */
import { hexField, layout } from "../encoding/layout.ts";
import { consensusHash } from "../primitives/hash.ts";
import { restAsHexField, tokenAmountField, tokenTypeField } from "./token-fields.ts";

export const tokenTransfer = layout({
  consensusHash: hexField(consensusHash),
  tokenUnits: tokenTypeField,
  tokenFee: tokenAmountField,
  scratchArea: restAsHexField,
});
