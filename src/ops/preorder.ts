/**
 * NAME_PREORDER, opcode "?": reserve a hidden name and burn its price.
 *
 *   0    2  3                   23                    39
 *   "id" ?  preorderHash (20)   consensusHash (16)
 *
 * Outputs: exactly 3; 1 is change, 2 burns. Tokens (27 more bytes) come with epoch 4.
 * Source: spec 01 §4.1; original `operations/preorder.py`.
 */
import { hexField, layout } from "../encoding/layout.ts";
import { consensusHash, preorderHash } from "../primitives/hash.ts";

export const preorder = layout({ preorderHash: hexField(preorderHash), consensusHash: hexField(consensusHash) });
