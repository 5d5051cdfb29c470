/**
 * NAME_REGISTRATION and NAME_RENEWAL, opcode ":": say the preordered name aloud; or keep a name for another term.
 *
 *   0    2  3
 *   "id" :  name (3 to 37, unpadded)                                all epochs
 *
 *   0    2  3                         40                   60
 *   "id" :  name (37, NUL behind)     zonefileHash (20)             epoch 3 on
 *
 *   0    2  3                         40                   60
 *   "id" :  name (37, NUL behind)     zonefileHash (20)    tokenFee (8)       epoch 4 on
 *
 * Which of the two operations it is, the number of outputs says: four or more are a renewal, whose output 3 burns.
 * Output 1 is the owner. Source: spec 01 §4.2; original `operations/register.py`.
 */
import { hexField, layout, paddedTextField, textField } from "../encoding/layout.ts";
import { zonefileHash } from "../primitives/hash.ts";
import { NAME_MAX_LENGTH, name } from "../primitives/name.ts";
import { tokenAmountField } from "./token-fields.ts";

export const registerBare = layout({ name: textField(name) });

export const registerWithZonefile = layout({
  name: paddedTextField(NAME_MAX_LENGTH, name),
  zonefileHash: hexField(zonefileHash),
});

/** For renewals; a registration's preorder has paid, so that only an amount of 0 is read there. */
export const registerWithTokens = layout({ ...registerWithZonefile.fields, tokenFee: tokenAmountField });
