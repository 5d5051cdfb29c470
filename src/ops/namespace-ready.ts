/**
 * NAMESPACE_READY, opcode "!": open a revealed namespace to everyone.
 *
 *   0    2  3   4
 *   "id" !  "." namespaceId (1 to 19)
 *
 * No output is constrained. Source: spec 01 §4.9; original `operations/namespaceready.py`.
 */
import { layout, textField } from "../encoding/layout.ts";
import { namespaceId } from "../primitives/name.ts";

export const namespaceReady = layout({ namespaceId: textField(namespaceId, ".") });
