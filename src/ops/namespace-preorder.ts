/**
 * NAMESPACE_PREORDER, opcode "*": reserve a hidden namespace and burn its price.
 *
 *   0    2  3                   23                    39
 *   "id" *  preorderHash (20)   consensusHash (16)
 *
 *   0    2  3                   23                    39
 *   "id" *  preorderHash (20)   consensusHash (16)    tokenFee (8)       epoch 4 on, and only this
 *
 * Outputs: at least 3; 1 is change, 2 burns. Source: spec 01 §4.7; original `operations/namespacepreorder.py`.
 */
import { hexField, layout } from "../encoding/layout.ts";
import { consensusHash, preorderHash } from "../primitives/hash.ts";
import { tokenAmountField } from "./token-fields.ts";

export const namespacePreorder = layout({
  preorderHash: hexField(preorderHash),
  consensusHash: hexField(consensusHash),
});

export const namespacePreorderWithTokens = layout({ ...namespacePreorder.fields, tokenFee: tokenAmountField });
