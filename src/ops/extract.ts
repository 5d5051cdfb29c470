/** From a transaction to an operation: payload, senders, recipient and burn (spec 01 §2, §4, §5). */
import { addressOf, type Address, scriptHex, type ScriptHex } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { classifyScript } from "../bitcoin/script.ts";
import type { Transaction, TransactionOutput } from "../bitcoin/transaction.ts";
import { type Txid, type ZonefileHash, zonefileHash } from "../primitives/hash.ts";
import type { Flaw } from "./flaw.ts";
import type { Operation, Payload, PayloadKind, PayloadOf } from "./operation.ts";
import { decodePayload, type Decoded, malformed, type PayloadForms } from "./payload.ts";
import { preorderHashOf } from "./preorder-hash.ts";
import { senderPublicKey } from "./sender-key.ts";

/** A transaction whose deciding OP_RETURN starts with magic and opcode, and the scripts that its inputs spend. */
export interface Carrier {
  readonly txid: Txid;
  readonly vtxindex: number;
  readonly transaction: Transaction;
  readonly spentScripts: readonly Uint8Array[];
  /**
   * It was taken as an operation before, so that its inputs spend p2pkh and p2sh only. `spentScripts` is the first one's
   * alone then: no rule asks for more of the others.
   */
  readonly inputsPassed?: true;
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** How many outputs an operation must have, and how many of the first must be of a known kind. */
interface OutputShape {
  readonly least: number;
  readonly most: number;
  readonly checked: number;
}

const ANY = Number.POSITIVE_INFINITY;
const UNCONSTRAINED: OutputShape = { least: 0, most: ANY, checked: 0 };

/** The table of spec 01 §5. */
const OUTPUT_SHAPES: Readonly<Record<PayloadKind, OutputShape>> = {
  NAME_PREORDER: { least: 3, most: 3, checked: 3 },
  NAME_REGISTRATION: { least: 2, most: ANY, checked: 2 },
  NAME_UPDATE: UNCONSTRAINED,
  NAME_TRANSFER: { least: 2, most: ANY, checked: 2 },
  NAME_REVOKE: UNCONSTRAINED,
  NAME_IMPORT: { least: 3, most: ANY, checked: 3 },
  NAMESPACE_PREORDER: { least: 3, most: ANY, checked: 3 },
  NAMESPACE_REVEAL: { least: 3, most: 3, checked: 2 },
  NAMESPACE_READY: UNCONSTRAINED,
  ANNOUNCE: UNCONSTRAINED,
  TOKEN_TRANSFER: { least: 2, most: ANY, checked: 2 },
};

/** Four outputs or more make a registration payload a renewal (quirk W3). */
const RENEWAL_OUTPUTS = 4;

/** Why a transaction is no operation; caught at the door of this file. */
class Refusal extends Error {
  readonly flaw: Flaw;
  constructor(flaw: Flaw) {
    super(flaw.kind);
    this.flaw = flaw;
  }
}

function checkShape(kind: PayloadKind, outputs: readonly TransactionOutput[]): void {
  const { least, most, checked } = OUTPUT_SHAPES[kind];
  if (outputs.length < least || outputs.length > most) {
    throw new Refusal({ kind: "output-count", outputs: outputs.length, least, most: most === ANY ? null : most });
  }
  for (const [index, { script }] of outputs.slice(0, checked).entries()) {
    const template = classifyScript(script);
    if (template !== "nulldata" && template !== "p2pkh" && template !== "p2sh") {
      throw new Refusal({ kind: "output-template", output: index, template });
    }
  }
}

/** Every input, not only the first, must spend p2pkh or p2sh: one native segwit input kills the operation. */
function checkSenders({ spentScripts, inputsPassed, transaction }: Carrier): void {
  if (spentScripts.length !== (inputsPassed === true ? 1 : transaction.inputs.length)) {
    throw new Error("a candidate carries one spent script for each input");
  }
  for (const [index, script] of spentScripts.entries()) {
    const template = classifyScript(script);
    if (template !== "p2pkh" && template !== "p2sh") {
      throw new Refusal({ kind: "input-template", input: index, template });
    }
  }
}

interface Party {
  readonly script: ScriptHex;
  readonly address: Address;
}

function party(script: Uint8Array | undefined, role: string, on: BitcoinParameters): Party {
  const hex = scriptHex(script ?? new Uint8Array());
  const address = addressOf(hex, on);
  if (address === null) throw new Refusal({ kind: "no-address", role });
  return { script: hex, address };
}

function recipientOf(outputs: readonly TransactionOutput[], on: BitcoinParameters) {
  const { script, address } = party(outputs[1]?.script, "recipient (output 1)", on);
  return { recipient: script, recipientAddress: address };
}

/**
 * The original also decodes a native segwit burn output; its address can be neither the burn address nor a namespace
 * creator's, so that the rules reject what is refused here already.
 */
function burnOf(outputs: readonly TransactionOutput[], index: number, on: BitcoinParameters) {
  const { address } = party(outputs[index]?.script, `burn (output ${index})`, on);
  return { opFee: Number(outputs[index]?.value), burnAddress: address };
}

/** The 20-byte hash inside the p2pkh or p2sh script of an import's output 2. */
function carriedHash(outputs: readonly TransactionOutput[], on: BitcoinParameters): ZonefileHash {
  const { script } = party(outputs[2]?.script, "zone file hash carrier (output 2)", on);
  return zonefileHash(script.startsWith("76") ? script.slice(6, 46) : script.slice(4, 44));
}

/** A renewal that could pay in tokens must say whether it does; a registration's preorder has paid (spec 01 §4.2). */
function checkTokens({ zonefileHash, tokenFee }: PayloadOf<"NAME_REGISTRATION">, isRenewal: boolean): void {
  const refusal = (because: string): Refusal => new Refusal({ kind: "payload-field", field: "tokenFee", because });
  if (isRenewal && zonefileHash !== null && tokenFee === undefined) throw refusal("a renewal without its token fee");
  if (!isRenewal && BigInt(tokenFee ?? 0) > 0n) throw refusal("a registration that pays in tokens");
}

function assemble(payload: Payload, carrier: Carrier, on: BitcoinParameters, forms: PayloadForms): Operation {
  const { outputs, inputs } = carrier.transaction;
  checkShape(payload.kind, outputs);
  const sender = party(carrier.spentScripts[0], "sender", on);
  const origin = {
    txid: carrier.txid,
    vtxindex: carrier.vtxindex,
    sender: sender.script,
    address: sender.address,
    senderPubkey: senderPublicKey(inputs, sender.script),
  };
  switch (payload.kind) {
    case "NAME_PREORDER":
    case "NAMESPACE_PREORDER":
      return { ...payload, ...origin, ...burnOf(outputs, 2, on) };
    case "NAME_REGISTRATION":
      if (forms.nameTokens === true) checkTokens(payload, outputs.length >= RENEWAL_OUTPUTS);
      return outputs.length >= RENEWAL_OUTPUTS
        ? { ...payload, kind: "NAME_RENEWAL", ...origin, ...recipientOf(outputs, on), ...burnOf(outputs, 3, on) }
        : { ...payload, ...origin, ...recipientOf(outputs, on) };
    case "NAME_TRANSFER":
    case "TOKEN_TRANSFER":
      return { ...payload, ...origin, ...recipientOf(outputs, on) };
    case "NAME_IMPORT":
      return { ...payload, ...origin, ...recipientOf(outputs, on), zonefileHash: carriedHash(outputs, on) };
    case "NAMESPACE_REVEAL": {
      const revealer = recipientOf(outputs, on);
      const preorderHash = preorderHashOf(payload.namespaceId, sender.script, revealer.recipientAddress);
      return { ...payload, ...origin, ...revealer, preorderHash };
    }
    case "NAME_UPDATE":
    case "NAME_REVOKE":
    case "NAMESPACE_READY":
    case "ANNOUNCE":
      return { ...payload, ...origin };
  }
}

/** The operation of a transaction, or why it is none. */
export function extractOperation(carrier: Carrier, on: BitcoinParameters, forms: PayloadForms): Decoded<Operation> {
  try {
    checkSenders(carrier);
    const payload = decodePayload(carrier.opcode, carrier.payload, forms);
    if (payload.kind === "malformed") return payload;
    return { kind: "ok", value: assemble(payload.value, carrier, on, forms) };
  } catch (error) {
    if (error instanceof Refusal) return malformed(error.flaw);
    throw error;
  }
}
