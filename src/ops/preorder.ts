/**
 * NAME_PREORDER, opcode "?": reserve a hidden name and burn its price.
 *
 *   0    2  3                   23                    39
 *   "id" ?  preorderHash (20)   consensusHash (16)
 *
 *   0    2  3                   23                    39             47
 *   "id" ?  preorderHash (20)   consensusHash (16)    tokenFee (8)   tokenUnits (19)       epoch 4 on
 *
 * Outputs: exactly 3; 1 is change, 2 burns.
 * Source: spec 01 §4.1; original `operations/preorder.py`.
 */
import { hexField, layout } from "../encoding/layout.ts";
import { consensusHash, preorderHash } from "../primitives/hash.ts";
import { tokenAmountField, tokenTypeField } from "./token-fields.ts";

export const preorder = layout({ preorderHash: hexField(preorderHash), consensusHash: hexField(consensusHash) });

export const preorderWithTokens = layout({
  ...preorder.fields,
  tokenFee: tokenAmountField,
  tokenUnits: tokenTypeField,
});
