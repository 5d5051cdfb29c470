/** The letters of operations (spec 01 §1.1). */
import type { OperationKind, PayloadKind } from "./operation.ts";

/** Payload -> the letter behind the magic bytes. Registrations and renewals share one payload and one letter. */
export const OPCODE_LETTERS: Readonly<Record<PayloadKind, string>> = {
  NAME_PREORDER: "?",
  NAME_REGISTRATION: ":",
  NAME_UPDATE: "+",
  NAME_TRANSFER: ">",
  NAME_REVOKE: "~",
  NAME_IMPORT: ";",
  NAMESPACE_PREORDER: "*",
  NAMESPACE_REVEAL: "&",
  NAMESPACE_READY: "!",
  ANNOUNCE: "#",
  TOKEN_TRANSFER: "$",
};

const KINDS = new Map(
  (Object.entries(OPCODE_LETTERS) as [PayloadKind, string][]).map(([kind, letter]) => [letter.charCodeAt(0), kind]),
);

/** Bytes that can follow the magic bytes. */
export const OPCODES: ReadonlySet<number> = new Set(KINDS.keys());

/** The byte of a payload's letter. */
export function opcodeOf(kind: PayloadKind): number {
  return OPCODE_LETTERS[kind].charCodeAt(0);
}

/** The payload that an opcode byte announces, null for a byte that is none. */
export function payloadKindOf(opcode: number): PayloadKind | null {
  return KINDS.get(opcode) ?? null;
}

/** The letter that an operation is hashed under (spec 03 §3). */
export function letterOf(kind: OperationKind): string {
  return OPCODE_LETTERS[kind === "NAME_RENEWAL" ? "NAME_REGISTRATION" : kind];
}
