/** OP_RETURN data: magic bytes, opcode, payload. */
import { FieldError, SizeError } from "../encoding/layout.ts";
import { ParseError } from "../errors.ts";
import { concat, fromLatin1 } from "../primitives/bytes.ts";
import { announce } from "./announce.ts";
import { type Flaw, flawText } from "./flaw.ts";
import { nameImport } from "./name-import.ts";
import { namespacePreorder, namespacePreorderWithTokens } from "./namespace-preorder.ts";
import { namespaceReady } from "./namespace-ready.ts";
import { namespaceReveal } from "./namespace-reveal.ts";
import { opcodeOf, payloadKindOf } from "./opcode.ts";
import type { Payload, PayloadKind } from "./operation.ts";
import { preorder, preorderWithTokens } from "./preorder.ts";
import { registerBare, registerWithTokens, registerWithZonefile } from "./register.ts";
import { revoke } from "./revoke.ts";
import { tokenTransfer } from "./token-transfer.ts";
import { transfer } from "./transfer.ts";
import { update } from "./update.ts";

/** Bytes of the magic, and of magic and opcode. */
export const MAGIC_SIZE = 2;
const PREFIX_SIZE = MAGIC_SIZE + 1;

/** Which forms of payload an epoch knows. */
export interface PayloadForms {
  /** May a registration carry a zone file hash behind a padded name (epoch 3 on)? Else its whole payload is the name. */
  readonly registrationZonefile: boolean;
  /** May names be paid in tokens (epoch 4 on)? */
  readonly nameTokens?: boolean;
  /** Are namespaces paid in tokens, always? */
  readonly namespaceTokens?: boolean;
  /** Can tokens be sent? */
  readonly tokenTransfers?: boolean;
}

/** What bytes came to. */
export type Decoded<T> =
  | { readonly kind: "ok"; readonly value: T }
  /** `reason`: the flaw in words. */
  | { readonly kind: "malformed"; readonly flaw: Flaw; readonly reason: string };

export function malformed(flaw: Flaw): Extract<Decoded<never>, { kind: "malformed" }> {
  return { kind: "malformed", flaw, reason: flawText(flaw) };
}

function encodeBody(payload: Payload): Uint8Array {
  switch (payload.kind) {
    case "NAME_PREORDER": {
      const { tokenFee, tokenUnits } = payload;
      return tokenFee === undefined || tokenUnits === undefined
        ? preorder.encode(payload)
        : preorderWithTokens.encode({ ...payload, tokenFee, tokenUnits });
    }
    case "NAME_REGISTRATION": {
      const { name, zonefileHash, tokenFee } = payload;
      if (zonefileHash !== null)
        return tokenFee === undefined
          ? registerWithZonefile.encode({ name, zonefileHash })
          : registerWithTokens.encode({ name, zonefileHash, tokenFee });
      if (tokenFee !== undefined) throw new ParseError("a renewal that is paid in tokens carries a zone file hash");
      return registerBare.encode({ name });
    }
    case "NAME_UPDATE":
      return update.encode(payload);
    case "NAME_TRANSFER":
      return transfer.encode(payload);
    case "NAME_REVOKE":
      return revoke.encode(payload);
    case "NAME_IMPORT":
      return nameImport.encode(payload);
    case "NAMESPACE_PREORDER":
      return payload.tokenFee === undefined
        ? namespacePreorder.encode(payload)
        : namespacePreorderWithTokens.encode({ ...payload, tokenFee: payload.tokenFee });
    case "NAMESPACE_REVEAL":
      return namespaceReveal.encode(payload);
    case "NAMESPACE_READY":
      return namespaceReady.encode(payload);
    case "ANNOUNCE":
      return announce.encode(payload);
    case "TOKEN_TRANSFER":
      return tokenTransfer.encode(payload);
  }
}

function decodeBody(kind: PayloadKind, bytes: Uint8Array, forms: PayloadForms): Payload {
  switch (kind) {
    case "NAME_PREORDER":
      return forms.nameTokens === true && bytes.length !== preorder.size
        ? { kind, ...preorderWithTokens.decode(bytes) }
        : { kind, ...preorder.decode(bytes) };
    case "NAME_REGISTRATION":
      if (forms.nameTokens === true && bytes.length === registerWithTokens.size)
        return { kind, ...registerWithTokens.decode(bytes) };
      // From 57 bytes on it is the long form; one byte more than that is no form at all.
      return forms.registrationZonefile && bytes.length >= registerWithZonefile.size
        ? { kind, ...registerWithZonefile.decode(bytes) }
        : { kind, ...registerBare.decode(bytes), zonefileHash: null };
    case "NAME_UPDATE":
      return { kind, ...update.decode(bytes) };
    case "NAME_TRANSFER":
      return { kind, ...transfer.decode(bytes) };
    case "NAME_REVOKE":
      return { kind, ...revoke.decode(bytes) };
    case "NAME_IMPORT":
      return { kind, ...nameImport.decode(bytes) };
    case "NAMESPACE_PREORDER":
      return forms.namespaceTokens === true
        ? { kind, ...namespacePreorderWithTokens.decode(bytes) }
        : { kind, ...namespacePreorder.decode(bytes) };
    case "NAMESPACE_REVEAL":
      return { kind, ...namespaceReveal.decode(bytes) };
    case "NAMESPACE_READY":
      return { kind, ...namespaceReady.decode(bytes) };
    case "ANNOUNCE":
      return { kind, ...announce.decode(bytes) };
    case "TOKEN_TRANSFER":
      if (forms.tokenTransfers !== true) throw new ParseError("tokens cannot be sent in this epoch");
      return { kind, ...tokenTransfer.decode(bytes) };
  }
}

/**
 * The whole OP_RETURN data of an operation, magic and opcode included.
 * @throws ParseError on a value that does not fit its field, or a magic that is not two bytes.
 */
export function encodePayload(magic: string, payload: Payload): Uint8Array {
  const magicBytes = fromLatin1(magic);
  if (magicBytes.length !== MAGIC_SIZE) throw new ParseError(`magic bytes are two characters, not "${magic}"`);
  return concat(magicBytes, Uint8Array.of(opcodeOf(payload.kind)), encodeBody(payload));
}

/** Reads the payload behind magic and opcode. Strangers' bytes: what is wrong with them is an answer, not an error. */
export function decodePayload(opcode: number, bytes: Uint8Array, forms: PayloadForms): Decoded<Payload> {
  const kind = payloadKindOf(opcode);
  if (kind === null) return malformed({ kind: "unknown-opcode", opcode });
  try {
    return { kind: "ok", value: decodeBody(kind, bytes, forms) };
  } catch (error) {
    if (error instanceof ParseError) return malformed(flawOf(error));
    throw error;
  }
}

function flawOf(error: ParseError): Flaw {
  if (error instanceof SizeError) {
    const { size, due, open } = error;
    return { kind: "payload-size", size, due, open };
  }
  return { kind: "payload-field", field: error instanceof FieldError ? error.field : null, because: error.message };
}

/** Splits OP_RETURN data; null unless it starts with the magic bytes and one of the opcodes. */
export function splitNulldata(
  data: Uint8Array,
  magic: Uint8Array,
  opcodes: ReadonlySet<number>,
): { readonly opcode: number; readonly payload: Uint8Array } | null {
  const opcode = data[MAGIC_SIZE];
  if (opcode === undefined || !opcodes.has(opcode) || magic.some((byte, i) => data[i] !== byte)) return null;
  return { opcode, payload: data.subarray(PREFIX_SIZE) };
}
