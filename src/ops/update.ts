/**
 * NAME_UPDATE, opcode "+": publish a new zone file hash for a name.
 *
 *   0    2  3                   19                   39
 *   "id" +  updateHash (16)     zonefileHash (20)
 *
 * updateHash is hash128(name || consensus hash in 32 hex digits). No output is constrained.
 * Source: spec 01 §4.3; original `operations/update.py`.
 */
import { hexField, layout } from "../encoding/layout.ts";
import { updateHash, zonefileHash } from "../primitives/hash.ts";

export const update = layout({ updateHash: hexField(updateHash), zonefileHash: hexField(zonefileHash) });
