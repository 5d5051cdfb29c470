/**
 * NAME_TRANSFER, opcode ">": give a name to another owner.
 *
 *   0    2  3            4                 20                    36
 *   "id" >  ">" or "~"   nameHash (16)     consensusHash (16)
 *
 * ">" keeps the zone file hash, "~" drops it. Output 1 is the new owner. Source: spec 01 §4.4; original `operations/transfer.py`.
 */
import { flagField, hexField, layout } from "../encoding/layout.ts";
import { consensusHash, nameHash } from "../primitives/hash.ts";

const KEEP = 0x3e;
const DROP = 0x7e;

export const transfer = layout({
  keepZonefile: flagField(KEEP, DROP),
  nameHash: hexField(nameHash),
  consensusHash: hexField(consensusHash),
});
