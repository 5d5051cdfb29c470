/** From a whole transaction to its operation, or to the flaw that makes it none (spec 01 §2). */
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { nulldataOf } from "../bitcoin/script.ts";
import { isCoinbase, type Transaction, transactionId } from "../bitcoin/transaction.ts";
import { fromLatin1, toHex } from "../primitives/bytes.ts";
import { extractOperation } from "./extract.ts";
import type { Flaw } from "./flaw.ts";
import { OPCODES } from "./opcode.ts";
import type { Operation } from "./operation.ts";
import { type Decoded, MAGIC_SIZE, malformed, type PayloadForms, splitNulldata } from "./payload.ts";

const OP_RETURN = 0x6a;

export interface ReadOptions {
  readonly magic: string;
  readonly on: BitcoinParameters;
  readonly forms: PayloadForms;
}

/** What a transaction says in its deciding OP_RETURN output: opcode and payload, or why there is none. */
export function readOutputs(
  transaction: Transaction,
  magic: string,
): Decoded<{ readonly opcode: number; readonly payload: Uint8Array }> {
  if (isCoinbase(transaction)) return malformed({ kind: "coinbase" });
  const output = transaction.outputs.findLastIndex(({ script }) => script[0] === OP_RETURN);
  const script = transaction.outputs[output]?.script;
  if (script === undefined) return malformed({ kind: "no-nulldata" });
  const data = nulldataOf(script);
  if (data === null) return malformed({ kind: "nulldata-form", output });
  const split = splitNulldata(data, fromLatin1(magic), OPCODES);
  return split === null ? malformed(prefixFlaw(data, magic)) : { kind: "ok", value: split };
}

/** Why data is that of no operation, if it is not. */
export function prefixFlaw(data: Uint8Array, magic: string): Flaw {
  const begins = data.subarray(0, MAGIC_SIZE);
  if (fromLatin1(magic).some((byte, i) => begins[i] !== byte)) return { kind: "wrong-magic", begins: toHex(begins) };
  const opcode = data[MAGIC_SIZE];
  return opcode === undefined ? { kind: "no-opcode" } : { kind: "unknown-opcode", opcode };
}

/** `spentScripts`: of the outputs that the inputs spend, in their order. */
export function readOperation(
  transaction: Transaction,
  spentScripts: readonly Uint8Array[],
  { magic, on, forms }: ReadOptions,
): Decoded<Operation> {
  const said = readOutputs(transaction, magic);
  if (said.kind === "malformed") return said;
  const carrier = { txid: transactionId(transaction), vtxindex: 1, transaction, spentScripts, ...said.value };
  return extractOperation(carrier, on, forms);
}
