/**
 * NAME_IMPORT, opcode ";": put a name into a revealed namespace before it is ready.
 *
 *   0    2  3
 *   "id" ;  name (3 to 37, unpadded)
 *
 * Output 1 is the owner; the 20-byte hash of output 2 (p2pkh or p2sh) *is* the zone file hash, so with only three
 * outputs the change output becomes it. Input 0 must be p2pkh. Source: spec 01 §4.6; original `operations/nameimport.py`.
 */
import { layout, textField } from "../encoding/layout.ts";
import { name } from "../primitives/name.ts";

export const nameImport = layout({ name: textField(name) });
