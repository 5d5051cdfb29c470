/**
 * NAME_REVOKE, opcode "~": make a name unusable until it expires.
 *
 *   0    2  3
 *   "id" ~  name (3 to 37, unpadded)
 *
 * No output is constrained. Source: spec 01 §4.5; original `operations/revoke.py`.
 */
import { layout, textField } from "../encoding/layout.ts";
import { name } from "../primitives/name.ts";

export const revoke = layout({ name: textField(name) });
