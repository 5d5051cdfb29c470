/**
 * ANNOUNCE, opcode "#": tell the operators of nodes something, by the hash of a text.
 *
 *   0    2  3                        23
 *   "id" #  announcementHash (20)
 *
 * No state, not part of any hash. Source: spec 01 §4.10; original `operations/announce.py`.
 */
import { hexField, layout } from "../encoding/layout.ts";
import { announcementHash } from "../primitives/hash.ts";

export const announce = layout({ announcementHash: hexField(announcementHash) });
